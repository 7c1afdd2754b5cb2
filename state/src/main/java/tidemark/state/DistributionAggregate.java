package tidemark.state;

import java.util.Arrays;

/**
 * Samples of a distribution in a window.
 *
 * @param count samples, at least 1
 * @param sum exact sum of the samples
 * @param min smallest sample
 * @param max greatest sample
 * @param sketch bytes of a {@link SketchBuffer}; made canonical, so equal contents are equal bytes
 * @param sketchError relative error that pre-aggregated input brought with it; 0 if no more than
 *     the sketch's own {@link SketchBuffer#RELATIVE_ACCURACY}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record DistributionAggregate(
    long count, SumParts sum, double min, double max, byte[] sketch, double sketchError)
    implements Aggregate {

  public DistributionAggregate {
    min += 0.0;
    max += 0.0;
    SketchBuffer decoded = SketchBuffer.ofBytes(sketch);
    sketch = decoded.toBytes();
    AggregateChecks.requireCount(count);
    AggregateChecks.requireOrdered(min, max);
    if (!(sketchError >= 0 && sketchError <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "sketch error must be finite and at least 0, got " + sketchError);
    }
    if (decoded.isEmpty()) {
      throw new IllegalArgumentException("the sketch of %d samples is empty".formatted(count));
    }
  }

  public static DistributionAggregate of(double value) {
    SketchBuffer sketch = new SketchBuffer();
    sketch.accept(value);
    return new DistributionAggregate(1, SumParts.of(value), value, value, sketch.toBytes(), 0);
  }

  @Override
  public MetricType type() {
    return MetricType.DISTRIBUTION;
  }

  @Override
  public DistributionAggregate merge(Aggregate other) {
    if (!(other instanceof DistributionAggregate that)) {
      throw AggregateChecks.otherType(this, other);
    }
    SketchBuffer merged = SketchBuffer.ofBytes(sketch);
    merged.mergeEncoded(that.sketch, 0, that.sketch.length);
    return new DistributionAggregate(
        Math.addExact(count, that.count),
        sum.merge(that.sum),
        Math.min(min, that.min),
        Math.max(max, that.max),
        merged.toBytes(),
        Math.max(sketchError, that.sketchError));
  }

  /**
   * The sample at rank {@code q * (count - 1)}, within {@link #relativeError} and never outside
   * [min, max]; exact at 0 and 1.
   *
   * @param q 0 to 1
   */
  public double quantile(double q) {
    double estimate = SketchBuffer.ofBytes(sketch).quantile(q);
    if (q == 0) {
      return min;
    }
    return q == 1 ? max : Math.max(min, Math.min(max, estimate));
  }

  /** Largest error of a quantile relative to its value, unless {@link #isCollapsed}. */
  public double relativeError() {
    return Math.max(sketchError, SketchBuffer.RELATIVE_ACCURACY);
  }

  /** Whether the smallest magnitudes share a bin, so that {@link #relativeError} is not theirs. */
  public boolean isCollapsed() {
    return SketchBuffer.ofBytes(sketch).isCollapsedGiven(min, max);
  }

  @Override
  public byte[] sketch() {
    return sketch.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DistributionAggregate that
        && count == that.count
        && sum.equals(that.sum)
        && Double.compare(min, that.min) == 0
        && Double.compare(max, that.max) == 0
        && Arrays.equals(sketch, that.sketch)
        && Double.compare(sketchError, that.sketchError) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(count) + sum.hashCode()) + Arrays.hashCode(sketch);
  }

  @Override
  public String toString() {
    return "DistributionAggregate[count=%d, sum=%s, min=%s, max=%s, sketch=%d bytes, error=%s]"
        .formatted(count, sum, min, max, sketch.length, sketchError);
  }
}
