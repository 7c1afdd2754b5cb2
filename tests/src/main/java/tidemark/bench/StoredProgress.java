package tidemark.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.util.SnapshotUtil;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.table.RollupsTable;

/**
 * Tells from the tables' own metadata what the main job has committed. A look costs one SQL query
 * while nothing new is there.
 */
final class StoredProgress implements AutoCloseable {
  /** Branch of a replay. */
  static final String REPLAYED = "replayed";

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
    return total(SnapshotRef.MAIN_BRANCH, label);
  }

  /** The same of a branch. */
  long total(String branch, String label) {
    return Long.parseLong(summary(branch).getOrDefault("tidemark.total-" + label, "0"));
  }

  /** The catalog, which has the archive's table, too. */
  CatalogAddress address() {
    return new CatalogAddress(
        catalogUri, "tidemark", warehouse.substring(0, warehouse.length() - 1));
  }

  private Map<String, String> summary(String branch) {
    if (rollups.isEmpty() && catalog.tableExists(RollupsTable.ID)) {
      rollups = Optional.of(catalog.loadTable(RollupsTable.ID));
    }
    if (rollups.isEmpty()) {
      return Map.of();
    }
    rollups.get().refresh();
    var snapshot = rollups.get().snapshot(branch);
    return snapshot == null ? Map.of() : snapshot.summary();
  }

  /** Commits so far. */
  int commits() {
    return rollups.map(table -> SnapshotUtil.currentAncestorIds(table).size()).orElse(0);
  }

  /** Stored rows of the 10 s tier. */
  long rows() throws IOException {
    return rows(SnapshotRef.MAIN_BRANCH);
  }

  /** Stored rows of a branch's 10 s tier. */
  long rows(String branch) throws IOException {
    return sum(branch, true, DataFile::recordCount);
  }

  /** Stored rows of all tiers. */
  long rowsOfAllTiers() throws IOException {
    return rowsOfAllTiers(SnapshotRef.MAIN_BRANCH);
  }

  /** The same of a branch. */
  long rowsOfAllTiers(String branch) throws IOException {
    return sum(branch, false, DataFile::recordCount);
  }

  /** Bytes of the files of the 10 s tier. */
  long bytes() throws IOException {
    return sum(SnapshotRef.MAIN_BRANCH, true, DataFile::fileSizeInBytes);
  }

  private long sum(String branch, boolean finestOnly, ToLongFunction<DataFile> of)
      throws IOException {
    if (rollups.isEmpty()) {
      return 0;
    }
    rollups.get().refresh();
    var scan = rollups.get().newScan().useRef(branch);
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
