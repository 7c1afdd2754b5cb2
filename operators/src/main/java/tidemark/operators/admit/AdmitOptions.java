package tidemark.operators.admit;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Settings of admission. Read them through {@link AdmitConfig}, not one by one. */
public final class AdmitOptions {
  public static final ConfigOption<Duration> MAX_AGE =
      ConfigOptions.key("tidemark.admit.max-age")
          .durationType()
          .defaultValue(Duration.ofDays(40))
          .withDescription(
              "Points older than their record's broker time by more than this are refused as"
                  + " too-old. Each distinct late window costs a row. Can change between runs.");

  public static final ConfigOption<Duration> MAX_FUTURE =
      ConfigOptions.key("tidemark.admit.max-future")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "Points later than their record's broker time by more than this are refused as"
                  + " future-timestamp. Windows of the future stay open, hence in memory, until the"
                  + " watermark is there. Can change between runs.");

  public static final ConfigOption<Integer> MAX_TAGS =
      ConfigOptions.key("tidemark.admit.max-tags")
          .intType()
          .defaultValue(128)
          .withDescription("Tags of one series. Can change between runs.");

  public static final ConfigOption<Integer> MAX_METRIC_BYTES =
      ConfigOptions.key("tidemark.admit.max-metric-bytes")
          .intType()
          .defaultValue(512)
          .withDescription("UTF-8 bytes of a metric name. Can change between runs.");

  public static final ConfigOption<Integer> MAX_TAG_BYTES =
      ConfigOptions.key("tidemark.admit.max-tag-bytes")
          .intType()
          .defaultValue(1024)
          .withDescription("UTF-8 bytes of one key:value. Can change between runs.");

  public static final ConfigOption<Integer> MAX_SERIES_PER_ORG =
      ConfigOptions.key("tidemark.admit.max-series-per-org")
          .intType()
          .defaultValue(5_000_000)
          .withDescription(
              "Series that one org may bring to one task since its cache was last emptied; points of"
                  + " further series are refused as series-budget. Bounds what one org can take of a"
                  + " task's memory, about 250 bytes a series. Can change between runs.");

  public static final ConfigOption<Integer> MAX_CACHED_SERIES =
      ConfigOptions.key("tidemark.admit.max-cached-series")
          .intType()
          .defaultValue(10_000_000)
          .withDescription(
              "Series of all orgs that one task remembers, about 250 bytes each. When they are more,"
                  + " the cache is emptied and fills again: costs time, changes no result. Can change"
                  + " between runs.");

  private AdmitOptions() {}
}
