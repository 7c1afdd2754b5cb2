package tidemark.jobs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import tidemark.operators.admit.AdmitOptions;
import tidemark.operators.combine.CombineOptions;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.rollup.RollupOptions;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.watermark.WatermarkOptions;

/** All options of the main job, and its command line: pairs of {@code --key value}. */
final class MainOptions {
  static final List<ConfigOption<?>> ALL =
      List.of(
          SourceOptions.BOOTSTRAP_SERVERS,
          SourceOptions.TOPIC,
          SourceOptions.GROUP_ID,
          SourceOptions.START,
          SourceOptions.DEAD_LETTER_TOPIC,
          SourceOptions.DEAD_LETTER_MAX_BYTES,
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
          StoreOptions.ON_EXISTING,
          StoreOptions.ON_AHEAD,
          StoreOptions.RETRY_FOR);

  private MainOptions() {}

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if an argument is no pair of {@code --key value}, or names no
   *     option: a misspelt one must not be passed over
   */
  static Configuration parse(String[] args) {
    Set<String> known =
        ALL.stream().map(ConfigOption::key).collect(Collectors.toCollection(TreeSet::new));
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "arguments must be pairs of --key value, got %s at position %s"
                .formatted(args[i], i + 1));
      }
      String key = args[i].substring(2);
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "there is no option %s; the options are %s".formatted(key, String.join(", ", known)));
      }
      options.put(key, args[i + 1]);
    }
    return Configuration.fromMap(options);
  }
}
