package tidemark.jobs;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.IntakeRecord;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;

/**
 * The main job: Kafka to rollups in three tiers to Iceberg.
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
    MainConfig config = MainConfig.from(options);
    StoreConfig store = StoreConfig.from(options);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            MainConfig.required(config.maxParallelism()));

    DataStream<IntakeRecord> records =
        env.fromSource(
                KafkaConnectors.source(options, config.decode()),
                HeartbeatWatermarks.strategy(config.watermark()),
                "source")
            .uid(OperatorUid.SOURCE.uid());
    MainTopology topology = MainTopology.append(records, config);
    StoreStage.append(
        topology.rows(), store, OperatorUid.STORE.uid(), OperatorUid.STORE_EPOCH.uid());
    topology
        .deadLetters()
        .sinkTo(KafkaConnectors.deadLetters(options, config.decode()))
        .name("dead letters")
        .uid(OperatorUid.DEAD_LETTER.uid());
    env.execute("tidemark");
  }
}
