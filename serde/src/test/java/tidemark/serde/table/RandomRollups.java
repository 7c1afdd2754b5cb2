package tidemark.serde.table;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Random rows of all types on one day of the 10 s tier, and the records that a reader of their file
 * must find, in its order.
 */
final class RandomRollups {
  static final int TIER_SECONDS = 10;
  static final int DAY = 20_454;
  static final String PARTITION_PATH = "tier=10/window_start_day=2026-01-01";

  private static final long FIRST_MS = DAY * 86_400_000L;
  private static final Comparator<Record> ORDER =
      Comparator.comparing((Record row) -> (String) row.getField("org"))
          .thenComparing(row -> (String) row.getField("metric"))
          .thenComparing(RandomRollups::type)
          .thenComparing(row -> (Long) row.getField("series_id"))
          .thenComparing(row -> (OffsetDateTime) row.getField("window_start"));

  final RollupRows rows;
  final List<Record> expected = new ArrayList<>();
  private final MetricNames names;
  private final SplittableRandom random;
  private final int maxSketchBytes;
  private final PartialRow row = new PartialRow();

  RandomRollups(long seed, int size, int maxSketchBytes) {
    this.random = new SplittableRandom(seed);
    this.names = new MetricNames(seed);
    this.rows = new RollupRows(names);
    this.maxSketchBytes = maxSketchBytes;
    for (int i = 0; i < size; i++) {
      add();
    }
    expected.sort(ORDER); // stable, as the file's order is
  }

  private static MetricType type(Record row) {
    for (MetricType type : MetricType.values()) {
      if (type.label().equals(row.getField("type"))) {
        return type;
      }
    }
    throw new AssertionError("no such type: " + row.getField("type"));
  }

  private void add() {
    MetricType type = MetricType.values()[random.nextInt(MetricType.values().length)];
    String org = "org-" + random.nextInt(3);
    String metric = "metric." + random.nextInt(40);
    row.type = type;
    row.name = names.number(type, org, metric);
    row.seriesId = random.nextInt(4) == 0 ? random.nextInt(-2, 3) : random.nextLong();
    row.windowStartMs = FIRST_MS + random.nextInt(8_640) * 10_000L;
    fillValues(type);
    rows.add(row);
    GenericRecord record = GenericRecord.create(RollupsTable.SCHEMA);
    record.setField("tier", TIER_SECONDS);
    record.setField("org", org);
    record.setField("metric", metric);
    record.setField("type", type.label());
    record.setField("series_id", row.seriesId);
    record.setField(
        "window_start", Instant.ofEpochMilli(row.windowStartMs).atOffset(ZoneOffset.UTC));
    expectValues(record);
    expected.add(record);
  }

  private void fillValues(MetricType type) {
    row.count = random.nextBoolean() ? 1 : random.nextLong(2, 1L << 40);
    row.sum = random.nextBoolean() ? random.nextInt(100) / 4.0 : random.nextDouble(-1e300, 1e300);
    row.low = random.nextInt(4) == 0 ? random.nextDouble(-1, 1) : 0;
    row.rest = new double[row.low != 0 && random.nextBoolean() ? random.nextInt(1, 5) : 0];
    for (int i = 0; i < row.rest.length; i++) {
      row.rest[i] = random.nextDouble(-1e-20, 1e-20);
    }
    // a histogram of one sample may know only its bounds, and its sum may be a guess between them
    boolean isPoint = row.count == 1 && (type == MetricType.GAUGE || random.nextBoolean());
    double width = isPoint ? 0 : Math.max(1, Math.abs(row.sum));
    row.min = row.sum - width * random.nextInt(1, 3);
    row.max = row.sum + width * random.nextInt(3);
    row.last = row.min + (row.max - row.min) * 0.5;
    row.lastTimestampMs = row.windowStartMs + random.nextInt(10_000);
    // of no meaning for other types: left over from another row, as in the job
    row.sketchError = random.nextInt(3) == 0 ? random.nextDouble() : 0;
    byte[] sketch = row.reserveSketch(random.nextInt(1, maxSketchBytes));
    for (int i = 0; i < row.sketchLength; i++) {
      sketch[i] = (byte) random.nextInt();
    }
  }

  private void expectValues(GenericRecord record) {
    boolean isPoint = row.count == 1 && row.min == row.sum && row.max == row.sum;
    boolean hasBounds = row.type != MetricType.COUNTER && !isPoint;
    record.setField("count", row.count);
    record.setField("sum", row.sum);
    record.setField("sum_low", row.low == 0 ? null : row.low);
    if (row.rest.length > 0) {
      ByteBuffer rest = ByteBuffer.allocate(row.rest.length * 8);
      rest.asDoubleBuffer().put(row.rest);
      record.setField("sum_rest", rest);
    }
    record.setField("min", hasBounds ? row.min : null);
    record.setField("max", hasBounds ? row.max : null);
    if (row.type == MetricType.GAUGE) {
      record.setField("last", hasBounds ? row.last : null);
      record.setField("last_ms", (int) (row.lastTimestampMs - row.windowStartMs));
    }
    if (row.type == MetricType.DISTRIBUTION) {
      record.setField("sketch", ByteBuffer.wrap(row.sketch.clone(), 0, row.sketchLength));
      record.setField("sketch_error", row.sketchError == 0 ? null : row.sketchError);
    }
  }
}
