package tidemark.serde.wire;

import tidemark.state.Refusal;
import tidemark.state.SketchBuffer;

/**
 * The buckets of one sign of an OTLP exponential histogram, and how they become bins of gamma =
 * 2^(1/64) of a {@link SketchBuffer}.
 *
 * <p>Bucket {@code i} of scale {@code s} holds magnitudes in {@code (2^(i * 2^-s), 2^((i+1) *
 * 2^-s)]}, bin {@code j} those in {@code [2^(j/64), 2^((j+1)/64))}.
 *
 * <ul>
 *   <li>Scale 6 and finer: buckets nest in bins, {@code j = i >> (s - 6)}, and nothing is lost but
 *       which side of a bound the bound itself is on.
 *   <li>Coarser: all samples go to the bin that holds {@code 2G/(G+1)} times the bucket's lower
 *       bound, with {@code G = 2^(2^-s)}. That estimate has the least relative error, {@code
 *       (G-1)/(G+1)}, over the bucket; next to the geometric middle for the scales that occur (3:
 *       4.3 %), and still below 100 % where the middle is off by orders of magnitude.
 *   <li>Bins below {@link SketchBuffer#MIN_INDEX}, subnormal magnitudes, count as zeros; above
 *       {@link SketchBuffer#MAX_INDEX} no exact sum could hold the samples, and the histogram is
 *       refused.
 * </ul>
 *
 * <p>Reused; not thread-safe. Costs two passes over the buckets.
 */
final class OtlpBuckets {
  static final int MIN_SCALE = -10;
  static final int MAX_SCALE = 20;

  /** Scale whose buckets are the bins. */
  static final int BIN_SCALE = 6;

  private static final int OFFSET = 1 << 3 | ProtoReader.VARINT;
  private static final int COUNTS = 2 << 3 | ProtoReader.BYTES;
  private static final int COUNT = 2 << 3 | ProtoReader.VARINT;

  /** Bins from a bucket's lower bound to its estimate, by scale from MIN_SCALE to BIN_SCALE - 1. */
  private static final int[] ESTIMATE_BIN = new int[BIN_SCALE - MIN_SCALE];

  static {
    for (int scale = MIN_SCALE; scale < BIN_SCALE; scale++) {
      double estimate = 1 + relativeError(scale); // 2G/(G+1)
      ESTIMATE_BIN[scale - MIN_SCALE] = (int) (64 * StrictMath.log(estimate) / StrictMath.log(2));
    }
  }

  private final ProtoReader reader = new ProtoReader();
  private final FieldBytes counts = new FieldBytes();
  private int offset;
  private long samples;
  private long lowest;
  private long highest;

  /**
   * Relative error of samples that come in buckets of this scale; 0 if a sketch's own is no less.
   */
  static double relativeError(int scale) {
    return scale >= BIN_SCALE
        ? 0
        : StrictMath.tanh(StrictMath.scalb(StrictMath.log(2) / 2, -scale));
  }

  /** Reads a {@code Buckets} message up to its sum of counts. */
  void find(FieldBytes message) throws MalformedMessageException {
    offset = 0;
    samples = 0;
    counts.clear();
    message.wrapIn(reader);
    while (reader.hasMore()) {
      int tag = reader.readTag();
      switch (tag) {
        case OFFSET -> offset = reader.readZigzag32();
        case COUNTS, COUNT -> counts.takePacked(reader, tag, ProtoReader.VARINT);
        default -> reader.skip(tag);
      }
    }
    counts.wrapIn(reader);
    while (reader.hasMore()) {
      long count = reader.readVarint();
      long room = OtlpHistogramReader.MAX_SAMPLES - samples;
      // Sticks one above the bound, where it equals no count that is taken.
      samples = count < 0 || count > room ? OtlpHistogramReader.MAX_SAMPLES + 1 : samples + count;
    }
  }

  /** Samples in all buckets; some number above the bound if they are more than that. */
  long samples() {
    return samples;
  }

  /**
   * Adds the buckets that hold samples as bins, neighbours in one bin together.
   *
   * @return samples that belong to bins below {@link SketchBuffer#MIN_INDEX}
   */
  long addTo(HistogramColumns columns, int scale, boolean isNegative)
      throws MalformedMessageException, RefusedException {
    long tooSmall = 0;
    long bin = Long.MIN_VALUE;
    long inBin = 0;
    boolean isFirst = true;
    counts.wrapIn(reader);
    for (long bucket = offset; reader.hasMore(); bucket++) {
      long count = reader.readVarint();
      if (count == 0) {
        continue;
      }
      lowest = isFirst ? bucket : lowest;
      highest = bucket;
      isFirst = false;
      long next = bin(bucket, scale);
      if (next < SketchBuffer.MIN_INDEX) {
        tooSmall += count;
      } else if (next == bin) {
        inBin += count;
      } else {
        addBin(columns, bin, inBin, isNegative);
        bin = next;
        inBin = count;
      }
    }
    addBin(columns, bin, inBin, isNegative);
    return tooSmall;
  }

  private static void addBin(HistogramColumns columns, long bin, long count, boolean isNegative)
      throws RefusedException {
    if (bin > SketchBuffer.MAX_INDEX) {
      throw new RefusedException(Refusal.OUT_OF_RANGE);
    }
    if (count > 0) {
      columns.addBin((int) bin, count, isNegative);
    }
  }

  private static long bin(long bucket, int scale) {
    return scale >= BIN_SCALE
        ? bucket >> (scale - BIN_SCALE)
        : (bucket << (BIN_SCALE - scale)) + ESTIMATE_BIN[scale - MIN_SCALE];
  }

  /** Lower bound of the lowest bucket that {@link #addTo} saw samples in. */
  double lowerBound(int scale) {
    return bound(lowest, scale);
  }

  /** Upper bound of the highest bucket that {@link #addTo} saw samples in. */
  double upperBound(int scale) {
    return bound(highest + 1, scale);
  }

  private static double bound(long bucket, int scale) {
    double magnitude = StrictMath.pow(2, StrictMath.scalb((double) bucket, -scale));
    return Math.min(magnitude, SketchBuffer.MAX_VALUE);
  }
}
