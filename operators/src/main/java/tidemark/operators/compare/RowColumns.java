package tidemark.operators.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/** The columns of a row that are compared: those that its type has, as bits. */
final class RowColumns {
  private RowColumns() {}

  /** Whether all columns of two rows of one key are the same. */
  static boolean areSame(PartialRow a, PartialRow b) {
    if (a.count != b.count
        || !isSame(a.sum, b.sum)
        || !isSame(a.low, b.low)
        || !Arrays.equals(a.rest, b.rest)) {
      return false;
    }
    return switch (a.type) {
      case COUNTER -> true;
      case GAUGE ->
          isSame(a.min, b.min)
              && isSame(a.max, b.max)
              && isSame(a.last, b.last)
              && a.lastTimestampMs == b.lastTimestampMs;
      case DISTRIBUTION ->
          isSame(a.min, b.min)
              && isSame(a.max, b.max)
              && isSame(a.sketchError, b.sketchError)
              && isSameSketch(a, b);
    };
  }

  private static boolean isSame(double a, double b) {
    return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
  }

  private static boolean isSameSketch(PartialRow a, PartialRow b) {
    return Arrays.equals(
        a.sketch,
        a.sketchOffset,
        a.sketchOffset + a.sketchLength,
        b.sketch,
        b.sketchOffset,
        b.sketchOffset + b.sketchLength);
  }

  /** Values of a row, by column, in the order of the table. */
  static Map<String, String> values(PartialRow row) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("count", Long.toString(row.count));
    values.put("sum", Double.toString(row.sum));
    values.put("sum_low", Double.toString(row.low));
    values.put("sum_rest", Arrays.toString(row.rest));
    if (row.type != MetricType.COUNTER) {
      values.put("min", Double.toString(row.min));
      values.put("max", Double.toString(row.max));
    }
    if (row.type == MetricType.GAUGE) {
      values.put("last", Double.toString(row.last));
      values.put("last_ms", Long.toString(row.lastTimestampMs - row.windowStartMs));
    }
    if (row.type == MetricType.DISTRIBUTION) {
      values.put(
          "sketch",
          HexFormat.of()
              .formatHex(row.sketch, row.sketchOffset, row.sketchOffset + row.sketchLength));
      values.put("sketch_error", Double.toString(row.sketchError));
    }
    return values;
  }

  /** Columns whose values are not the same text; text tells any two doubles but NaNs apart. */
  static List<String> differing(Map<String, String> left, Map<String, String> right) {
    List<String> differing = new ArrayList<>();
    left.forEach(
        (column, value) -> {
          if (!value.equals(right.get(column))) {
            differing.add(column);
          }
        });
    return differing;
  }
}
