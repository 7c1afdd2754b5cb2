package tidemark.operators.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.SeriesTable;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.selection.PointSelection;

/** A warehouse and a catalog in one folder, with real files to commit. */
final class StoreFolder {
  private final Path folder;
  private int files;

  StoreFolder(Path folder) {
    this.folder = folder;
  }

  StoreConfig config(StoreOptions.OnExisting onExisting, String onAhead) {
    return new StoreConfig(
        folder.resolve("warehouse").toUri().toString(),
        // a lock that another holds is an error at once, so that tests need not wait for it
        catalogUri() + "?journal_mode=WAL&busy_timeout=0",
        "tidemark",
        1 << 20,
        "main",
        onExisting,
        OnAhead.parse(onAhead),
        1_000L);
  }

  StoreConfig config() {
    return config(StoreOptions.OnExisting.REFUSE, "refuse");
  }

  StoreConfig onAhead(String onAhead) {
    return config(StoreOptions.OnExisting.REFUSE, onAhead);
  }

  /** Waits for a lock, as a job does. */
  StoreConfig waiting() {
    StoreConfig config = config();
    return new StoreConfig(
        config.warehouse(),
        catalogUri(),
        config.catalogName(),
        config.bufferBytes(),
        config.branch(),
        config.onExisting(),
        config.onAhead(),
        config.retryForMs());
  }

  StoreConfig appending() {
    return config(StoreOptions.OnExisting.APPEND, "refuse");
  }

  String catalogUri() {
    return "jdbc:sqlite:" + folder.resolve("catalog.db");
  }

  /** A closed file with one row; its description. */
  String rollupFile() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupRows rows = new RollupRows(names);
    PartialRow row = new PartialRow();
    row.name = names.number(MetricType.COUNTER, "acme", "requests");
    row.count = 1;
    row.sum = 1;
    rows.add(row);
    String partition = "tier=10/window_start_day=1970-01-01";
    DataFile file =
        TableFileWriter.writeRollups(
            rows, 10, partition, new FlinkFileIO().newOutputFile(newFile("rollups")));
    return ContentFileParser.toJson(file, RollupsTable.SPEC);
  }

  String seriesFile() throws IOException {
    SeriesRows rows = new SeriesRows();
    SeriesIdentity identity = new SeriesIdentity("acme", "requests", List.of());
    rows.add(new SeriesEntry(0L, 0L, MetricType.COUNTER, identity, 0L, 0L));
    DataFile file =
        TableFileWriter.writeSeries(rows, new FlinkFileIO().newOutputFile(newFile("series")));
    return ContentFileParser.toJson(file, SeriesTable.SPEC);
  }

  private String newFile(String table) {
    return "%s/tidemark/%s/data/%s.parquet".formatted(config().warehouse(), table, files++);
  }

  /** Makes a branch that begins empty, for a replay measured against main's head. */
  void createReplay(String branch) throws IOException {
    try (TableCatalog catalog = new TableCatalog(config().catalog())) {
      long base = catalog.rollups().currentSnapshot().snapshotId();
      ReplayBranch.create(
          catalog,
          branch,
          new ReplayOrigin(base, "", "{}", PointSelection.ALL, ReplayOrigin.Coarser.NONE));
    }
  }

  <T> T withRollups(Function<Table, T> use) throws IOException {
    try (TableCatalog catalog = new TableCatalog(config().catalog())) {
      return use.apply(catalog.rollups());
    }
  }

  /** {@code checkpoint+rows} of each epoch on a branch of the rollups table, oldest first. */
  List<String> epochs(String branch) throws IOException {
    return withRollups(table -> epochs(table, branch));
  }

  List<String> epochs() throws IOException {
    return epochs(OnAhead.MAIN);
  }

  List<String> seriesEpochs(String branch) throws IOException {
    try (TableCatalog catalog = new TableCatalog(config().catalog())) {
      return epochs(catalog.series(), branch);
    }
  }

  private static List<String> epochs(Table table, String branch) {
    List<String> epochs = new ArrayList<>();
    for (Snapshot snapshot : EpochLog.ancestors(table, branch)) {
      var summary = snapshot.summary();
      if (summary.containsKey("tidemark.maintenance")) {
        break; // emptied: what came before is none of the branch's
      }
      if (!summary.containsKey("tidemark.fence")) {
        epochs.add(
            0,
            summary.get("tidemark.checkpoint") + "+" + summary.getOrDefault("added-records", "0"));
      }
    }
    return epochs;
  }
}
