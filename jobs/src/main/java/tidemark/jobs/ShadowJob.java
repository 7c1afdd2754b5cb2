package tidemark.jobs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.IntakeRecord;
import tidemark.operators.control.ControlConfig;
import tidemark.operators.store.ShardGuard;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;

/**
 * The shadow job: the stages of the main job once more, beside it and at full volume, into a branch
 * of the tables that nobody reads. So a new release, or other settings, are tried on the live
 * stream, and compared with the live job row by row.
 *
 * <pre>
 * flink run --class tidemark.jobs.ShadowJob tidemark-job.jar --tidemark.shadow.branch NAME \
 *     --tidemark.source.bootstrap-servers HOST:PORT \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It writes neither feed nor verdicts nor alerts, and no dead letters: those are the live job's,
 * here they are only counted. It is stopped with a savepoint, and submitted once more from that to
 * {@link ShadowOptions.Action#END end}: it goes on up to exactly the offsets of an epoch of main,
 * with which the branch can then be compared. From the same savepoint it can also go on; what it
 * had counted up to that end is taken back then.
 */
public final class ShadowJob {
  private ShadowJob() {}

  public static void main(String[] args) throws Exception {
    Configuration options = ShadowOptions.parse(args);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            MainConfig.required(MainConfig.from(options).maxParallelism()));
    MainConfig.requireAligned(env.getConfiguration());
    ShadowPlan plan = plan(env, options);
    append(env, records(env, options, plan), options, plan);
    env.execute("tidemark shadow " + ShadowRequest.from(options).branch());
  }

  /** Looks at the tables and at Kafka; makes the branch, or settles its end. */
  static ShadowPlan plan(StreamExecutionEnvironment env, Configuration options)
      throws IOException, InterruptedException {
    ShadowRequest request = ShadowRequest.from(options);
    MainConfig config = MainConfig.from(options);
    try (TableCatalog catalog = new TableCatalog(storeConfig(options).catalog())) {
      if (isEnd(options)) {
        return ShadowPlan.end(catalog, request, config.sourceTopic());
      }
      if (env.getConfiguration().getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent()) {
        return ShadowPlan.resume(catalog, request);
      }
      String servers = MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS);
      return ShadowPlan.begin(
          catalog,
          request,
          config.control().isOn() ? ReplayOrigin.Coarser.AS_IT_WAS : ReplayOrigin.Coarser.NONE,
          config.admit().maxFutureMs(),
          sinceMs -> TopicOffsets.ask(servers, config.sourceTopic(), sinceMs));
    }
  }

  private static boolean isEnd(ReadableConfig options) {
    return options.get(ShadowOptions.ACTION) == ShadowOptions.Action.END;
  }

  /** What it goes on to count when it was ended before is taken back. */
  private static StoreConfig storeConfig(Configuration options) {
    Configuration own = new Configuration(options);
    own.set(StoreOptions.BRANCH, ShadowRequest.from(options).branch());
    own.set(StoreOptions.ON_AHEAD, "rollback");
    return StoreConfig.from(own);
  }

  /** The points topic: without an end, or up to that of the plan. */
  static DataStream<IntakeRecord> records(
      StreamExecutionEnvironment env, Configuration options, ShadowPlan plan)
      throws InterruptedException {
    MainConfig config = MainConfig.from(options);
    KafkaSource<IntakeRecord> points =
        KafkaConnectors.shadow(
            options, config.decode(), ShadowRequest.from(options).branch(), plan.ranges());
    return env.fromSource(
            isEnd(options) ? new KafkaRangeSource(points, plan.ranges()) : points,
            HeartbeatWatermarks.strategy(config.watermark()),
            "source")
        .uid(OperatorUid.SOURCE.uid())
        .setParallelism(SourceParallelism.of(options, env.getParallelism()));
  }

  /** The stages, and the branch. */
  static void append(
      StreamExecutionEnvironment env,
      DataStream<IntakeRecord> records,
      Configuration options,
      ShadowPlan plan)
      throws IOException, InterruptedException {
    MainConfig all = MainConfig.from(options);
    StoreConfig store = storeConfig(options);
    ShardGuard shards = JobShards.claim(options, store, all.admit().maxFutureMs());
    if (shards.share().isAll() && !JobShards.ofTables(options, store).isAll()) {
      throw new IllegalArgumentException(
          "the tables hold the points of some shards: give the shadow the %s that the main job has"
              .formatted(ShardOptions.SERVED.key()));
    }
    MainConfig config = all.of(shards.share()).of(plan.origin().selection());
    MainTopology topology =
        config.control().isOn()
            ? MainTopology.append(records, definitions(env, options, config), config)
            : MainTopology.append(records, config);
    StoreStage.append(topology.writers(), store.guardedBy(shards), OperatorUid.STORE_EPOCH.uid());
  }

  private static DataStream<IntakeRecord> definitions(
      StreamExecutionEnvironment env, Configuration options, MainConfig config)
      throws InterruptedException {
    KafkaSource<IntakeRecord> control =
        KafkaConnectors.shadowControl(options, config, ShadowRequest.from(options).branch());
    return env.fromSource(
            isEnd(options) ? ending(control, options, config.control()) : control,
            HeartbeatWatermarks.strategy(config.watermark()),
            "control topic")
        .uid(OperatorUid.CONTROL_SOURCE.uid())
        .setParallelism(1);
  }

  /** All definitions that there are: those that count later change no window before the end. */
  private static KafkaRangeSource ending(
      KafkaSource<IntakeRecord> source, ReadableConfig options, ControlConfig control)
      throws InterruptedException {
    String servers =
        control.bootstrapServers().isEmpty()
            ? MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS)
            : control.bootstrapServers();
    List<TopicRange> ranges = new ArrayList<>();
    TopicOffsets.ask(servers, control.topic(), TopicOffsets.ANY_TIME)
        .partitions()
        .forEach(
            (partition, there) ->
                ranges.add(new TopicRange(control.topic(), partition, there.first(), there.end())));
    return new KafkaRangeSource(source, ranges);
  }
}
