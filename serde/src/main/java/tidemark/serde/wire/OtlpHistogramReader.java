package tidemark.serde.wire;

import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SketchBuffer;

/**
 * Reads an OTLP {@code ExponentialHistogramDataPoint} into {@link HistogramColumns}, its buckets
 * converted by {@link OtlpBuckets}.
 *
 * <p>A point without samples is a gap. Refused are: a sum that is absent (missing-sum); a scale
 * that {@link OtlpBuckets} does not know, bucket counts that do not add up to the count, min above
 * max (bad-histogram); NaN or infinite sum, min or max (not-finite); any of these beyond 2^960, a
 * bucket there, or more than {@value #MAX_SAMPLES} samples, so that no window's counts overflow
 * (out-of-range).
 *
 * <p>Where min or max is absent, the outer bound of the outermost bucket with samples stands for
 * it. Samples within a producer's zero threshold count as zeros. Reused; not thread-safe.
 */
final class OtlpHistogramReader {
  static final long MAX_SAMPLES = 1L << 32;

  private static final int ATTRIBUTE = 1 << 3 | ProtoReader.BYTES;
  private static final int COUNT = 4 << 3 | ProtoReader.FIXED64;
  private static final int SUM = 5 << 3 | ProtoReader.FIXED64;
  private static final int SCALE = 6 << 3 | ProtoReader.VARINT;
  private static final int ZERO_COUNT = 7 << 3 | ProtoReader.FIXED64;
  private static final int POSITIVE = 8 << 3 | ProtoReader.BYTES;
  private static final int NEGATIVE = 9 << 3 | ProtoReader.BYTES;
  private static final int FLAGS = 10 << 3 | ProtoReader.VARINT;
  private static final int MIN = 12 << 3 | ProtoReader.FIXED64;
  private static final int MAX = 13 << 3 | ProtoReader.FIXED64;

  private final ProtoReader point = new ProtoReader();
  private final FieldBytes positive = new FieldBytes();
  private final FieldBytes negative = new FieldBytes();
  private final OtlpBuckets positiveBuckets = new OtlpBuckets();
  private final OtlpBuckets negativeBuckets = new OtlpBuckets();

  private long timeNanos;
  private long samples;
  private long zeros;
  private int scale;
  private double sum;
  private boolean hasSum;
  private double min;
  private boolean hasMin;
  private double max;
  private boolean hasMax;
  private long flags;

  /** Reads the data point that comes next in the metric's data, its attributes into the key. */
  void read(ProtoReader data, SeriesKeyBuffer key) throws MalformedMessageException {
    clear();
    data.readMessage(point);
    while (point.hasMore()) {
      int tag = point.readTag();
      switch (tag) {
        case ATTRIBUTE -> OtlpNumberReader.putAttribute(point, key);
        case OtlpNumberReader.TIME -> timeNanos = point.readFixed64();
        case COUNT -> samples = point.readFixed64();
        case SUM -> {
          sum = point.readDouble();
          hasSum = true;
        }
        case SCALE -> scale = point.readZigzag32();
        case ZERO_COUNT -> zeros = point.readFixed64();
        case POSITIVE -> positive.take(point);
        case NEGATIVE -> negative.take(point);
        case FLAGS -> flags = point.readVarint();
        case MIN -> {
          min = point.readDouble();
          hasMin = true;
        }
        case MAX -> {
          max = point.readDouble();
          hasMax = true;
        }
        default -> point.skip(tag);
      }
    }
    positiveBuckets.find(positive);
    negativeBuckets.find(negative);
  }

  private void clear() {
    timeNanos = 0;
    samples = 0;
    zeros = 0;
    scale = 0;
    sum = 0;
    hasSum = false;
    hasMin = false;
    hasMax = false;
    flags = 0;
    positive.clear();
    negative.clear();
  }

  /** Whether the point says that there was no value, or sums up no samples. */
  boolean isGap() {
    return OtlpNumberReader.isGap(flags)
        || (samples == 0
            && zeros == 0
            && sum == 0
            && positiveBuckets.samples() == 0
            && negativeBuckets.samples() == 0);
  }

  /** Adds the histogram under this key, or counts why not. */
  void addTo(PointBlock block, SeriesKeyBuffer key) throws MalformedMessageException {
    HistogramColumns columns = block.histograms();
    try {
      check();
      long tooSmall =
          negativeBuckets.addTo(columns, scale, true)
              + positiveBuckets.addTo(columns, scale, false);
      findBounds();
      key.addTo(block, MetricType.DISTRIBUTION);
      long timestampMs = OtlpNumberReader.millis(timeNanos);
      double relativeError = OtlpBuckets.relativeError(scale);
      columns.add(timestampMs, samples, zeros + tooSmall, sum, min, max, relativeError);
      block.histogramAdded();
    } catch (RefusedException refused) {
      columns.dropOpenBins();
      block.refuse(refused.reason(), 1);
    }
  }

  private void check() throws RefusedException {
    if (scale < OtlpBuckets.MIN_SCALE || scale > OtlpBuckets.MAX_SCALE) {
      throw new RefusedException(Refusal.BAD_HISTOGRAM);
    }
    if (!hasSum) {
      throw new RefusedException(Refusal.MISSING_SUM);
    }
    if (samples < 0 || samples > MAX_SAMPLES) {
      throw new RefusedException(Refusal.OUT_OF_RANGE);
    }
    if (zeros < 0
        || zeros > samples
        || samples - zeros != positiveBuckets.samples() + negativeBuckets.samples()) {
      throw new RefusedException(Refusal.BAD_HISTOGRAM);
    }
    requireInRange(sum);
    requireInRange(hasMin ? min : 0);
    requireInRange(hasMax ? max : 0);
    if (hasMin && hasMax && min > max) {
      throw new RefusedException(Refusal.BAD_HISTOGRAM);
    }
    if (samples == 0) {
      throw new RefusedException(Refusal.BAD_HISTOGRAM);
    }
  }

  private static void requireInRange(double value) throws RefusedException {
    if (!Double.isFinite(value)) {
      throw new RefusedException(Refusal.NOT_FINITE);
    }
    if (Math.abs(value) > SketchBuffer.MAX_VALUE) {
      throw new RefusedException(Refusal.OUT_OF_RANGE);
    }
  }

  /** Adding zero turns -0.0, which an underflown bound may be, into 0.0. */
  private void findBounds() {
    if (!hasMin) {
      min = lowerBound() + 0.0;
      min = hasMax ? Math.min(min, max) : min;
    }
    if (!hasMax) {
      max = Math.max(min, upperBound() + 0.0);
    }
  }

  private double lowerBound() {
    if (negativeBuckets.samples() > 0) {
      return -negativeBuckets.upperBound(scale);
    }
    return zeros > 0 ? 0 : positiveBuckets.lowerBound(scale);
  }

  private double upperBound() {
    if (positiveBuckets.samples() > 0) {
      return positiveBuckets.upperBound(scale);
    }
    return zeros > 0 ? 0 : -negativeBuckets.lowerBound(scale);
  }
}
