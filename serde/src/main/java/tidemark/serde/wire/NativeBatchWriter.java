package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tidemark.state.MetricType;

/**
 * Collects points of one org and writes them as a native batch, {@code native_batch.proto} version
 * 1.
 *
 * <p>Points may come in any order of series; within a series they keep theirs. A batch holds the
 * series that have points, in the order in which they were first added, and the symbols these use,
 * so equal calls give equal bytes. Nothing is checked that the format can say: a test may write
 * NaN, or an empty name, to see it refused.
 *
 * <p>Series and points stay in memory, {@link #clear} drops the points only; make a new writer to
 * forget series. Not thread-safe. Costs a few tens of nanoseconds per point.
 */
public final class NativeBatchWriter {
  private record Series(MetricType type, String metric, List<String> tags) {}

  private final String org;
  private final Map<Series, Integer> indexes = new HashMap<>();
  private final List<Series> series = new ArrayList<>();

  private int pointCount;
  private int[] seriesOfPoint = new int[256];
  private long[] timestampsMs = new long[256];
  private double[] values = new double[256];

  /**
   * Starts an empty batch.
   *
   * @param org tenant; empty leaves it to the job that reads
   */
  public NativeBatchWriter(String org) {
    this.org = org;
  }

  /** Index of this series for {@link #point}; the same for the same series, also after clear. */
  public int series(MetricType type, String metric, List<String> tags) {
    Series added = new Series(type, metric, List.copyOf(tags));
    Integer known = indexes.putIfAbsent(added, series.size());
    if (known != null) {
      return known;
    }
    series.add(added);
    return series.size() - 1;
  }

  public void point(int seriesIndex, long timestampMs, double value) {
    if (seriesIndex < 0 || seriesIndex >= series.size()) {
      throw new IllegalArgumentException(
          "series index must be one that series() returned, below %s, got %s"
              .formatted(series.size(), seriesIndex));
    }
    if (pointCount == values.length) {
      int capacity = pointCount * 2;
      seriesOfPoint = Arrays.copyOf(seriesOfPoint, capacity);
      timestampsMs = Arrays.copyOf(timestampsMs, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    seriesOfPoint[pointCount] = seriesIndex;
    timestampsMs[pointCount] = timestampMs;
    values[pointCount] = value;
    pointCount++;
  }

  public int pointCount() {
    return pointCount;
  }

  /** Drops the points and keeps the series. */
  public void clear() {
    pointCount = 0;
  }

  /** The batch so far; the writer goes on as it was. */
  public byte[] toBytes() {
    int[] pointsOfSeries = new int[series.size()];
    for (int point = 0; point < pointCount; point++) {
      pointsOfSeries[seriesOfPoint[point]]++;
    }
    ByteSink message = new ByteSink();
    putVarintField(message, 1, NativeBatchDecoder.VERSION);
    if (!org.isEmpty()) {
      putString(message, 2, org);
    }
    putSeries(message, pointsOfSeries);
    putPoints(message, pointsOfSeries);
    return message.toBytes();
  }

  private void putSeries(ByteSink message, int[] pointsOfSeries) {
    Map<String, Integer> symbols = new LinkedHashMap<>();
    ByteSink metrics = new ByteSink();
    ByteSink types = new ByteSink();
    ByteSink tagCounts = new ByteSink();
    ByteSink pointCounts = new ByteSink();
    ByteSink tags = new ByteSink();
    for (int i = 0; i < pointsOfSeries.length; i++) {
      if (pointsOfSeries[i] == 0) {
        continue;
      }
      Series one = series.get(i);
      metrics.putVarint(symbol(symbols, one.metric()));
      types.putVarint(one.type().code());
      tagCounts.putVarint(one.tags().size());
      pointCounts.putVarint(pointsOfSeries[i]);
      one.tags().forEach(tag -> tags.putVarint(symbol(symbols, tag)));
    }
    symbols.keySet().forEach(symbol -> putString(message, 3, symbol));
    putColumn(message, 4, metrics);
    putColumn(message, 5, types);
    putColumn(message, 6, tagCounts);
    putColumn(message, 7, pointCounts);
    putColumn(message, 8, tags);
  }

  private static int symbol(Map<String, Integer> symbols, String text) {
    Integer known = symbols.putIfAbsent(text, symbols.size());
    return known == null ? symbols.size() - 1 : known;
  }

  private void putPoints(ByteSink message, int[] pointsOfSeries) {
    long baseTimestampMs = pointCount == 0 ? 0 : timestampsMs[0];
    ByteSink timestampDeltas = new ByteSink();
    ByteSink pointValues = new ByteSink();
    int[] ordered = pointsBySeries(pointsOfSeries);
    for (int i = 0; i < pointCount; i++) {
      int point = ordered[i];
      boolean isFirst = i == 0 || seriesOfPoint[ordered[i - 1]] != seriesOfPoint[point];
      long before = isFirst ? baseTimestampMs : timestampsMs[ordered[i - 1]];
      timestampDeltas.putZigzag(timestampsMs[point] - before);
      pointValues.putDouble(values[point]);
    }
    if (baseTimestampMs != 0) {
      putVarintField(message, 9, baseTimestampMs);
    }
    putColumn(message, 10, timestampDeltas);
    putColumn(message, 11, pointValues);
  }

  /** Indexes of the points, series by series, each in the order of arrival. */
  private int[] pointsBySeries(int[] pointsOfSeries) {
    int[] next = new int[pointsOfSeries.length];
    for (int i = 1; i < next.length; i++) {
      next[i] = next[i - 1] + pointsOfSeries[i - 1];
    }
    int[] ordered = new int[pointCount];
    for (int point = 0; point < pointCount; point++) {
      ordered[next[seriesOfPoint[point]]++] = point;
    }
    return ordered;
  }

  private static void putVarintField(ByteSink message, int field, long value) {
    message.putVarint((field << 3) | ProtoReader.VARINT);
    message.putVarint(value);
  }

  private static void putString(ByteSink message, int field, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    message.putVarint((field << 3) | ProtoReader.BYTES);
    message.putVarint(bytes.length);
    message.put(bytes, 0, bytes.length);
  }

  private static void putColumn(ByteSink message, int field, ByteSink column) {
    if (column.length() > 0) {
      message.putVarint((field << 3) | ProtoReader.BYTES);
      message.putVarint(column.length());
      message.put(column);
    }
  }
}
