package tidemark.jobs;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.IntakeRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.feed.FeedConfig;
import tidemark.operators.feed.FeedStage;
import tidemark.operators.store.ShardGuard;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;
import tidemark.serde.feed.FeedWriter;

/**
 * The main job: Kafka to rollups in three tiers to Iceberg, and to the feed before their commit.
 *
 * <pre>
 * flink run tidemark-job.jar --tidemark.source.bootstrap-servers HOST:PORT \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>Every option is {@code --key value}; they are listed in docs/options.md.
 */
public final class MainJob {
  private MainJob() {}

  public static void main(String[] args) throws Exception {
    Configuration options = MainOptions.parse(args);
    MainConfig all = MainConfig.from(options);
    ShardGuard shards =
        JobShards.claim(options, StoreConfig.from(options), all.admit().maxFutureMs());
    MainConfig config = all.of(shards.share());
    StoreConfig store = StoreConfig.from(options).guardedBy(shards);
    FeedConfig feed = FeedConfig.from(options);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            MainConfig.required(config.maxParallelism()));
    MainConfig.requireAligned(env.getConfiguration());

    DataStream<IntakeRecord> records =
        env.fromSource(
                KafkaConnectors.source(options, config.decode()),
                HeartbeatWatermarks.strategy(config.watermark()),
                "source")
            .uid(OperatorUid.SOURCE.uid())
            .setParallelism(SourceParallelism.of(options, env.getParallelism()));
    MainTopology topology =
        config.control().isOn()
            ? MainTopology.append(records, definitions(env, options, config), config)
            : MainTopology.append(records, config);
    StoreStage.append(topology.writers(), store, OperatorUid.STORE_EPOCH.uid());
    if (feed.isOn()) {
      appendFeed(topology, options, config, feed);
    }
    topology.coarser().ifPresent(coarser -> appendVerdicts(coarser, options));
    topology
        .deadLetters()
        .sinkTo(KafkaConnectors.deadLetters(options, config.decode()))
        .name("dead letters")
        .uid(OperatorUid.DEAD_LETTER.uid());
    env.execute("tidemark");
  }

  private static DataStream<IntakeRecord> definitions(
      StreamExecutionEnvironment env, ReadableConfig options, MainConfig config) {
    return env.fromSource(
            KafkaConnectors.control(options, config),
            HeartbeatWatermarks.strategy(config.watermark()),
            "control topic")
        .uid(OperatorUid.CONTROL_SOURCE.uid())
        .setParallelism(1);
  }

  private static void appendVerdicts(MainTopology.Coarser coarser, ReadableConfig options) {
    String verdicts = options.get(VerdictOptions.VERDICTS_TOPIC);
    if (!verdicts.isEmpty()) {
      coarser
          .rows()
          .flatMap(VerdictRecord::ofVerdicts)
          .returns(VerdictRecord.TYPE)
          .name("verdicts")
          .uid(OperatorUid.VERDICTS.uid())
          .sinkTo(KafkaConnectors.verdicts(options, verdicts))
          .name("verdicts topic")
          .uid(OperatorUid.VERDICTS_TOPIC.uid());
    }
    String alerts = options.get(VerdictOptions.ALERTS_TOPIC);
    if (!alerts.isEmpty()) {
      coarser
          .alerts()
          .flatMap(VerdictRecord::ofAlert)
          .returns(VerdictRecord.TYPE)
          .name("alerts")
          .uid(OperatorUid.ALERTS.uid())
          .sinkTo(KafkaConnectors.verdicts(options, alerts))
          .name("alerts topic")
          .uid(OperatorUid.ALERTS_TOPIC.uid());
    }
  }

  static void appendFeed(
      MainTopology topology, ReadableConfig options, MainConfig config, FeedConfig feed) {
    FeedStage.append(
        topology.rows(),
        new KeyGroups(config.maxParallelism()),
        KafkaConnectors.feedPartitions(options, feed),
        KafkaConnectors.feed(options, config, feed),
        0,
        OperatorUid.FEED.uid(),
        OperatorUid.FEED_TOPIC.uid());
    topology
        .coarser()
        .ifPresent(
            coarser ->
                FeedStage.append(
                    coarser.rows(),
                    new KeyGroups(config.maxParallelism()),
                    KafkaConnectors.feedPartitions(options, feed),
                    KafkaConnectors.feed(options, config, feed),
                    FeedWriter.COARSER,
                    OperatorUid.COARSER_FEED.uid(),
                    OperatorUid.COARSER_FEED_TOPIC.uid()));
  }
}
