package tidemark.jobs;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.archive.ArchiveConfig;
import tidemark.operators.archive.ArchiveStage;
import tidemark.operators.archive.StartOffsets;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;

/**
 * The archive job: Kafka's records as they are into files, beside the main job and without it.
 *
 * <pre>
 * flink run --class tidemark.jobs.ArchiveJob tidemark-job.jar \
 *     --tidemark.source.bootstrap-servers HOST:PORT \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It may be cancelled and submitted again without a savepoint: it begins where the archive ends,
 * and in a partition that the archive does not have at the first offset that Kafka has. Every
 * option is {@code --key value}; they are listed in docs/options.md.
 */
public final class ArchiveJob {
  private static final String NAME = "tidemark archive";

  private ArchiveJob() {}

  public static void main(String[] args) throws Exception {
    Configuration options = ArchiveJobOptions.parse(args);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(required());
    build(env, options, records -> records);
    env.execute(NAME);
  }

  /** What the job needs of Flink, whatever the cluster's own configuration says. */
  static Configuration required() {
    Configuration settings = MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    return settings;
  }

  /**
   * @param behindSource what stands between the source and the archive
   */
  static void build(
      StreamExecutionEnvironment env,
      ReadableConfig options,
      UnaryOperator<DataStream<ArchivedRecord>> behindSource)
      throws Exception {
    MainConfig.requireAligned(env.getConfiguration());
    ArchiveConfig config = ArchiveConfig.from(options);
    DecodeConfig decode = DecodeConfig.from(options);
    StoreConfig store = StoreConfig.from(options);
    CatalogAddress address =
        new CatalogAddress(store.catalogUri(), store.catalogName(), store.warehouse());
    String topic = options.get(SourceOptions.TOPIC);
    StartOffsets starts = starts(address, topic);
    env.enableCheckpointing(config.intervalMs());
    DataStream<ArchivedRecord> records =
        env.fromSource(
                KafkaConnectors.archive(options, decode, starts),
                WatermarkStrategy.noWatermarks(),
                "source")
            .uid(ArchiveUid.SOURCE.uid())
            .setParallelism(SourceParallelism.of(options, env.getParallelism()));
    ArchiveStage.append(
        behindSource.apply(records),
        config,
        new ArchiveStage.Reading(
            decode.defaultFormat(), decode.maxRecordBytes(), JobShards.lookup(options, store)),
        address,
        new KafkaTopicFacts(MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS)),
        starts,
        ArchiveUid.ARCHIVE.uid(),
        ArchiveUid.COMMIT.uid());
  }

  private static StartOffsets starts(CatalogAddress address, String topic) throws IOException {
    SortedMap<String, SortedMap<Integer, Long>> starts = new TreeMap<>();
    try (TableCatalog catalog = new TableCatalog(address)) {
      SortedMap<Integer, Long> ends = ArchiveManifest.ends(catalog.archive()).get(topic);
      if (ends != null) {
        starts.put(topic, ends);
      }
    }
    return new StartOffsets(starts);
  }
}
