package tidemark.state;

/**
 * What one series may look like.
 *
 * @param maxTags tags of one series
 * @param maxMetricBytes UTF-8 bytes of a metric name
 * @param maxTagBytes UTF-8 bytes of one {@code key:value}
 */
public record SeriesLimits(int maxTags, int maxMetricBytes, int maxTagBytes) {

  public SeriesLimits {
    if (maxTags < 1 || maxMetricBytes < 1 || maxTagBytes < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1, got maxTags=%s maxMetricBytes=%s maxTagBytes=%s"
              .formatted(maxTags, maxMetricBytes, maxTagBytes));
    }
  }
}
