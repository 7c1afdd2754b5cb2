package tidemark.state;

/**
 * A mutable DDSketch: how many values fell into each bin of a logarithmic scale.
 *
 * <p>A quantile is off by at most {@link #RELATIVE_ACCURACY} of its value. Each sign keeps at most
 * {@link #MAX_BINS} bins, a range of 2^64 between the largest and the smallest magnitude; smaller
 * ones count in the lowest bin kept ("collapsed"), and the accuracy no longer holds for them.
 *
 * <p>Counts are integers, and the bin that a value ends in follows from the value and from the
 * largest magnitude of its sign alone: any order and grouping of {@link #accept} and {@link #merge}
 * gives the same bytes. {@link SketchCodec} draws them.
 *
 * <p>Accepting costs two table look-ups ({@link SketchIndex}), merging a few ns per bin; nothing is
 * allocated unless the range grows. Not thread-safe.
 */
public final class SketchBuffer {
  /** 2^(1/64): every bin's upper bound is this many times its lower one. */
  public static final double GAMMA = SketchIndex.GAMMA;

  /** Bins of one sign. */
  public static final int MAX_BINS = SketchBins.MAX_BINS;

  /** Largest magnitude of a value, 2^960: what an exact sum admits, too. */
  public static final double MAX_VALUE = ExactSum.MAX_VALUE;

  /** Lowest index a bin may have: that of the smallest normal double. */
  public static final int MIN_INDEX = -1022 * 64;

  /** Highest index a bin may have: that of {@link #MAX_VALUE}. */
  public static final int MAX_INDEX = 960 * 64;

  /** Largest error of a quantile relative to its value, about 0.0054. */
  public static final double RELATIVE_ACCURACY = SketchIndex.RELATIVE_ACCURACY;

  /** Magnitudes up to this one count as zero. */
  public static final double MAX_ZERO = SketchIndex.MAX_ZERO;

  /** This object and its two stores, empty. */
  private static final long OBJECT_BYTES = 32 + 2 * 72;

  private final SketchBins positive = new SketchBins();
  private final SketchBins negative = new SketchBins();
  private long zeros;

  /**
   * The sketch in these bytes.
   *
   * @throws IllegalArgumentException as {@link #mergeEncoded}
   */
  public static SketchBuffer ofBytes(byte[] bytes) {
    SketchBuffer sketch = new SketchBuffer();
    sketch.mergeEncoded(bytes, 0, bytes.length);
    return sketch;
  }

  /** Whether {@link #accept} takes this value: finite and at most {@link #MAX_VALUE}. */
  public static boolean isIndexable(double value) {
    return Math.abs(value) <= MAX_VALUE;
  }

  /**
   * Counts one value.
   *
   * @throws IllegalArgumentException unless {@link #isIndexable}
   */
  public void accept(double value) {
    double magnitude = Math.abs(value);
    if (magnitude > MAX_ZERO && magnitude <= MAX_VALUE) {
      (value < 0 ? negative : positive).add(SketchIndex.of(magnitude), 1);
    } else if (magnitude <= MAX_ZERO) {
      addZeros(1);
    } else {
      throw new IllegalArgumentException(
          "a value to sketch must be at most 2^960 in magnitude, got " + value);
    }
  }

  /**
   * Adds values that a producer has put into bins of this scale.
   *
   * @param index {@link #MIN_INDEX} to {@link #MAX_INDEX}
   * @param count 0 to 2^53 - 1
   * @param isNegative whether the values are below zero; the index is that of their magnitude
   */
  public void addBin(int index, long count, boolean isNegative) {
    if (index < MIN_INDEX || index > MAX_INDEX) {
      throw new IllegalArgumentException(
          "bin index must be %d to %d, got %d".formatted(MIN_INDEX, MAX_INDEX, index));
    }
    (isNegative ? negative : positive).add(index, requireCount(count));
  }

  /**
   * Adds values that a producer has counted as zero.
   *
   * @param count 0 to 2^53 - 1
   */
  public void addZeros(long count) {
    zeros = SketchBins.saturatedSum(zeros, requireCount(count));
  }

  public void merge(SketchBuffer other) {
    zeros = SketchBins.saturatedSum(zeros, other.zeros);
    positive.merge(other.positive);
    negative.merge(other.negative);
  }

