package tidemark.operators.admit;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.state.SeriesLimits;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardShare;

/**
 * The checked settings of admission.
 *
 * @param maxAgeMs how far behind its record's broker time a point may be
 * @param maxFutureMs how far ahead of it
 * @param maxTags tags of one series
 * @param maxMetricBytes UTF-8 bytes of a metric name
 * @param maxTagBytes UTF-8 bytes of one tag
 * @param maxSeriesPerOrg series of one org in one task
 * @param maxCachedSeries series of all orgs in one task
 * @param selection points that are judged; others are passed over
 * @param share the same, for a job that counts the points of some shards only
 */
public record AdmitConfig(
    long maxAgeMs,
    long maxFutureMs,
    int maxTags,
    int maxMetricBytes,
    int maxTagBytes,
    int maxSeriesPerOrg,
    int maxCachedSeries,
    PointSelection selection,
    ShardShare share)
    implements Serializable {
  // both are u16 in every format behind admission
  private static final int MAX_TEXT_BYTES = (1 << 16) - 1;
  // 100 years: sums with any sensible broker time stay far from overflow
  private static final long MAX_SPAN_MS = 36_500L * 86_400_000L;

  public AdmitConfig {
    checkSpan(maxAgeMs, AdmitOptions.MAX_AGE);
    checkSpan(maxFutureMs, AdmitOptions.MAX_FUTURE);
    inRange(MAX_TEXT_BYTES, maxTags, AdmitOptions.MAX_TAGS);
    inRange(MAX_TEXT_BYTES, maxMetricBytes, AdmitOptions.MAX_METRIC_BYTES);
    inRange(MAX_TEXT_BYTES, maxTagBytes, AdmitOptions.MAX_TAG_BYTES);
    inRange(1 << 28, maxSeriesPerOrg, AdmitOptions.MAX_SERIES_PER_ORG);
    inRange(1 << 28, maxCachedSeries, AdmitOptions.MAX_CACHED_SERIES);
  }

  public static AdmitConfig from(ReadableConfig config) {
    return new AdmitConfig(
        config.get(AdmitOptions.MAX_AGE).toMillis(),
        config.get(AdmitOptions.MAX_FUTURE).toMillis(),
        config.get(AdmitOptions.MAX_TAGS),
        config.get(AdmitOptions.MAX_METRIC_BYTES),
        config.get(AdmitOptions.MAX_TAG_BYTES),
        config.get(AdmitOptions.MAX_SERIES_PER_ORG),
        config.get(AdmitOptions.MAX_CACHED_SERIES),
        PointSelection.ALL,
        ShardShare.ALL);
  }

  /** The same for points of a selection only, as a replay takes them. */
  public AdmitConfig of(PointSelection wanted) {
    return of(wanted, share);
  }

  /** The same for the points of some shards only. */
  public AdmitConfig of(ShardShare ofShards) {
    return of(selection, ofShards);
  }

  private AdmitConfig of(PointSelection wanted, ShardShare ofShards) {
    return new AdmitConfig(
        maxAgeMs,
        maxFutureMs,
        maxTags,
        maxMetricBytes,
        maxTagBytes,
        maxSeriesPerOrg,
        maxCachedSeries,
        wanted,
        ofShards);
  }

  SeriesLimits seriesLimits() {
    return new SeriesLimits(maxTags, maxMetricBytes, maxTagBytes);
  }

  private static void checkSpan(long value, ConfigOption<?> option) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0, got %s".formatted(option.key(), value));
    }
    if (value > MAX_SPAN_MS) {
      throw new IllegalArgumentException(
          "%s must be at most %s, got %s".formatted(option.key(), MAX_SPAN_MS, value));
    }
  }

  private static void inRange(int max, int value, ConfigOption<?> option) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(
          "%s must be 1 to %s, got %s".formatted(option.key(), max, value));
    }
  }
}
