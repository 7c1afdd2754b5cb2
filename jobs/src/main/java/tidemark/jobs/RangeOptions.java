package tidemark.jobs;

import java.time.DateTimeException;
import java.time.Instant;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Times and texts that a command line must bring. */
final class RangeOptions {
  private RangeOptions() {}

  /** A time in epoch ms, or that of none. */
  static long timeMs(ReadableConfig config, ConfigOption<String> option, long noneMs) {
    String text = config.get(option);
    if (text.isEmpty()) {
      return noneMs;
    }
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "%s must be a time such as 2026-03-01T10:00:00Z, got %s".formatted(option.key(), text),
          e);
    }
  }

  static String required(ReadableConfig config, ConfigOption<String> option) {
    return config
        .getOptional(option)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new IllegalArgumentException(option.key() + " must be set"));
  }

  static int workers(ReadableConfig config, ConfigOption<Integer> option) {
    int workers = config.get(option);
    if (workers < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, got %s".formatted(option.key(), workers));
    }
    return workers;
  }
}
