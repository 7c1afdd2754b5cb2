package tidemark.bench.query;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import tidemark.gateway.rules.RuleBook;
import tidemark.gateway.rules.Rules;
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
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/**
 * A generated day of tables as compaction leaves them: a file per tier and hour, sorted, one row
 * per series and window, in one commit.
 *
 * <p>Metric {@code m<n>} is a distribution of some 60 bins if n is a multiple of five, else a gauge
 * of two decimals. Series have the tags {@code host} (each its own), {@code service} (one of 20)
 * and {@code zone} (one of 3). A rule keeps the service of distributions; the rows of its series
 * are those of the finer ones, merged.
 */
final class StoredDay {
  static final String ORG = "bench";
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final int SERVICES = 20;
  static final String RULE = "by-service";

  private static final int ZONES = 3;

  private static final int SKETCHES = 256;
  private static final int CHUNK_ROWS = 1 << 16;

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
    return List.of("host:h" + series, "service:s" + series % SERVICES, "zone:z" + series % ZONES);
  }

  /** A metric and its series. */
  private record Metric(String name, MetricType type, List<SeriesIdentity> series) {}

  /** In the table's order, which is that of their names. */
  private List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (int metric = 1; metric <= options.metrics(); metric++) {
      String name = "m" + metric;
      List<SeriesIdentity> series = new ArrayList<>();
      for (int i = 0; i < options.series(); i++) {
        series.add(new SeriesIdentity(ORG, name, tags(i)));
      }
      metrics.add(new Metric(name, typeOf(metric), series));
      if (typeOf(metric) == MetricType.DISTRIBUTION) {
        AggregationRule rule = rule();
        String coarser = CoarserSeries.ofRule(name, RULE);
        metrics.add(
            new Metric(
                coarser, typeOf(metric), series.stream().map(rule::coarser).distinct().toList()));
      }
    }
    metrics.sort(Comparator.comparing(Metric::name));
    return metrics;
  }

  static AggregationRule rule() {
    return new AggregationRule(
        ORG,
        RULE,
        1,
        START.toEpochMilli(),
        new SeriesFilter(new TextPattern("m*"), List.of()),
        AggregationRule.TagChoice.KEEP,
        new TreeSet<>(List.of("service")),
        Set.of(MetricType.DISTRIBUTION),
        new TreeSet<>(List.of(10, 60, 3600)),
        false,
        1_000);
  }

  /** The rule, as it is known after the day. */
  static Rules rules() {
    RuleBook book = new RuleBook();
    book.accept(rule(), START.minusSeconds(3600).toEpochMilli());
    book.readTo(START.plusSeconds(7 * 86_400).toEpochMilli());
    return book;
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
    for (Metric metric : metrics()) {
      for (SeriesIdentity identity : metric.series()) {
        long[] hash = identity.hash();
        entries.add(
            new SeriesEntry(
                hash[0],
                hash[1],
                metric.type(),
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
        TableFileWriter.openFolded(tier, partition, new FlinkFileIO().newOutputFile(path))) {
      Map<String, CoarserRows> coarser = new HashMap<>(); // by metric, until its place comes
      for (Metric metric : metrics()) {
        if (coarser.containsKey(metric.name())) {
          int name = names.number(metric.type(), ORG, metric.name());
          RollupRows merged = coarser.remove(metric.name()).rows(names, name);
          rows += merged.size();
          output.append(merged);
        } else {
          CoarserRows merged =
              new CoarserRows(
                  rule(), metric.series(), start.toEpochMilli(), tier * 1000L, 3_600 / tier);
          writeMetric(output, metric, tier, start.toEpochMilli(), merged);
          if (metric.type() == MetricType.DISTRIBUTION) {
            coarser.put(CoarserSeries.ofRule(metric.name(), RULE), merged);
          }
        }
      }
      return output.finish();
    }
  }

  private void writeMetric(
      RollupOutput output, Metric metric, int tier, long startMs, CoarserRows coarser)
      throws IOException {
    long[] ids =
        metric.series().stream().mapToLong(identity -> identity.hash()[0]).sorted().toArray();
    row.type = metric.type();
    row.name = names.number(row.type, ORG, metric.name());
    RollupRows chunk = new RollupRows(names);
    for (long id : ids) {
      for (long at = startMs; at < startMs + 3_600_000L; at += tier * 1000L) {
        fill(id, at, tier);
        chunk.add(row);
        if (row.type == MetricType.DISTRIBUTION) {
          coarser.add(row);
        }
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
