package tidemark.operators.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.RollupColumns;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.SeriesTable;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;

/** A warehouse and a catalog in one folder, with real files to commit. */
final class StoreFolder {
  private final Path folder;
  private int files;

  StoreFolder(Path folder) {
    this.folder = folder;
  }

  StoreConfig config(StoreOptions.OnExisting onExisting) {
    return new StoreConfig(
        folder.resolve("warehouse").toUri().toString(),
        "jdbc:sqlite:" + folder.resolve("catalog.db"),
        "tidemark",
        1 << 20,
        onExisting);
  }

  StoreConfig config() {
    return config(StoreOptions.OnExisting.REFUSE);
  }

  /** An epoch of one rollup row and, if wanted, one series. */
  EpochCommittable epoch(String lineage, long checkpoint, boolean hasSeries) throws IOException {
    return new EpochCommittable(
        lineage,
        checkpoint,
        List.of(rollupFile()),
        hasSeries ? List.of(seriesFile()) : List.of(),
        Map.of(
            "tidemark.lineage",
            lineage,
            "tidemark.checkpoint",
            Long.toString(checkpoint),
            "tidemark.offsets",
            "{}"));
  }

  private String rollupFile() throws IOException {
    MetricNames names = new MetricNames(1);
    RollupColumns rows = new RollupColumns(names);
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

  private String seriesFile() throws IOException {
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

  /** Commits as a fresh committer of a new attempt would; returns those it found committed. */
  List<EpochCommittable> commit(EpochCommittable... epochs) throws Exception {
    try (EpochCommitter committer = new EpochCommitter(config())) {
      return commit(committer, epochs);
    }
  }

  static List<EpochCommittable> commit(EpochCommitter committer, EpochCommittable... epochs)
      throws Exception {
    List<EpochCommittable> already = new ArrayList<>();
    Collection<Committer.CommitRequest<EpochCommittable>> requests = new ArrayList<>();
    for (EpochCommittable epoch : epochs) {
      requests.add(new Request(epoch, already));
    }
    committer.commit(requests);
    return already;
  }

  /** {@code lineage@checkpoint} of each commit of a table, oldest first. */
  List<String> rollupCommits() throws IOException {
    try (TableCatalog catalog = new TableCatalog(config().catalog())) {
      return commits(catalog.rollups());
    }
  }

  List<String> seriesCommits() throws IOException {
    try (TableCatalog catalog = new TableCatalog(config().catalog())) {
      return commits(catalog.series());
    }
  }

  private static List<String> commits(Table table) {
    List<String> commits = new ArrayList<>();
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      Map<String, String> summary = snapshot.summary();
      commits.add(
          0,
          "%s@%s +%s"
              .formatted(
                  summary.get("tidemark.lineage"),
                  summary.get("tidemark.checkpoint"),
                  summary.get("added-records")));
    }
    return commits;
  }

  private record Request(EpochCommittable epoch, List<EpochCommittable> already)
      implements Committer.CommitRequest<EpochCommittable> {

    @Override
    public EpochCommittable getCommittable() {
      return epoch;
    }

    @Override
    public int getNumberOfRetries() {
      return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable failure) {
      throw new IllegalStateException("not expected", failure);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable failure) {
      throw new IllegalStateException("not expected", failure);
    }

    @Override
    public void retryLater() {
      throw new IllegalStateException("not expected");
    }

    @Override
    public void updateAndRetryLater(EpochCommittable other) {
      throw new IllegalStateException("not expected");
    }

    @Override
    public void signalAlreadyCommitted() {
      already.add(epoch);
    }
  }
}
