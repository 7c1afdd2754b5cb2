package tidemark.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.parquet.Parquet;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/** Real tables as a job would leave them: a SQLite catalog, Parquet files, epochs in summaries. */
public final class StoredTables implements AutoCloseable {
  /** Few, so that small files have pages to leave out. */
  private static final int PAGE_ROWS = 100;

  private final JdbcCatalog catalog;
  private final Map<String, String> properties;
  private final Table rollups;
  private final Table series;
  private String codec = "zstd";

  private StoredTables(Path directory, String name, String warehouse, FileIO io) {
    properties =
        Map.of("uri", "jdbc:sqlite:" + directory.resolve("catalog.db"), "warehouse", warehouse);
    catalog = new JdbcCatalog(ignored -> io, null, true);
    catalog.initialize(
        name,
        Map.of(
            "uri",
            properties.get("uri") + "?journal_mode=WAL&busy_timeout=10000",
            "warehouse",
            warehouse,
            "jdbc.schema-version",
            "V1"));
    if (!catalog.namespaceExists(Namespace.of(RollupsTable.NAMESPACE))) {
      catalog.createNamespace(Namespace.of(RollupsTable.NAMESPACE));
    }
    rollups = catalog.createTable(RollupsTable.ID, RollupsTable.SCHEMA, RollupsTable.SPEC);
    series = catalog.createTable(SeriesTable.ID, SeriesTable.SCHEMA, SeriesTable.SPEC);
  }

  public static StoredTables local(Path directory) {
    return local(directory, "tidemark", "warehouse");
  }

  /** The same under another name in the catalog database of a folder. */
  public static StoredTables local(Path directory, String name, String warehouse) {
    return new StoredTables(
        directory,
        name,
        "file://" + directory.resolve(warehouse),
        new DirectoryFileIO("file://", Path.of("/")));
  }

  /** Locations start with {@code prefix}; the files lie below {@code objects}. */
  static StoredTables remote(Path directory, String prefix, Path objects) {
    return new StoredTables(
        directory, "tidemark", prefix + "warehouse", new DirectoryFileIO(prefix, objects));
  }

  /** From here on, files are compressed in a way that scans do not read. */
  public void writeGzip() {
    codec = "gzip";
  }

  public Map<String, String> properties() {
    return properties;
  }

  /** Commits rows of one checkpoint, one file per partition, series first. */
  public void commit(long checkpoint, List<Record> rollupRows, List<Record> seriesRows) {
    commit(checkpoint, 1_700_000_000_000L + checkpoint * 10_000, rollupRows, seriesRows);
  }

  /** The same, with the watermark that the epoch says it reached. */
  public void commit(
      long checkpoint, long watermarkMs, List<Record> rollupRows, List<Record> seriesRows) {
    append(series, seriesRows, checkpoint, watermarkMs);
    append(rollups, rollupRows, checkpoint, watermarkMs);
  }

  private void append(Table table, List<Record> rows, long checkpoint, long watermarkMs) {
    AppendFiles append = table.newAppend();
    files(table, rows).forEach(append::appendFile);
    append.set(EpochKeys.LINEAGE, "lineage-1");
    append.set(EpochKeys.CHECKPOINT, Long.toString(checkpoint));
    append.set(EpochKeys.WATERMARK_MS, Long.toString(watermarkMs));
    append.set(EpochKeys.WATERMARK_KIND, "heartbeat");
    append.set(EpochKeys.POINTS_STORED, Long.toString(rows.size()));
    append.commit();
  }

  /** Commits rollups to a branch, which must exist unless it is main, with that summary. */
  public void commit(String branch, List<Record> rows, Map<String, String> summary) {
    AppendFiles append = rollups.newAppend().toBranch(branch);
    files(rollups, rows).forEach(append::appendFile);
    summary.forEach(append::set);
    append.commit();
  }

  /** Commits series to main. */
  public void commitSeries(List<Record> rows) {
    AppendFiles append = series.newAppend();
    files(series, rows).forEach(append::appendFile);
    append.commit();
  }

  /**
   * Puts other files in place of all of the rollups, as maintenance does: no epoch, no new data.
   */
  public void rewrite(List<Record> rows) {
    Set<DataFile> old = new HashSet<>();
    try (CloseableIterable<FileScanTask> tasks = rollups.newScan().planFiles()) {
      tasks.forEach(task -> old.add(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RewriteFiles rewrite = rollups.newRewrite();
    old.forEach(rewrite::deleteFile);
    files(rollups, rows).forEach(rewrite::addFile);
    rewrite.commit();
  }

  /** The rollups table itself, for faults of any kind. */
  public Table rollups() {
    return rollups;
  }

  /** The table of the shard map, made when it is asked for first. */
  public Table shards() {
    return catalog.tableExists(ShardMaps.ID)
        ? catalog.loadTable(ShardMaps.ID)
        : catalog.createTable(ShardMaps.ID, ShardMaps.SCHEMA, ShardMaps.SPEC);
  }

  /** A commit that no job made, such as one of maintenance. */
  void commitWithoutEpoch() {
    rollups.newAppend().commit();
  }

  private List<DataFile> files(Table table, List<Record> rows) {
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    Map<PartitionKey, List<Record>> byPartition = new LinkedHashMap<>();
    for (Record row : rows) {
      key.partition(internal(row));
      byPartition.computeIfAbsent(key.copy(), ignored -> new ArrayList<>()).add(row);
    }
    List<DataFile> files = new ArrayList<>();
    byPartition.forEach((partition, part) -> files.add(file(table, partition, part)));
    return files;
  }

  /** Partition transforms take times as microseconds. */
  private static Record internal(Record row) {
    Record internal = row.copy();
    if (row.getField("window_start") instanceof OffsetDateTime time) {
      internal.setField("window_start", ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant()));
    }
    return internal;
  }

  private DataFile file(Table table, PartitionKey partition, List<Record> rows) {
    String name = UUID.randomUUID() + ".parquet";
    OutputFile output =
        table
            .io()
            .newOutputFile(
                table.spec().isPartitioned()
                    ? table.locationProvider().newDataLocation(table.spec(), partition, name)
                    : table.locationProvider().newDataLocation(name));
    try {
      FileAppender<Record> appender =
          Parquet.write(output)
              .schema(table.schema())
              .set(TableProperties.PARQUET_COMPRESSION, codec)
              .set(TableProperties.PARQUET_PAGE_ROW_LIMIT, Integer.toString(PAGE_ROWS))
              .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
              .build();
      try (appender) {
        rows.forEach(appender::add);
      }
      return DataFiles.builder(table.spec())
          .withPath(output.location())
          .withFormat(FileFormat.PARQUET)
          .withPartition(table.spec().isPartitioned() ? partition : null)
          .withFileSizeInBytes(appender.length())
          .withMetrics(appender.metrics())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    catalog.close();
  }
}
