package tidemark.jobs;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import tidemark.operators.admit.AdmitOptions;
import tidemark.operators.combine.CombineOptions;
import tidemark.operators.control.ControlOptions;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.feed.FeedOptions;
import tidemark.operators.rollup.RollupOptions;
import tidemark.operators.rules.RulesOptions;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.watch.WatchOptions;
import tidemark.operators.watermark.WatermarkOptions;

/** All options of the main job, and its command line: pairs of {@code --key value}. */
final class MainOptions {
  static final List<ConfigOption<?>> ALL =
      List.of(
          SourceOptions.BOOTSTRAP_SERVERS,
          SourceOptions.TOPIC,
          SourceOptions.GROUP_ID,
          SourceOptions.START,
          SourceOptions.PARALLELISM,
          SourceOptions.DEAD_LETTER_TOPIC,
          SourceOptions.DEAD_LETTER_MAX_BYTES,
          WatermarkOptions.WITHOUT_HEARTBEATS,
          WatermarkOptions.ESTIMATE_DELAY,
          WatermarkOptions.IDLE_AFTER,
          DecodeOptions.DEFAULT_FORMAT,
          DecodeOptions.DEFAULT_ORG,
          DecodeOptions.MAX_RECORD_BYTES,
          AdmitOptions.MAX_AGE,
          AdmitOptions.MAX_FUTURE,
          AdmitOptions.MAX_TAGS,
          AdmitOptions.MAX_METRIC_BYTES,
          AdmitOptions.MAX_TAG_BYTES,
          AdmitOptions.MAX_SERIES_PER_ORG,
          AdmitOptions.MAX_CACHED_SERIES,
          CombineOptions.MAX_ENTRIES,
          CombineOptions.FLUSH_INTERVAL,
          CombineOptions.BATCH_SIZE,
          RollupOptions.MEMORY,
          RollupOptions.MAX_OPEN_WINDOWS,
          RollupOptions.BATCH_SIZE,
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          StoreOptions.BUFFER,
          StoreOptions.BRANCH,
          StoreOptions.ON_EXISTING,
          StoreOptions.ON_AHEAD,
          StoreOptions.RETRY_FOR,
          ShardOptions.SERVED,
          ShardOptions.CATALOG_NAME,
          FeedOptions.TOPIC,
          FeedOptions.BOOTSTRAP_SERVERS,
          ControlOptions.TOPIC,
          ControlOptions.BOOTSTRAP_SERVERS,
          ControlOptions.STALLED_AFTER,
          ControlOptions.MAX_RULES,
          ControlOptions.MAX_MONITORS,
          ControlOptions.MAX_VERSIONS,
          ControlOptions.MAX_SERIES,
          ControlOptions.MAX_GROUPS,
          ControlOptions.MAX_STEPS,
          ControlOptions.KEEP_ENDED,
          RulesOptions.MAX_ENTRIES,
          RulesOptions.MAX_CACHED_SERIES,
          RulesOptions.MEMORY,
          WatchOptions.AMEND_FOR,
          WatchOptions.LATE_AFTER,
          WatchOptions.INCOMPLETE_AFTER,
          WatchOptions.BATCH_SIZE,
          VerdictOptions.VERDICTS_TOPIC,
          VerdictOptions.ALERTS_TOPIC);

  private MainOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
