package tidemark.operators;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.table.LedgerRows;
import tidemark.state.Aggregate;
import tidemark.state.CounterAggregate;
import tidemark.state.DistributionAggregate;
import tidemark.state.GaugeAggregate;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SketchBuffer;
import tidemark.state.SumParts;

/**
 * Points as batches of partials, one row each, and rows read back as the reference aggregates that
 * the {@code state} module's own laws hold.
 */
public final class TestPartials {
  public static final String ORG = "acme";
  private static final double[] VALUES = {0.0, 1.0, -2.5, 1e16, -1e16, 0.1, 3e-310, 7.0};

  /** One point of a series. */
  public record Point(
      MetricType type, String metric, long seriesId, long timestampMs, double value) {}

  /** What a row is of. */
  public record RowKey(
      int tierSeconds, String metric, MetricType type, long seriesId, long windowStartMs) {}

  /** What a count of the ledger is of. */
  public record LedgerKey(String label, String org, long minuteMs) {}

  /** One row, and the key group whose batch it came in. */
  public record Row(RowKey key, int keyGroup, Aggregate aggregate) {}

  private TestPartials() {}

  public static Point gauge(long seriesId, long timestampMs, double value) {
    return new Point(MetricType.GAUGE, "cpu", seriesId, timestampMs, value);
  }

