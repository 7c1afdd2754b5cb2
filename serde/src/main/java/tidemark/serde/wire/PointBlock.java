package tidemark.serde.wire;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import tidemark.state.MetricType;
import tidemark.state.Refusal;

/**
 * The points of one Kafka record in columns: decoders fill it, admission and combining read it.
 *
 * <p>One instance is reused for every record of a task, so decoding allocates nothing per point.
 * Series {@code s} owns the points {@code [firstPoint(s), firstPoint(s + 1))} and the histograms
 * {@code [firstHistogram(s), firstHistogram(s + 1))}. Its key is an exact byte string, laid out by
 * {@link SeriesKey}: equal keys are the same series, and the key alone tells its org, metric and
 * tags.
 *
 * <p>Not thread-safe. Arrays handed out are the live columns and valid until the next {@link
 * #begin}.
 */
public final class PointBlock {
  private int seriesCount;
  private byte[] keys = new byte[1 << 14];
  private int[] keyStart = new int[257];
  private byte[] types = new byte[256];
  private int[] firstPoint = new int[257];
  private int[] firstHistogram = new int[257];

  private int pointCount;
  private long[] timestampsMs = new long[1024];
  private double[] values = new double[1024];

  private final HistogramColumns histograms = new HistogramColumns();

  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
  private boolean recordRefused;
  private long gaps;

  /** Empties the block for the next record. */
  public void begin() {
    seriesCount = 0;
    pointCount = 0;
    histograms.clear();
    refused.clear();
    recordRefused = false;
    gaps = 0;
    keyStart[0] = 0;
    firstPoint[0] = 0;
    firstHistogram[0] = 0;
  }

  // ---- written by decoders

  /** Opens the next series; the points and histograms added from here on are its own. */
  public void addSeries(MetricType type, byte[] key, int offset, int length) {
    if (seriesCount == types.length) {
      int capacity = seriesCount * 2;
      types = Arrays.copyOf(types, capacity);
      keyStart = Arrays.copyOf(keyStart, capacity + 1);
      firstPoint = Arrays.copyOf(firstPoint, capacity + 1);
      firstHistogram = Arrays.copyOf(firstHistogram, capacity + 1);
    }
    int start = keyStart[seriesCount];
    if (start + length > keys.length) {
      keys = Arrays.copyOf(keys, Math.max(keys.length * 2, start + length));
    }
    System.arraycopy(key, offset, keys, start, length);
    types[seriesCount] = (byte) type.code();
    seriesCount++;
    keyStart[seriesCount] = start + length;
    firstPoint[seriesCount] = pointCount;
    firstHistogram[seriesCount] = histograms.count();
  }

  /** Makes room for that many further points, so that {@link #addPoint} need not look. */
  public void reservePoints(int more) {
    int needed = Math.addExact(pointCount, more);
    if (needed > values.length) {
      int capacity = Math.max(needed, values.length * 2);
      timestampsMs = Arrays.copyOf(timestampsMs, capacity);
      values = Arrays.copyOf(values, capacity);
    }
  }

  /** Adds a point to the series opened last, unchecked: admission judges time and value. */
  public void addPoint(long timestampMs, double value) {
    if (pointCount == values.length) {
      reservePoints(1);
    }
    timestampsMs[pointCount] = timestampMs;
    values[pointCount] = value;
    pointCount++;
    firstPoint[seriesCount] = pointCount;
  }

  /** The histograms; after adding one, call {@link #histogramAdded}. */
  public HistogramColumns histograms() {
    return histograms;
  }

  /** Gives the histogram added last to the series opened last. */
  public void histogramAdded() {
    firstHistogram[seriesCount] = histograms.count();
  }

  /** Counts points that the decoder could read but not take. */
  public void refuse(Refusal reason, long points) {
    refused.merge(reason, points, Math::addExact);
  }

  /**
   * Counts what has the form of a point and says that there was none: neither taken nor refused.
   */
  public void addGap() {
    gaps++;
  }

  /** Refuses the record as a whole: whatever was decoded of it so far is dropped again. */
  public void refuseRecord(Refusal reason) {
    begin();
    recordRefused = true;
    refused.put(reason, 0L);
  }

  // ---- read by admission and combining

  public int seriesCount() {
    return seriesCount;
  }

  public MetricType type(int series) {
    return MetricType.ofCode(types[series]);
  }

  public byte[] keys() {
    return keys;
  }

  public int keyStart(int series) {
    return keyStart[series];
  }

  public int keyLength(int series) {
    return keyStart[series + 1] - keyStart[series];
  }

  public int firstPoint(int series) {
    return firstPoint[series];
  }

  public int firstHistogram(int series) {
    return firstHistogram[series];
  }

  public int pointCount() {
    return pointCount;
  }

  public long[] timestampsMs() {
    return timestampsMs;
  }

  public double[] values() {
    return values;
  }

  /** Statements of the record that a series had no value: no points, and no loss. */
  public long gaps() {
    return gaps;
  }

  /** Whether nothing of the record was taken. */
  public boolean isRecordRefused() {
    return recordRefused;
  }

  /** Points refused so far by reason; for a record refused as a whole its one reason with 0. */
  public Map<Refusal, Long> refused() {
    return refused;
  }
}
