package tidemark.bench.query;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.RollupOutput;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchBuffer;

/**
 * A generated day of tables as compaction leaves them: a file per tier and hour, sorted, one row
 * per series and window, in one commit.
 *
 * <p>Metric {@code m<n>} is a distribution of some 60 bins if n is a multiple of five, else a gauge
 * of two decimals. Series have the tags {@code host} (each its own), {@code service} (one of 20)
 * and {@code zone} (one of 3).
 */
final class StoredDay {
  static final String ORG = "bench";
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final int SERVICES = 20;

  private static final int SKETCHES = 256;
  private static final int CHUNK_ROWS = 1 << 18;

  private final QueryOptions options;
  private final CatalogAddress address;
  private final Random random;
  private final byte[][] sketches = new byte[SKETCHES][];
  private final MetricNames names = new MetricNames(1);
  private final PartialRow row = new PartialRow();
  private long rows;

  StoredDay(QueryOptions options, Path folder) {
    this.options = options;
    address =
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file://" + folder.resolve("warehouse"));
    random = new Random(options.seed());
    for (int i = 0; i < SKETCHES; i++) {
      SketchBuffer sketch = new SketchBuffer();
      for (int value = 0; value < 200; value++) {
        sketch.accept(50 + 12 * random.nextGaussian() * random.nextGaussian());
      }
      sketches[i] = sketch.toBytes();
    }
  }

  CatalogAddress address() {
    return address;
  }

  long rows() {
    return rows;
  }

  static MetricType typeOf(int metric) {
    return metric % 5 == 0 ? MetricType.DISTRIBUTION : MetricType.GAUGE;
  }

  /** Tags of a series, sorted. */
  static List<String> tags(int series) {
    return List.of("host:h" + series, "service:s" + series % SERVICES, "zone:z" + series % 3);
  }

  private static SeriesIdentity identity(int metric, int series) {
    return new SeriesIdentity(ORG, "m" + metric, tags(series));
  }

  void write() throws IOException {
    try (TableCatalog catalog = new TableCatalog(address)) {
      writeSeries(catalog.series());
      Table table = catalog.rollups();
      AppendFiles append = table.newAppend();
      for (int hour = 0; hour < options.hours(); hour++) {
        append.appendFile(writeHour(60, hour));
        if (hour >= options.hours() - options.fineHours()) {
          append.appendFile(writeHour(10, hour));
        }
        append.appendFile(writeHour(3600, hour));
      }
      append.set(EpochKeys.LINEAGE, "bench");
      append.set(EpochKeys.CHECKPOINT, "1");
      append.set(
          EpochKeys.WATERMARK_MS,
          Long.toString(START.plusSeconds(options.hours() * 3600L).toEpochMilli() - 1));
      append.set(EpochKeys.WATERMARK_KIND, "heartbeat");
      append.commit();
    }
  }

  private void writeSeries(Table table) throws IOException {
    SeriesRows entries = new SeriesRows();
    for (int metric = 1; metric <= options.metrics(); metric++) {
      for (int series = 0; series < options.series(); series++) {
        SeriesIdentity identity = identity(metric, series);
        long[] hash = identity.hash();
        entries.add(
            new SeriesEntry(
                hash[0],
                hash[1],
                typeOf(metric),
                identity,
                START.toEpochMilli(),
                START.toEpochMilli()));
      }
    }
    DataFile file =
        TableFileWriter.writeSeries(
            entries,
            new FlinkFileIO()
                .newOutputFile(address.warehouse() + "/tidemark/series/data/1.parquet"));
    table.newAppend().appendFile(file).commit();
  }

  private DataFile writeHour(int tier, int hour) throws IOException {
    Instant start = START.plusSeconds(hour * 3600L);
    String partition =
        "tier=%d/window_start_day=%s"
            .formatted(tier, LocalDate.ofEpochDay(start.getEpochSecond() / 86_400));
    String path =
        "%s/tidemark/rollups/data/%s/%02d.parquet".formatted(address.warehouse(), partition, hour);
    try (RollupOutput output =
        TableFileWriter.openRollups(tier, partition, new FlinkFileIO().newOutputFile(path))) {
      // in the table's order of metrics, which is that of their names
      List<Integer> metrics =
          IntStream.rangeClosed(1, options.metrics())
              .boxed()
              .sorted(Comparator.comparing(metric -> "m" + metric))
              .toList();
      for (int metric : metrics) {
        writeMetric(output, metric, tier, start.toEpochMilli());
      }
      return output.finish();
    }
  }

  private void writeMetric(RollupOutput output, int metric, int tier, long startMs)
      throws IOException {
    long[] ids = new long[options.series()];
    for (int series = 0; series < ids.length; series++) {
      ids[series] = identity(metric, series).hash()[0];
    }
    Arrays.sort(ids);
    row.type = typeOf(metric);
    row.name = names.number(row.type, ORG, "m" + metric);
    RollupRows chunk = new RollupRows(names);
    for (long id : ids) {
      for (long at = startMs; at < startMs + 3_600_000L; at += tier * 1000L) {
        fill(id, at, tier);
        chunk.add(row);
        rows++;
      }
      if (chunk.size() >= CHUNK_ROWS) {
        output.append(chunk);
        chunk = new RollupRows(names);
      }
    }
    if (chunk.size() > 0) {
      output.append(chunk);
    }
  }

  private void fill(long id, long windowStartMs, int tier) {
    double value = random.nextInt(10_000) / 100.0;
    row.seriesId = id;
    row.windowStartMs = windowStartMs;
    row.count = row.type == MetricType.DISTRIBUTION ? 200 : tier;
    row.sum = Math.rint(value * row.count * 100) / 100;
    row.low = 0;
    row.noRest();
    row.min = Math.rint(value * 80) / 100;
    row.max = Math.rint(value * 120) / 100;
    row.last = value;
    row.lastTimestampMs = windowStartMs + tier * 1000L - 1000;
    if (row.type == MetricType.DISTRIBUTION) {
      byte[] sketch = sketches[random.nextInt(SKETCHES)];
      row.sketch = sketch;
      row.sketchOffset = 0;
      row.sketchLength = sketch.length;
      row.sketchError = 0;
    }
  }
}
