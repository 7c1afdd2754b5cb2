package tidemark.gateway;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;
import tidemark.state.MetricType;
import tidemark.state.SketchBuffer;

/**
 * Rows of the stored tables, computed from points without the code under test: sums by {@link
 * BigDecimal}, the rest by plain comparison.
 */
public final class Rows {
  public static final String ORG = "acme";
  public static final Instant WINDOW = Instant.parse("2026-03-01T10:00:00Z");

  /** A point {@code offsetMs} after its window's start. */
  public record Point(int offsetMs, double value) {}

  /** What a row is of. */
  public record RowKey(
      int tier, String metric, long seriesId, MetricType type, Instant windowStart) {
    public static RowKey of(String metric, long seriesId, MetricType type) {
      return new RowKey(10, metric, seriesId, type, WINDOW);
    }

    public RowKey in(int newTier, Instant newWindowStart) {
      return new RowKey(newTier, metric, seriesId, type, newWindowStart);
    }
  }

  private Rows() {}

  public static List<Point> points(double... values) {
    List<Point> points = new ArrayList<>();
    for (double value : values) {
      points.add(new Point(points.size(), value));
    }
    return points;
  }

  /** The one row that these points make, with everything left out that may be. */
  public static Record rollup(RowKey key, List<Point> points) {
    Record row = GenericRecord.create(RollupsTable.SCHEMA);
    row.setField("tier", key.tier());
    row.setField("org", ORG);
    row.setField("metric", key.metric());
    row.setField("series_id", key.seriesId());
    row.setField("window_start", utc(key.windowStart()));
    row.setField("type", key.type().label());
    row.setField("count", (long) points.size());
    setSum(row, exactSum(points));
    if (key.type() != MetricType.COUNTER && points.size() > 1) {
      row.setField("min", points.stream().mapToDouble(Point::value).min().orElseThrow());
      row.setField("max", points.stream().mapToDouble(Point::value).max().orElseThrow());
    }
    if (key.type() == MetricType.GAUGE) {
      Point last = last(points);
      row.setField("last_ms", last.offsetMs());
      if (points.size() > 1) {
        row.setField("last", last.value());
      }
    }
    if (key.type() == MetricType.DISTRIBUTION) {
      SketchBuffer sketch = new SketchBuffer();
      points.forEach(point -> sketch.accept(point.value()));
      row.setField("sketch", ByteBuffer.wrap(sketch.toBytes()));
    }
    return row;
  }

  public static Point last(List<Point> points) {
    return points.stream()
        .max(Comparator.comparingInt(Point::offsetMs).thenComparingDouble(Point::value))
        .orElseThrow();
  }

  public static BigDecimal exactSum(List<Point> points) {
    return points.stream()
        .map(point -> new BigDecimal(point.value()))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** The canonical expansion: the rounded sum, the rounded remainder, and so on. */
  private static void setSum(Record row, BigDecimal exact) {
    List<Double> parts = new ArrayList<>();
    BigDecimal remainder = exact;
    do {
      parts.add(remainder.doubleValue());
      remainder = remainder.subtract(new BigDecimal(remainder.doubleValue()));
    } while (remainder.signum() != 0);
    row.setField("sum", parts.get(0));
    if (parts.size() > 1) {
      row.setField("sum_low", parts.get(1));
    }
    if (parts.size() > 2) {
      ByteBuffer rest = ByteBuffer.allocate(8 * (parts.size() - 2));
      parts.subList(2, parts.size()).forEach(rest::putDouble);
      row.setField("sum_rest", rest.flip());
    }
  }

  public static Record series(RowKey key, Map<String, String> tags) {
    Record row = GenericRecord.create(SeriesTable.SCHEMA);
    row.setField("org", ORG);
    row.setField("metric", key.metric());
    row.setField("series_id", key.seriesId());
    row.setField("type", key.type().label());
    row.setField("tags", tags);
    row.setField("first_seen", utc(key.windowStart()));
    row.setField("last_seen", utc(key.windowStart()));
    return row;
  }

  public static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
