package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;

/** Files are read back with Iceberg's own generic reader. */
class TableFilesTest {
  private static final long DAY_MS = 86_400_000L;
  private static final long FIRST_MS = 20_454 * DAY_MS; // 2026-01-01
  private static final String PARTITION = "tier=10/window_start_day=2026-01-01";

  @TempDir Path folder;
  private int files;

  @Test
  void aPointThatIsAloneLeavesOutWhatOnlyRepeatsIt() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    PartialRow row = row(names, MetricType.GAUGE, 7L, 10_000L, 1, 2.5);
    row.min = 2.5;
    row.max = 2.5;
    row.last = 2.5;
    row.lastTimestampMs = row.windowStartMs + 9_999;
    rows.add(row);
    Record read = writeAndRead(rows, 10).get(0);
    assertThat(read.getField("sum")).isEqualTo(2.5);
    assertThat(read.getField("count")).isEqualTo(1L);
    assertThat(read.getField("last_ms")).isEqualTo(9_999);
    assertNull(read, "sum_low", "sum_rest", "min", "max", "last", "sketch", "sketch_error");
  }

  @Test
  void aCounterHasOnlyItsSum() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    PartialRow row = row(names, MetricType.COUNTER, 7L, 10_000L, 3, 1e16);
    row.low = 1.0;
    row.rest = new double[] {0x1p-60, -0x1p-200};
    row.min = -99; // left over from another row
    row.max = 99;
    row.lastTimestampMs = 5;
    rows.add(row);
    Record read = writeAndRead(rows, 10).get(0);
    assertThat(read.getField("type")).isEqualTo("counter");
    assertThat(read.getField("sum")).isEqualTo(1e16);
    assertThat(read.getField("sum_low")).isEqualTo(1.0);
    ByteBuffer rest = (ByteBuffer) read.getField("sum_rest");
    assertThat(rest.getDouble()).isEqualTo(0x1p-60);
    assertThat(rest.getDouble()).isEqualTo(-0x1p-200);
    assertThat(rest.hasRemaining()).isFalse();
    assertNull(read, "min", "max", "last", "last_ms", "sketch", "sketch_error");
  }

  @Test
  void aHistogramOfOneSampleWithBoundsOnlyKeepsThem() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    for (double max : new double[] {3.0, 2.0}) {
      PartialRow row = row(names, MetricType.DISTRIBUTION, 7L, 10_000L, 1, 2.0);
      row.min = max == 2.0 ? 2.0 : 1.0;
      row.max = max;
      row.sketchError = max == 2.0 ? 0 : 0.04;
      row.sketch = new byte[] {5, 6, 7, 8};
      row.sketchOffset = 1;
      row.sketchLength = 2;
      rows.add(row);
    }
    List<Record> read = writeAndRead(rows, 10);
    assertThat(read.get(0).getField("min")).isEqualTo(1.0);
    assertThat(read.get(0).getField("max")).isEqualTo(3.0);
    assertThat(read.get(0).getField("sketch_error")).isEqualTo(0.04);
    assertThat(read.get(0).getField("sketch")).isEqualTo(ByteBuffer.wrap(new byte[] {6, 7}));
    assertNull(read.get(1), "min", "max", "sketch_error", "last", "last_ms");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void randomRowsComeBackSorted(long seed) throws IOException {
    Random random = new Random(seed);
    MetricNames names = new MetricNames(seed);
    RollupRows rows = new RollupRows(names);
    List<Expected> expected = new ArrayList<>();
    int nameCount = seed == 1 ? 70_000 : 1 + random.nextInt(300);
    int rowCount = seed == 1 ? 70_000 : 5_000;
    for (int i = 0; i < rowCount; i++) {
      MetricType type = MetricType.values()[random.nextInt(3)];
      String org = "org" + random.nextInt(3);
      String metric = "m\u00e9" + (char) ('a' + random.nextInt(26)) + random.nextInt(nameCount);
      PartialRow row = new PartialRow();
      row.type = type;
      row.name = names.number(type, org, metric);
      row.seriesId = random.nextBoolean() ? random.nextLong() : random.nextLong(4) - 2;
      row.windowStartMs = FIRST_MS + random.nextInt(8_640) * 10_000L;
      row.count = 1L + random.nextInt(3);
      row.sum = random.nextInt(5);
      row.low = random.nextInt(4) == 0 ? 0x1p-70 : 0;
      if (row.low != 0 && random.nextBoolean()) {
        row.rest = new double[] {0x1p-140, 0x1p-200};
      }
      row.min = row.count == 1 ? row.sum : random.nextGaussian();
      row.max = row.count == 1 ? row.sum : random.nextGaussian();
      row.last = row.count == 1 ? row.sum : random.nextGaussian();
      row.lastTimestampMs = row.windowStartMs + random.nextInt(10_000);
      if (type == MetricType.DISTRIBUTION) {
        random.nextBytes(row.reserveSketch(1 + random.nextInt(60)));
      }
      rows.add(row);
      expected.add(new Expected(org, metric, type, row.seriesId, row.windowStartMs, values(row)));
    }
    // stable, as the writer's sort is: rows of one key keep their order
    expected.sort(Expected.ORDER);
    List<Record> read = writeAndRead(rows, 10);
    assertThat(read).hasSize(rowCount);
    for (int i = 0; i < rowCount; i++) {
      Expected want = expected.get(i);
      Record got = read.get(i);
      assertThat(describe(got))
          .as("seed %s, row %s", seed, i)
          .isEqualTo(
              "10 %s %s %s %s %s %s"
                  .formatted(
                      want.org(),
                      want.metric(),
                      want.type().label(),
                      want.seriesId(),
                      want.windowStartMs(),
                      want.values()));
    }
  }

  /** One row, its values as text in the table's own terms. */
  private record Expected(
      String org,
      String metric,
      MetricType type,
      long seriesId,
      long windowStartMs,
      String values) {
    // compares as Iceberg sorts text: by UTF-8 bytes, which for these names is by code point
    static final Comparator<Expected> ORDER =
        Comparator.comparing(Expected::org)
            .thenComparing(Expected::metric)
            .thenComparing(Expected::type)
            .thenComparingLong(Expected::seriesId)
            .thenComparingLong(Expected::windowStartMs);
  }

  private static String values(PartialRow row) {
    boolean hasBounds = row.type != MetricType.COUNTER && row.count != 1;
    boolean isGauge = row.type == MetricType.GAUGE;
    ByteBuffer rest = ByteBuffer.allocate(row.rest.length * 8);
    for (double part : row.rest) {
      rest.putDouble(part);
    }
    return "%s %s %s %s %s %s %s %s %s"
        .formatted(
            row.count,
            row.sum,
            row.low == 0 ? null : row.low,
            row.rest.length == 0 ? null : HexFormat.of().formatHex(rest.array()),
            hasBounds ? row.min : null,
            hasBounds ? row.max : null,
            hasBounds && isGauge ? row.last : null,
            isGauge ? row.lastTimestampMs - row.windowStartMs : null,
            row.type == MetricType.DISTRIBUTION
                ? HexFormat.of().formatHex(row.sketch, 0, row.sketchLength)
                : null);
  }

  private static String describe(Record row) {
    StringBuilder text = new StringBuilder();
    text.append(row.getField("tier")).append(' ').append(row.getField("org"));
    text.append(' ').append(row.getField("metric")).append(' ').append(row.getField("type"));
    text.append(' ').append(row.getField("series_id")).append(' ');
    text.append(((OffsetDateTime) row.getField("window_start")).toInstant().toEpochMilli());
    for (String column :
        List.of("count", "sum", "sum_low", "sum_rest", "min", "max", "last", "last_ms", "sketch")) {
      Object value = row.getField(column);
      text.append(' ').append(value instanceof ByteBuffer bytes ? hex(bytes) : value);
    }
    return text.toString();
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  @Test
  void theFileSaysItsPartitionItsSizeAndItsBounds() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    for (long seriesId : new long[] {-5L, 9L, 3L}) {
      rows.add(row(names, MetricType.COUNTER, seriesId, 20_000L, 2, 1.0));
    }
    Path path = folder.resolve("stats.parquet");
    DataFile file =
        TableFileWriter.writeRollups(rows, 10, PARTITION, Files.localOutput(path.toFile()));
    assertThat(file.recordCount()).isEqualTo(3);
    assertThat(file.fileSizeInBytes()).isEqualTo(java.nio.file.Files.size(path));
    assertThat(file.partition().get(0, Integer.class)).isEqualTo(10);
    assertThat(file.partition().get(1, Integer.class)).isEqualTo(20_454);
    assertThat(file.splitOffsets()).isNotEmpty();
    assertThat(bound(file.lowerBounds(), RollupsTable.SERIES_ID, Types.LongType.get()))
        .isEqualTo(-5L);
    assertThat(bound(file.upperBounds(), RollupsTable.SERIES_ID, Types.LongType.get()))
        .isEqualTo(9L);
    assertThat(bound(file.lowerBounds(), RollupsTable.METRIC, Types.StringType.get()).toString())
        .isEqualTo("cpu");
    assertThat(bound(file.lowerBounds(), RollupsTable.WINDOW_START, Types.TimestampType.withZone()))
        .isEqualTo((FIRST_MS + 20_000L) * 1000);
    assertThat(file.nullValueCounts()).containsEntry(RollupsTable.MIN, 3L);
    assertThat(file.valueCounts()).containsEntry(RollupsTable.SUM, 3L);
  }

  private static Object bound(Map<Integer, ByteBuffer> bounds, int field, Type type) {
    return Conversions.fromByteBuffer(type, bounds.get(field));
  }

  @Test
  void seriesComeBackWithTheirTagsByOrgMetricAndId() throws IOException {
    SeriesRows rows = new SeriesRows();
    rows.add(entry("b", "cpu", -3L, List.of()));
    rows.add(entry("a", "cpu", 9L, List.of("az:", "host:a", "url:http://x")));
    rows.add(entry("a", "cpu", -9L, List.of("host:b")));
    Path path = folder.resolve("series.parquet");
    DataFile file = TableFileWriter.writeSeries(rows, Files.localOutput(path.toFile()));
    assertThat(file.recordCount()).isEqualTo(3);
    List<Record> read = read(path, SeriesTable.SCHEMA);
    assertThat(read)
        .extracting(row -> row.getField("org"), row -> row.getField("series_id"))
        .containsExactly(tuple("a", -9L), tuple("a", 9L), tuple("b", -3L));
    assertThat(read.get(1).getField("tags"))
        .isEqualTo(Map.of("az", "", "host", "a", "url", "http://x"));
    assertThat(read.get(2).getField("tags")).isEqualTo(Map.of());
    assertThat(read.get(0).getField("type")).isEqualTo("gauge");
    assertThat(((OffsetDateTime) read.get(0).getField("first_seen")).toInstant().toEpochMilli())
        .isEqualTo(DAY_MS);
    assertThat(((OffsetDateTime) read.get(0).getField("last_seen")).toInstant().toEpochMilli())
        .isEqualTo(2 * DAY_MS);
  }

  private static SeriesEntry entry(String org, String metric, long id, List<String> tags) {
    return new SeriesEntry(
        id, 1L, MetricType.GAUGE, new SeriesIdentity(org, metric, tags), DAY_MS, 2 * DAY_MS);
  }

  private static PartialRow row(
      MetricNames names, MetricType type, long seriesId, long afterMs, long count, double sum) {
    PartialRow row = new PartialRow();
    row.type = type;
    row.name = names.number(type, "acme", "cpu");
    row.seriesId = seriesId;
    row.windowStartMs = FIRST_MS + afterMs;
    row.count = count;
    row.sum = sum;
    return row;
  }

  private List<Record> writeAndRead(RollupRows rows, int tierSeconds) throws IOException {
    Path path = folder.resolve("rollups-" + files++ + ".parquet");
    DataFile file =
        TableFileWriter.writeRollups(
            rows, tierSeconds, PARTITION, Files.localOutput(path.toFile()));
    assertThat(file.recordCount()).isEqualTo(rows.size());
    return read(path, RollupsTable.SCHEMA);
  }

  private static List<Record> read(Path path, Schema schema) throws IOException {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        Parquet.read(Files.localInput(path.toFile()))
            .project(schema)
            .createReaderFunc(message -> GenericParquetReaders.buildReader(schema, message))
            .build()) {
      records.forEach(rows::add);
    }
    return rows;
  }

  private static void assertNull(Record row, String... columns) {
    for (String column : columns) {
      assertThat(row.getField(column)).as(column).isNull();
    }
  }
}
