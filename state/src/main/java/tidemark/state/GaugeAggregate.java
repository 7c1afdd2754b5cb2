package tidemark.state;

/**
 * Readings of a gauge in a window.
 *
 * <p>The last reading is the one with the latest timestamp, and among several of those the
 * greatest: order of arrival plays no part. Zero is always +0.0.
 *
 * @param count points, at least 1
 * @param sum exact sum of the readings
 * @param min smallest reading
 * @param max greatest reading
 * @param lastTimestampMs when the last reading was taken
 * @param last the last reading
 */
public record GaugeAggregate(
    long count, SumParts sum, double min, double max, long lastTimestampMs, double last)
    implements Aggregate {

  public GaugeAggregate {
    min += 0.0;
    max += 0.0;
    last += 0.0;
    AggregateChecks.requireCount(count);
    AggregateChecks.requireOrdered(min, max);
    if (!(min <= last && last <= max)) {
      throw new IllegalArgumentException(
          "last must be between min and max, got last=%s min=%s max=%s".formatted(last, min, max));
    }
  }

  public static GaugeAggregate of(long timestampMs, double value) {
    return new GaugeAggregate(1, SumParts.of(value), value, value, timestampMs, value);
  }

  @Override
  public MetricType type() {
    return MetricType.GAUGE;
  }

  @Override
  public GaugeAggregate merge(Aggregate other) {
    if (!(other instanceof GaugeAggregate that)) {
      throw AggregateChecks.otherType(this, other);
    }
    GaugeAggregate later = isLaterThan(that) ? this : that;
    return new GaugeAggregate(
        Math.addExact(count, that.count),
        sum.merge(that.sum),
        Math.min(min, that.min),
        Math.max(max, that.max),
        later.lastTimestampMs,
        later.last);
  }

  private boolean isLaterThan(GaugeAggregate that) {
    return lastTimestampMs > that.lastTimestampMs
        || (lastTimestampMs == that.lastTimestampMs && last > that.last);
  }
}
