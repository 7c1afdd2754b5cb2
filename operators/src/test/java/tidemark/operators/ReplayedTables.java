package tidemark.operators;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;

/**
 * Tables of counters with whole values, so that a plain map of sums says what any rows come to: the
 * judge of comparing and publishing, without a line of their code.
 */
public final class ReplayedTables implements AutoCloseable {
  public static final long HOUR_MS = 3_600_000L;
  public static final long DAY_MS = 24 * HOUR_MS;
  public static final long START_MS = 20_454 * DAY_MS;
  private static final int[] TIERS = {10, 60, 3600};

  /** One point of a counter. */
  public record Delta(String org, String metric, int series, long timestampMs, long value) {
    public long seriesId() {
      return idOf(org, metric, series);
    }
  }

  /** A row that readers see. */
  public record Row(int tier, String org, String metric, long seriesId, long windowMs)
      implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      return toString().compareTo(other.toString());
    }
  }

  private final CatalogAddress address;
  private final TableCatalog catalog;
  private int files;
  private final Map<String, Integer> epochs = new HashMap<>();

  public ReplayedTables(Path folder) {
    String warehouse = folder.resolve("warehouse").toUri().toString();
    address =
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            warehouse.endsWith("/") ? warehouse.substring(0, warehouse.length() - 1) : warehouse);
    catalog = new TableCatalog(address);
  }

  public CatalogAddress address() {
    return address;
  }

  public TableCatalog catalog() {
    return catalog;
  }

  public Table rollups() {
    return catalog.rollups();
  }

  private static SeriesIdentity identity(String org, String metric, int series) {
    return new SeriesIdentity(org, metric, List.of("host:" + series));
  }

  private static long idOf(String org, String metric, int series) {
    return identity(org, metric, series).hash()[0];
  }

  /** Points of two orgs and three metrics over some hours, many in the same windows. */
  public static List<Delta> random(Random random, int count, int hours) {
    List<Delta> deltas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      deltas.add(
          new Delta(
              random.nextInt(3) == 0 ? "zeta" : "acme",
              "m" + random.nextInt(3),
              random.nextInt(4),
              START_MS + random.nextInt(hours * 60) * 60_000L,
              1 + random.nextInt(1000)));
    }
    return deltas;
  }

  /** What readers must see of these points, in all tiers. */
  public static Map<Row, Long> expected(List<Delta> deltas) {
    Map<Row, Long> rows = new TreeMap<>();
    for (Delta delta : deltas) {
      for (int tier : TIERS) {
        long windowMs = tier * 1000L;
        rows.merge(
            new Row(
                tier,
                delta.org(),
                delta.metric(),
                delta.seriesId(),
                Math.floorDiv(delta.timestampMs(), windowMs) * windowMs),
            delta.value(),
            Long::sum);
      }
    }
    return rows;
  }

  /** Appends points as one epoch: partial rows in several files. */
  public Snapshot epoch(
      String branch, String lineage, long watermarkMs, List<Delta> deltas, Random random)
      throws IOException {
    List<DataFile> made = new ArrayList<>();
    Map<String, List<Delta>> byFile = new TreeMap<>();
    int parts = 1 + random.nextInt(2);
    for (Delta delta : deltas) {
      long day = Math.floorDiv(delta.timestampMs(), DAY_MS);
      byFile
          .computeIfAbsent(day + " " + random.nextInt(parts), key -> new ArrayList<>())
          .add(delta);
    }
    for (List<Delta> some : byFile.values()) {
      for (int tier : TIERS) {
        made.add(file(tier, some));
      }
    }
    series(branch, deltas);
    Table table = rollups();
    AppendFiles append = table.newAppend().toBranch(branch);
    made.forEach(append::appendFile);
    int number = epochs.merge(lineage, 1, Integer::sum);
    append.set("tidemark.lineage", lineage);
    append.set("tidemark.run", "run");
    append.set("tidemark.checkpoint", Integer.toString(number));
    append.set("tidemark.epoch", number + "-00000000");
    append.set("tidemark.offsets", "{\"points\":{\"0\":%d}}".formatted(number));
    append.set("tidemark.watermark-ms", Long.toString(watermarkMs));
    append.commit();
    table.refresh();
    return table.snapshot(table.refs().get(branch).snapshotId());
  }

  private void series(String branch, List<Delta> deltas) throws IOException {
    SeriesRows rows = new SeriesRows();
    deltas.stream()
        .map(delta -> new Delta(delta.org(), delta.metric(), delta.series(), 0, 0))
        .distinct()
        .forEach(
            delta ->
                rows.add(
                    new SeriesEntry(
                        delta.seriesId(),
                        0,
                        MetricType.COUNTER,
                        identity(delta.org(), delta.metric(), delta.series()),
                        START_MS,
                        START_MS)));
    if (rows.size() == 0) {
      return;
    }
    Table table = catalog.series();
    String location = "%s/data/s%d.parquet".formatted(table.location(), files++);
    AppendFiles append = table.newAppend().toBranch(branch);
    append.appendFile(TableFileWriter.writeSeries(rows, table.io().newOutputFile(location)));
    append.commit();
  }

  private DataFile file(int tier, List<Delta> deltas) throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    PartialRow row = new PartialRow();
    Map<Row, Long> counts = new HashMap<>();
    for (Delta delta : deltas) {
      expectedOf(tier, List.of(delta)).keySet().forEach(key -> counts.merge(key, 1L, Long::sum));
    }
    expectedOf(tier, deltas)
        .forEach(
            (key, sum) -> {
              row.type = MetricType.COUNTER;
              row.name = names.number(MetricType.COUNTER, key.org(), key.metric());
              row.seriesId = key.seriesId();
              row.windowStartMs = key.windowMs();
              row.count = counts.get(key);
              row.sum = sum;
              row.low = 0;
              row.noRest();
              rows.add(row);
            });
    String day =
        LocalDate.ofEpochDay(Math.floorDiv(deltas.get(0).timestampMs(), DAY_MS)).toString();
    String partition = "tier=%s/window_start_day=%s".formatted(tier, day);
    String location = "%s/data/%s/r%d.parquet".formatted(rollups().location(), partition, files++);
    return TableFileWriter.writeRollups(
        rows, tier, partition, rollups().io().newOutputFile(location));
  }

  private static Map<Row, Long> expectedOf(int tier, List<Delta> deltas) {
    Map<Row, Long> rows = expected(deltas);
    rows.keySet().removeIf(row -> row.tier() != tier);
    return rows;
  }

  /** Folds the rows of a snapshot with Iceberg's own reader. */
  public Map<Row, Long> read(long snapshotId) throws IOException {
    Map<Row, Long> rows = new TreeMap<>();
    Table table = rollups();
    try (var tasks = table.newScan().useSnapshot(snapshotId).planFiles()) {
      for (var task : tasks) {
        for (Record record : records(task.file())) {
          rows.merge(
              new Row(
                  (Integer) record.getField("tier"),
                  (String) record.getField("org"),
                  (String) record.getField("metric"),
                  (Long) record.getField("series_id"),
                  ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli()),
              ((Double) record.getField("sum")).longValue(),
              Long::sum);
        }
      }
    }
    return rows;
  }

  public Map<Row, Long> read(String branch) throws IOException {
    return read(rollups().refs().get(branch).snapshotId());
  }

  private List<Record> records(DataFile file) throws IOException {
    List<Record> found = new ArrayList<>();
    try (CloseableIterable<Record> read =
        Parquet.read(rollups().io().newInputFile(file.location()))
            .project(RollupsTable.SCHEMA)
            .createReaderFunc(
                message -> GenericParquetReaders.buildReader(RollupsTable.SCHEMA, message))
            .build()) {
      read.forEach(found::add);
    }
    return found;
  }

  /** Rows that a predicate takes. */
  public static Map<Row, Long> only(Map<Row, Long> rows, Predicate<Row> taken) {
    Map<Row, Long> some = new TreeMap<>(rows);
    some.keySet().removeIf(taken.negate());
    return some;
  }

  /** Points cut into epochs. */
  public static List<List<Delta>> cut(Random random, List<Delta> deltas, int count) {
    List<List<Delta>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }
    deltas.forEach(delta -> parts.get(random.nextInt(count)).add(delta));
    parts.removeIf(List::isEmpty);
    return parts;
  }

  public static List<Delta> concat(List<Delta> some, List<Delta> more) {
    List<Delta> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  public static List<Integer> tiers() {
    return Arrays.stream(TIERS).boxed().toList();
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
