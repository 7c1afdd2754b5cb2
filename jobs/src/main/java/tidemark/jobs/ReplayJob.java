package tidemark.jobs;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.IntakeRecord;
import tidemark.operators.replay.ArchiveSource;
import tidemark.operators.replay.ReplayConfig;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;
import tidemark.serde.catalog.TableCatalog;

/**
 * The replay job: archive files, or what Kafka still has, through the stages of the main job into a
 * branch of the tables, up to the offsets of one epoch, and the end.
 *
 * <pre>
 * flink run --class tidemark.jobs.ReplayJob tidemark-job.jar --tidemark.replay.branch NAME \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It writes neither feed nor verdicts, and no dead letters: those were written when the records
 * came first; here they are only counted. Its last epoch has the watermark of the end of all time,
 * which says that the branch is complete. Every option is {@code --key value}; they are listed in
 * docs/options.md.
 */
public final class ReplayJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);

  private ReplayJob() {}

  public static void main(String[] args) throws Exception {
    Configuration options = ReplayOptions.parse(args);
    ReplayRequest request = ReplayRequest.from(options);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(required());
    MainConfig.requireAligned(env.getConfiguration());
    env.enableCheckpointing(options.get(ReplayOptions.INTERVAL).toMillis());
    if (request.parallelism() > 0) {
      env.setParallelism(request.parallelism());
    }
    StoreConfig store = StoreConfig.from(options).onBranch(request.branch());
    switch (options.get(ReplayOptions.ACTION)) {
      case REPLAY -> replay(env, options, request, store);
      case REMOVE -> remove(env, request, store);
    }
    env.execute("tidemark replay " + request.branch());
  }

  private static void replay(
      StreamExecutionEnvironment env,
      Configuration options,
      ReplayRequest request,
      StoreConfig store)
      throws IOException, InterruptedException {
    MainConfig config = MainConfig.from(options).of(JobShards.ofTables(options, store));
    if (options.get(ReplayOptions.SOURCE) == ReplayOptions.Source.KAFKA) {
      replayKafka(env, options, config, request, store);
      return;
    }
    ReplayPlan plan;
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      plan =
          ReplayPlan.make(
              catalog,
              request,
              () -> ControlHistory.read(options, config.control()),
              config.control().limits());
    }
    append(records(env, plan, config, request.retryForMs()), plan, config, store);
  }

  static void replayKafka(
      StreamExecutionEnvironment env,
      ReadableConfig options,
      MainConfig config,
      ReplayRequest request,
      StoreConfig store)
      throws IOException, InterruptedException {
    KafkaReplay plan;
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      plan = KafkaReplay.make(catalog, request, options, config);
    }
    LOG.info("replay into branch {}: {}", request.branch(), plan);
    append(
        kafkaRecords(env, options, config, plan.ranges()),
        ReplayPlan.withoutArchive(plan.origin(), plan.rules()),
        config,
        store);
  }

  /** The part of the points topic that is wanted. */
  static DataStream<IntakeRecord> kafkaRecords(
      StreamExecutionEnvironment env,
      ReadableConfig options,
      MainConfig config,
      List<TopicRange> ranges) {
    return env.fromSource(
            KafkaConnectors.ranges(options, config.decode(), ranges),
            HeartbeatWatermarks.strategy(config.watermark()),
            "kafka")
        .uid(ReplayUid.KAFKA.uid())
        .setParallelism(Math.min(env.getParallelism(), Math.max(1, ranges.size())));
  }

  /** In a task, since whoever submits may not reach the files of the tables. */
  static void remove(StreamExecutionEnvironment env, ReplayRequest request, StoreConfig store) {
    env.getCheckpointConfig().disableCheckpointing();
    env.fromSource(TickSource.once(), WatermarkStrategy.noWatermarks(), "tick", Types.LONG)
        .uid(ReplayUid.REMOVE_TICK.uid())
        .setParallelism(1)
        .map(new RemoveBranch(store.catalog(), request.branch()))
        .name("remove")
        .uid(ReplayUid.REMOVE.uid())
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .name("removed")
        .uid(ReplayUid.REMOVED.uid())
        .setParallelism(1);
  }

  /** What the job needs of Flink, whatever the cluster's own configuration says. */
  static Configuration required() {
    Configuration settings = MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    return settings;
  }

  /** The archive, as the points topic once was. */
  static DataStream<IntakeRecord> records(
      StreamExecutionEnvironment env, ReplayPlan plan, MainConfig config, long retryForMs) {
    ReplayConfig source =
        new ReplayConfig(
            plan.selection(),
            config.decode().defaultFormat(),
            config.decode().defaultOrg(),
            retryForMs);
    int partitions = Math.max(1, plan.archive().splits().size());
    return env.fromSource(
            new ArchiveSource(plan.archive(), source),
            HeartbeatWatermarks.strategy(config.watermark()),
            "archive")
        .uid(ReplayUid.ARCHIVE.uid())
        .setParallelism(Math.min(env.getParallelism(), partitions));
  }

  /** The stages, and the branch. */
  static void append(
      DataStream<IntakeRecord> records, ReplayPlan plan, MainConfig config, StoreConfig store) {
    MainConfig selected = config.of(plan.selection());
    MainTopology topology =
        plan.rules().all().isEmpty()
            ? MainTopology.append(records, selected)
            : MainTopology.appendTold(
                records, ToldRules.of(records.getExecutionEnvironment(), plan.rules()), selected);
    StoreStage.append(topology.writers(), store, OperatorUid.STORE_EPOCH.uid());
  }
}
