package tidemark.jobs;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

/**
 * What somebody wants to be replayed, as far as it can be checked without the tables.
 *
 * @param branch that is written
 * @param of branch that it is measured against
 * @param selection points that are counted; without an end if none was named
 * @param rules what becomes of rules
 * @param parallelism tasks of each stage; 0 if Flink is to say
 * @param retryForMs how long a read is tried again
 */
record ReplayRequest(
    String branch,
    String of,
    PointSelection selection,
    ReplayOptions.Rules rules,
    int parallelism,
    long retryForMs) {

  ReplayRequest {
    if (parallelism < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0, got %d".formatted(ReplayOptions.PARALLELISM.key(), parallelism));
    }
    if (rules != ReplayOptions.Rules.NONE && !selection.isOfAllMetrics()) {
      throw new IllegalArgumentException(
          "a rule may merge series of any metric, so %s %s needs all: leave %s out"
              .formatted(ReplayOptions.RULES.key(), rules, ReplayOptions.METRICS.key()));
    }
    if (branch.equals(of)) {
      throw new IllegalArgumentException(
          "%s must be another branch than the one it is measured against, got %s"
              .formatted(ReplayOptions.BRANCH.key(), branch));
    }
  }

  static ReplayRequest from(ReadableConfig config) {
    return new ReplayRequest(
        MainConfig.require(config, ReplayOptions.BRANCH),
        config.get(ReplayOptions.OF),
        new PointSelection(
            texts(config, ReplayOptions.ORGS),
            texts(config, ReplayOptions.METRICS).stream().map(TextPattern::new).toList(),
            timeMs(config, ReplayOptions.FROM, Long.MIN_VALUE),
            timeMs(config, ReplayOptions.TO, Long.MAX_VALUE)),
        config.get(ReplayOptions.RULES),
        config.get(ReplayOptions.PARALLELISM),
        config.get(ReplayOptions.RETRY_FOR).toMillis());
  }

  private static List<String> texts(ReadableConfig config, ConfigOption<String> option) {
    return Arrays.stream(config.get(option).split(","))
        .map(String::trim)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** A full hour. */
  static long timeMs(ReadableConfig config, ConfigOption<String> option, long absent) {
    String text = config.get(option).trim();
    if (text.isEmpty()) {
      return absent;
    }
    long timeMs;
    try {
      timeMs = Instant.parse(text).toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "%s must be a time such as 2026-11-22T10:00:00Z, got %s".formatted(option.key(), text),
          e);
    }
    if (Math.floorMod(timeMs, ReplayPlan.HOUR_MS) != 0) {
      throw new IllegalArgumentException(
          "%s must be a full hour, or hours would be counted by half, got %s"
              .formatted(option.key(), text));
    }
    return timeMs;
  }
}