  /** Points of all types with many ties, of a few series that spread over all key groups. */
  public static List<Point> random(Random random, int count, int series, long fromMs, long toMs) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = random.nextInt(series);
      points.add(
          new Point(
              MetricType.values()[number % 3],
              "metric." + number % 7,
              (number + 1) * 0x9E3779B97F4A7C15L,
              fromMs + (long) (random.nextDouble() * (toMs - fromMs)),
              VALUES[random.nextInt(VALUES.length)]));
    }
    return points;
  }

  /** One batch per key group that has points. */
  public static List<PartialBatch> batches(KeyGroups keyGroups, List<Point> points) {
    Map<Integer, List<Point>> byGroup = new TreeMap<>();
    for (Point point : points) {
      byGroup
          .computeIfAbsent(keyGroups.groupOf(point.seriesId()), group -> new ArrayList<>())
          .add(point);
    }
    List<PartialBatch> batches = new ArrayList<>();
    byGroup.forEach((group, some) -> batches.add(batch(group, some)));
    return batches;
  }

  public static PartialBatch batch(int keyGroup, List<Point> points) {
    return batch(keyGroup, ORG, points);
  }

  /** The same of another org. */
  public static PartialBatch batch(int keyGroup, String org, List<Point> points) {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(64));
    writer.begin(keyGroup, PartialBatch.OPEN);
    for (Point point : points) {
      writer.write(row(org, point, names));
    }
    return writer.batch();
  }

  private static PartialRow row(String org, Point point, MetricNames names) {
    PartialRow row = new PartialRow();
    row.type = point.type();
    row.seriesId = point.seriesId();
    row.name = names.number(point.type(), org, point.metric());
    row.windowStartMs = Math.floorDiv(point.timestampMs(), 10_000L) * 10_000L;
    row.count = 1;
    row.sum = point.value();
    row.min = point.value();
    row.max = point.value();
    row.last = point.value();
    row.lastTimestampMs = point.timestampMs();
    if (point.type() == MetricType.DISTRIBUTION) {
      SketchBuffer sketch = new SketchBuffer();
      sketch.accept(point.value());
      byte[] bytes = sketch.toBytes();
      System.arraycopy(bytes, 0, row.reserveSketch(bytes.length), 0, bytes.length);
    }
    return row;
  }

  /** Rows of all batches that are partials, in order; but for those of the ledger. */
  public static List<Row> rows(List<PartialBatch> batches) {
    List<Row> rows = new ArrayList<>();
    for (PartialBatch batch : batches) {
      if (batch.kind() == PartialBatch.Kind.PARTIALS && batch.tierSeconds() != LedgerRows.TIER) {
        rows.addAll(rows(batch));
      }
    }
    return rows;
  }

  /** Points by name, org and minute of all ledger rows; each row must say them twice. */
  public static Map<LedgerKey, Long> ledger(List<PartialBatch> batches) {
    Map<LedgerKey, Long> points = new HashMap<>();
    for (PartialBatch batch : batches) {
      if (!batch.isPartialsOf(LedgerRows.TIER)) {
        continue;
      }
      MetricNames names = new MetricNames(2);
      PartialReader reader = new PartialReader(names);
      PartialRow row = new PartialRow();
      reader.open(batch);
      while (reader.next(row)) {
        MetricNames.Name name = names.name(row.name);
        String org = new String(name.org(), StandardCharsets.UTF_8);
        String label = new String(name.metric(), StandardCharsets.UTF_8);
        if (row.type != MetricType.COUNTER || row.sum != row.count) {
          throw new IllegalStateException("a ledger row must be a counter of its points");
        }
        points.merge(new LedgerKey(label, org, row.windowStartMs), row.count, Long::sum);
      }
    }
    return points;
  }

  /** What the ledger must say under that name of points of {@link #ORG}. */
  public static Map<LedgerKey, Long> expectedLedger(String label, List<Point> points) {
    Map<LedgerKey, Long> expected = new HashMap<>();
    for (Point point : points) {
      long minuteMs = Math.floorDiv(point.timestampMs(), 60_000L) * 60_000L;
      expected.merge(new LedgerKey(label, ORG, minuteMs), 1L, Long::sum);
    }
    return expected;
  }

  private static List<Row> rows(PartialBatch batch) {
    List<Row> rows = new ArrayList<>();
    MetricNames names = new MetricNames(2);
    PartialReader reader = new PartialReader(names);
    PartialRow row = new PartialRow();
    reader.open(batch);
    while (reader.next(row)) {
      MetricNames.Name name = names.name(row.name);
      RowKey key =
          new RowKey(
              batch.tierSeconds(),
              new String(name.metric(), StandardCharsets.UTF_8),
              row.type,
              row.seriesId,
              row.windowStartMs);
      rows.add(new Row(key, batch.keyGroup(), aggregate(row)));
    }
    return rows;
  }

  private static Aggregate aggregate(PartialRow row) {
    SumParts sum = new SumParts(row.sum, row.low, row.rest);
    return switch (row.type) {
      case COUNTER -> new CounterAggregate(row.count, sum);
      case GAUGE ->
          new GaugeAggregate(row.count, sum, row.min, row.max, row.lastTimestampMs, row.last);
      case DISTRIBUTION -> {
        int end = row.sketchOffset + row.sketchLength;
        byte[] sketch = Arrays.copyOfRange(row.sketch, row.sketchOffset, end);
        yield new DistributionAggregate(row.count, sum, row.min, row.max, sketch, row.sketchError);
      }
    };
  }

  /** Rows of one key merged: what a reader of the table sees. */
  public static Map<RowKey, Aggregate> merged(List<Row> rows) {
    Map<RowKey, Aggregate> merged = new HashMap<>();
    rows.forEach(row -> merged.merge(row.key(), row.aggregate(), Aggregate::merge));
    return merged;
  }

  /** What the points come to in windows of that length. */
  public static Map<RowKey, Aggregate> expected(int tierSeconds, List<Point> points) {
    long windowMs = tierSeconds * 1000L;
    Map<RowKey, Aggregate> expected = new HashMap<>();
    for (Point point : points) {
      expected.merge(
          new RowKey(
              tierSeconds,
              point.metric(),
              point.type(),
              point.seriesId(),
              Math.floorDiv(point.timestampMs(), windowMs) * windowMs),
          Aggregate.of(point.type(), point.timestampMs(), point.value()),
          Aggregate::merge);
    }
    return expected;
  }
}
