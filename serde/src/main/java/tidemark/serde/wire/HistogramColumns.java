package tidemark.serde.wire;

import java.util.Arrays;

/**
 * Pre-aggregated distribution points of a {@link PointBlock}, in columns, with bins already in the
 * index scale of {@code tidemark.state.SketchBuffer} (gamma = 2^(1/64)).
 *
 * <p>The bins of histogram {@code h} are {@code [firstBin(h), firstBin(h + 1))}. Not thread-safe.
 */
public final class HistogramColumns {
  private int count;
  private long[] timestampMs = new long[64];
  private long[] samples = new long[64];
  private long[] zeros = new long[64];
  private double[] sum = new double[64];
  private double[] min = new double[64];
  private double[] max = new double[64];
  private double[] relativeError = new double[64];
  private int[] firstBin = new int[65];

  private int binCount;
  private int[] binIndex = new int[1024];
  private long[] binSamples = new long[1024];
  private boolean[] binIsNegative = new boolean[1024];

  void clear() {
    count = 0;
    binCount = 0;
    firstBin[0] = 0;
  }

  /**
   * Adds a histogram; its bins must have been added before with {@link #addBin}.
   *
   * @param samples values it stands for, the zeros among them
   * @param zeros values in its zero bucket
   * @param relativeError error bound that its producer's buckets already carry; 0 if it is no more
   *     than the sketch's own
   */
  public void add(
      long timestampMs,
      long samples,
      long zeros,
      double sum,
      double min,
      double max,
      double relativeError) {
    if (count == this.samples.length) {
      int capacity = count * 2;
      this.timestampMs = Arrays.copyOf(this.timestampMs, capacity);
      this.samples = Arrays.copyOf(this.samples, capacity);
      this.zeros = Arrays.copyOf(this.zeros, capacity);
      this.sum = Arrays.copyOf(this.sum, capacity);
      this.min = Arrays.copyOf(this.min, capacity);
      this.max = Arrays.copyOf(this.max, capacity);
      this.relativeError = Arrays.copyOf(this.relativeError, capacity);
      this.firstBin = Arrays.copyOf(this.firstBin, capacity + 1);
    }
    this.timestampMs[count] = timestampMs;
    this.samples[count] = samples;
    this.zeros[count] = zeros;
    this.sum[count] = sum;
    this.min[count] = min;
    this.max[count] = max;
    this.relativeError[count] = relativeError;
    count++;
    firstBin[count] = binCount;
  }

  /** Adds a bin to the histogram that the next {@link #add} closes. */
  public void addBin(int index, long samples, boolean isNegative) {
    if (binCount == binIndex.length) {
      int capacity = binCount * 2;
      binIndex = Arrays.copyOf(binIndex, capacity);
      binSamples = Arrays.copyOf(binSamples, capacity);
      binIsNegative = Arrays.copyOf(binIsNegative, capacity);
    }
    binIndex[binCount] = index;
    binSamples[binCount] = samples;
    binIsNegative[binCount] = isNegative;
    binCount++;
  }

  /** Forgets the bins added since the last {@link #add}: their histogram was refused. */
  public void dropOpenBins() {
    binCount = firstBin[count];
  }

  public int count() {
    return count;
  }

  /** Takes a histogram's samples away: admission refused it. */
  public void drop(int histogram) {
    samples[histogram] = 0;
  }

  public long timestampMs(int histogram) {
    return timestampMs[histogram];
  }

  public long samples(int histogram) {
    return samples[histogram];
  }

  public long zeros(int histogram) {
    return zeros[histogram];
  }

  public double sum(int histogram) {
    return sum[histogram];
  }

  public double min(int histogram) {
    return min[histogram];
  }

  public double max(int histogram) {
    return max[histogram];
  }

  public double relativeError(int histogram) {
    return relativeError[histogram];
  }

  public int firstBin(int histogram) {
    return firstBin[histogram];
  }

  public int binIndex(int bin) {
    return binIndex[bin];
  }

  public long binSamples(int bin) {
    return binSamples[bin];
  }

  public boolean isBinNegative(int bin) {
    return binIsNegative[bin];
  }
}
