package tidemark.operators;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.Aggregate;
import tidemark.state.CounterAggregate;
import tidemark.state.DistributionAggregate;
import tidemark.state.GaugeAggregate;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SumParts;

/**
 * A warehouse and a catalog in one folder, filled with files of known points. Rows are read back
 * with Iceberg's generic reader and merged by the reference aggregates: no code in common with what
 * folds them.
 */
public final class MaintainedTables implements AutoCloseable {
  public static final long DAY_MS = 86_400_000L;
  public static final long HOUR_MS = 3_600_000L;

  private final CatalogAddress address;
  private final TableCatalog catalog;
  private int files;
  private long checkpoints;

  public MaintainedTables(Path folder) {
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

  /** The rollups table as it is now. */
  public Table rollups() {
    return catalog.rollups();
  }

  /** One sorted file with one row for each series and window of these points, all of one day. */
  public DataFile rollupFile(int tierSeconds, List<TestPartials.Point> points) throws IOException {
    MetricNames names = new MetricNames(1);
    PartialTable table = new PartialTable(16);
    PartialRow row = new PartialRow();
    for (TestPartials.Point point : points) {
      int name = names.number(point.type(), TestPartials.ORG, point.metric());
      long windowMs = tierSeconds * 1000L;
      long start = Math.floorDiv(point.timestampMs(), windowMs) * windowMs;
      int entry = table.entry(point.seriesId(), name, point.type(), start);
      double[] value = {point.value()};
      switch (point.type()) {
        case COUNTER -> table.addDeltas(entry, value, 0, 1);
        case GAUGE -> table.addReadings(entry, new long[] {point.timestampMs()}, value, 0, 1);
        case DISTRIBUTION -> table.addSamples(entry, value, 0, 1);
      }
    }
    RollupRows waiting = new RollupRows(names);
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      waiting.add(row);
    }
    long day = Math.floorDiv(points.get(0).timestampMs(), DAY_MS);
    String partition =
        "tier=%s/window_start_day=%s".formatted(tierSeconds, LocalDate.ofEpochDay(day));
    String location =
        "%s/tidemark/rollups/data/%s/%s.parquet".formatted(address.warehouse(), partition, files++);
    return TableFileWriter.writeRollups(
        waiting, tierSeconds, partition, rollups().io().newOutputFile(location));
  }

  /** Appends files as an epoch of this lineage; returns its snapshot. */
  public Snapshot append(
      String branch, String lineage, long watermarkMs, Collection<DataFile> dataFiles) {
    Table table = rollups();
    AppendFiles append = table.newAppend().toBranch(branch);
    dataFiles.forEach(append::appendFile);
    append.set("tidemark.lineage", lineage);
    append.set("tidemark.checkpoint", Long.toString(++checkpoints));
    append.set("tidemark.watermark-ms", Long.toString(watermarkMs));
    append.commit();
    table.refresh();
    return table.snapshot(table.refs().get(branch).snapshotId());
  }

  public List<DataFile> files(String branch) throws IOException {
    List<DataFile> found = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = rollups().newScan().useRef(branch).planFiles()) {
      for (FileScanTask task : tasks) {
        found.add(task.file().copy());
      }
    }
    return found;
  }

  public long rowCount(String branch) throws IOException {
    return files(branch).stream().mapToLong(DataFile::recordCount).sum();
  }

  /** Merged rows of a branch. */
  public Map<String, Aggregate> merged(String branch) throws IOException {
    return merged(files(branch));
  }

  /** Merged rows of these files: tier, metric, type, series id and window, with what they hold. */
  public Map<String, Aggregate> merged(List<DataFile> dataFiles) throws IOException {
    Map<String, Aggregate> rows = new TreeMap<>();
    for (DataFile file : dataFiles) {
      for (Record record : records(file)) {
        rows.merge(key(record), aggregate(record), Aggregate::merge);
      }
    }
    return rows;
  }

  /** The same of points, each by itself. */
  public static Map<String, Aggregate> expected(int tierSeconds, List<TestPartials.Point> points) {
    Map<String, Aggregate> rows = new TreeMap<>();
    for (TestPartials.Point point : points) {
      long windowMs = tierSeconds * 1000L;
      rows.merge(
          key(
              tierSeconds,
              point.metric(),
              point.type().label(),
              point.seriesId(),
              Math.floorDiv(point.timestampMs(), windowMs) * windowMs),
          Aggregate.of(point.type(), point.timestampMs(), point.value()),
          Aggregate::merge);
    }
    return rows;
  }

  /** Keys of a file's rows, in its order. */
  public List<String> keys(DataFile file) throws IOException {
    return records(file).stream().map(MaintainedTables::key).toList();
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

  private static String key(Record record) {
    return key(
        (Integer) record.getField("tier"),
        (String) record.getField("metric"),
        (String) record.getField("type"),
        (Long) record.getField("series_id"),
        ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli());
  }

  private static String key(int tier, String metric, String type, long seriesId, long windowMs) {
    return "%s %s %s %s %s".formatted(tier, metric, type, seriesId, windowMs);
  }

  private static Aggregate aggregate(Record record) {
    long count = (Long) record.getField("count");
    double sum = (Double) record.getField("sum");
    ByteBuffer restBytes = (ByteBuffer) record.getField("sum_rest");
    double[] rest = new double[restBytes == null ? 0 : restBytes.remaining() / 8];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = restBytes.getDouble();
    }
    SumParts parts = new SumParts(sum, orElse(record, "sum_low", 0), rest);
    double min = orElse(record, "min", sum);
    double max = orElse(record, "max", sum);
    return switch (MetricType.ofLabel((String) record.getField("type"))) {
      case COUNTER -> new CounterAggregate(count, parts);
      case GAUGE ->
          new GaugeAggregate(
              count,
              parts,
              min,
              max,
              ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli()
                  + (Integer) record.getField("last_ms"),
              orElse(record, "last", sum));
      case DISTRIBUTION ->
          new DistributionAggregate(
              count, parts, min, max, bytes(record), orElse(record, "sketch_error", 0));
    };
  }

  private static byte[] bytes(Record record) {
    ByteBuffer buffer = (ByteBuffer) record.getField("sketch");
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static double orElse(Record record, String column, double otherwise) {
    Double value = (Double) record.getField(column);
    return value == null ? otherwise : value;
  }

  /** Bytes of a text, for those who need a file that is no data file. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