  /**
   * Adds the sketch in these bytes, without an object per bin.
   *
   * @throws IllegalArgumentException if they are not a sketch of a known version; this one then
   *     holds a part of it and must be cleared
   */
  public void mergeEncoded(byte[] source, int offset, int length) {
    addZeros(SketchCodec.readInto(source, offset, length, positive, negative));
  }

  /** Bytes that {@link #encode} writes; costs a pass over the bins. */
  public int encodedLength() {
    return SketchCodec.length(zeros, positive, negative);
  }

  /** Writes {@link #encodedLength} bytes at an offset; returns the offset after them. */
  public int encode(byte[] target, int offset) {
    return SketchCodec.write(target, offset, zeros, positive, negative);
  }

  public byte[] toBytes() {
    byte[] bytes = new byte[encodedLength()];
    encode(bytes, 0);
    return bytes;
  }

  /** Values held, at most {@link Long#MAX_VALUE}; costs a pass over the bins. */
  public long count() {
    long total = zeros;
    for (long part : new long[] {positive.total(), negative.total()}) {
      total = Long.MAX_VALUE - total < part ? Long.MAX_VALUE : total + part;
    }
    return total;
  }

  public boolean isEmpty() {
    return zeros == 0 && positive.isEmpty() && negative.isEmpty();
  }

  /** Empties the sketch and keeps its arrays. */
  public void clear() {
    zeros = 0;
    positive.clear();
    negative.clear();
  }

  /**
   * The value at rank {@code q * (count - 1)}, within {@link #RELATIVE_ACCURACY}.
   *
   * @param q 0 to 1
   * @throws IllegalStateException if the sketch is empty
   */
  public double quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("quantile must be 0 to 1, got " + q);
    }
    if (isEmpty()) {
      throw new IllegalStateException("an empty sketch has no quantile");
    }
    double rank = q * (count() - 1);
    long below = 0;
    // From the lowest value up: the negative bins from their highest index down.
    for (int index = negative.maxIndex(); index >= negative.minIndex(); index--) {
      below += negative.countAt(index);
      if (below > rank) {
        return -SketchIndex.valueOf(index);
      }
    }
    below += zeros;
    if (below > rank || positive.isEmpty()) {
      // Beyond 2^53 values, rounding may carry the rank past the last of them.
      return zeros > 0 || negative.isEmpty() ? 0 : -SketchIndex.valueOf(negative.minIndex());
    }
    for (int index = positive.minIndex(); index < positive.maxIndex(); index++) {
      below += positive.countAt(index);
      if (below > rank) {
        return SketchIndex.valueOf(index);
      }
    }
    return SketchIndex.valueOf(positive.maxIndex());
  }

  /**
   * How many values are below a threshold. Each value counts as the middle of its bin, so those
   * within {@link #RELATIVE_ACCURACY} of the threshold may count on either side.
   *
   * @param threshold any number; NaN is above none
   */
  public long countBelow(double threshold) {
    long below = 0;
    for (int index = negative.minIndex();
        !negative.isEmpty() && index <= negative.maxIndex();
        index++) {
      if (-SketchIndex.valueOf(index) < threshold) {
        below += negative.countAt(index);
      }
    }
    if (0 < threshold) {
      below += zeros;
    }
    for (int index = positive.minIndex();
        !positive.isEmpty() && index <= positive.maxIndex();
        index++) {
      if (SketchIndex.valueOf(index) < threshold) {
        below += positive.countAt(index);
      }
    }
    return below;
  }

  /** Heap that this sketch holds, about. */
  public long memoryBytes() {
    return OBJECT_BYTES + positive.memoryBytes() + negative.memoryBytes();
  }

  /**
   * Whether small magnitudes were folded into a lowest bin, given the extremes of all values.
   *
   * <p>Exact if all values have one sign. If both signs occur, the smallest magnitude of a sign is
   * not known: a store whose lowest bin stands at the fold then counts as collapsed.
   */
  public boolean isCollapsedGiven(double min, double max) {
    return isCollapsed(positive, min) || isCollapsed(negative, -max);
  }

  private static boolean isCollapsed(SketchBins bins, double smallest) {
    return bins.isFull() && (smallest <= MAX_ZERO || SketchIndex.of(smallest) < bins.minIndex());
  }

  private static long requireCount(long count) {
    if (count < 0 || count > VarCoding.MAX_COUNT) {
      throw new IllegalArgumentException("count must be 0 to 2^53 - 1, got " + count);
    }
    return count;
  }
}
