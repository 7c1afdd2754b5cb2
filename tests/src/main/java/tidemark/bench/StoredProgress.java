package tidemark.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.util.SnapshotUtil;
import tidemark.serde.table.RollupsTable;

/**
 * Tells from the tables' own metadata what the main job has committed. A look costs one SQL query
 * while nothing new is there.
 */
final class StoredProgress implements AutoCloseable {
  private static final int FINEST_TIER = 10;

  private final String catalogUri;
  private final String warehouse;
  private final JdbcCatalog catalog = new JdbcCatalog();
  private Optional<Table> rollups = Optional.empty();

  StoredProgress(Path folder) {
    catalogUri = "jdbc:sqlite:" + folder.resolve("catalog.db");
    warehouse = folder.resolve("warehouse").toUri().toString();
    catalog.initialize(
        "tidemark",
        Map.of(
            "uri",
            catalogUri + "?journal_mode=WAL&busy_timeout=10000",
            "warehouse",
            warehouse,
            "io-impl",
            "tidemark.serde.catalog.FlinkFileIO",
            "jdbc.schema-version",
            "V1"));
  }

  /** Arguments that make the main job write here. */
  List<String> jobArguments() {
    return List.of(
        "--tidemark.store.warehouse", warehouse, "--tidemark.store.catalog-uri", catalogUri);
  }

  /** A count from the newest commit, of all epochs; 0 before the first. */
  long total(String label) {
    Map<String, String> summary = summary();
    return Long.parseLong(summary.getOrDefault("tidemark.total-" + label, "0"));
  }

  private Map<String, String> summary() {
    if (rollups.isEmpty() && catalog.tableExists(RollupsTable.ID)) {
      rollups = Optional.of(catalog.loadTable(RollupsTable.ID));
    }
    if (rollups.isEmpty()) {
      return Map.of();
    }
    rollups.get().refresh();
    var snapshot = rollups.get().currentSnapshot();
    return snapshot == null ? Map.of() : snapshot.summary();
  }

  /** Commits so far. */
  int commits() {
    return rollups.map(table -> SnapshotUtil.currentAncestorIds(table).size()).orElse(0);
  }

  /** Stored rows of the 10 s tier. */
  long rows() throws IOException {
    return count(true);
  }

  /** Stored rows of all tiers. */
  long rowsOfAllTiers() throws IOException {
    return count(false);
  }

  /** Bytes of the files of the 10 s tier. */
  long bytes() throws IOException {
    return sum(true, DataFile::fileSizeInBytes);
  }

  private long count(boolean finestOnly) throws IOException {
    return sum(finestOnly, DataFile::recordCount);
  }

  private long sum(boolean finestOnly, ToLongFunction<DataFile> of) throws IOException {
    if (rollups.isEmpty()) {
      return 0;
    }
    rollups.get().refresh();
    var scan = rollups.get().newScan();
    if (finestOnly) {
      scan = scan.filter(Expressions.equal("tier", FINEST_TIER));
    }
    long sum = 0;
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        sum += of.applyAsLong(task.file());
      }
    }
    return sum;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
