package tidemark.gameday;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import tidemark.state.MetricType;

/**
 * What must be stored, added up point by point as they are sent.
 *
 * <p>Keeps one row for each series and 10 s window, and the single values of distributions for
 * their percentiles: some 200 bytes a row and 8 bytes a value, so an hour of 3,000 points a second
 * takes about 100 MB. Not thread-safe.
 */
final class SentRows {
  static final int[] TIERS = {10, 60, 3600};
  private static final int FINEST = TIERS[0];

  private final Map<RowKey, Row> rows = new HashMap<>();
  private Predicate<RowKey> isLeftOut = key -> false;
  private long points;

  private static final class Row {
    private RowValue value;
    private double[] values = {};
    private int size;

    void keep(double single) {
      if (size == values.length) {
        values = Arrays.copyOf(values, Math.max(4, size * 2));
      }
      values[size++] = single;
    }
  }

  /** Counts one point that the broker has taken or will take. */
  void add(Series series, long timestampMs, double value) {
    points++;
    RowKey key =
        new RowKey(
            FINEST, series.org(), series.metric(), series.type().label(), series.tagText(), 0);
    long lengthMs = FINEST * 1000L;
    long startMs = Math.floorDiv(timestampMs, lengthMs) * lengthMs;
    Row row =
        rows.computeIfAbsent(
            new RowKey(FINEST, key.org(), key.metric(), key.type(), key.tags(), startMs),
            absent -> new Row());
    RowValue single = single(series.type(), timestampMs, value);
    row.value = row.value == null ? single : row.value.plus(single);
    if (series.type() == MetricType.DISTRIBUTION) {
      row.keep(value);
    }
  }

  private static RowValue single(MetricType type, long timestampMs, double value) {
    BigDecimal sum = new BigDecimal(value);
    return switch (type) {
      case COUNTER -> new RowValue(1, sum, 0, 0, 0, 0);
      case DISTRIBUTION -> new RowValue(1, sum, value, value, 0, 0);
      case GAUGE -> new RowValue(1, sum, value, value, value, timestampMs);
    };
  }

  long points() {
    return points;
  }

  /** Rows, of any tier, that are not stored although there are points of them. */
  void leaveOut(Predicate<RowKey> rowsNotStored) {
    isLeftOut = rowsNotStored;
  }

  /** The rows of every tier that is stored. */
  Map<RowKey, RowValue> all() {
    Map<RowKey, RowValue> all = new HashMap<>();
    rows.forEach(
        (key, row) -> {
          for (int tier : TIERS) {
            all.merge(key.in(tier), row.value, RowValue::plus);
          }
        });
    all.keySet().removeIf(isLeftOut);
    return all;
  }

  /** The single values of each distribution's rows in one tier, sorted. */
  Map<RowKey, double[]> valuesOfDistributions(int tier) {
    Map<RowKey, double[]> all = new HashMap<>();
    rows.forEach(
        (key, row) -> {
          if (row.size > 0) {
            all.merge(key.in(tier), Arrays.copyOf(row.values, row.size), SentRows::joined);
          }
        });
    all.keySet().removeIf(isLeftOut);
    all.values().forEach(Arrays::sort);
    return all;
  }

  private static double[] joined(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
