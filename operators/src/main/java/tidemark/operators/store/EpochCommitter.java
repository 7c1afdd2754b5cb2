package tidemark.operators.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.JsonUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * Commits epochs in the order of their checkpoints: the series table first, so that no rollup is
 * visible before its series, then all tiers of the rollups table in one commit.
 *
 * <p>Exactly once by looking, not by remembering: an epoch whose (lineage, checkpoint) stands among
 * the ancestors of the head is done. The same look runs inside the commit, against the head that it
 * will replace, so a lost answer or a second committer cannot double.
 */
final class EpochCommitter implements Committer<EpochCommittable> {
  private static final Logger LOG = LoggerFactory.getLogger(EpochCommitter.class);

  private final StoreConfig config;
  private TableCatalog catalog;
  private Table rollups;
  private Table series;

  EpochCommitter(StoreConfig config) {
    this.config = config;
  }

  @Override
  public void commit(Collection<CommitRequest<EpochCommittable>> requests) throws IOException {
    if (requests.isEmpty()) {
      return;
    }
    open();
    List<CommitRequest<EpochCommittable>> ordered = new ArrayList<>(requests);
    ordered.sort(Comparator.comparingLong(request -> request.getCommittable().checkpoint()));
    for (CommitRequest<EpochCommittable> request : ordered) {
      EpochCommittable epoch = request.getCommittable();
      if (!epoch.seriesFiles().isEmpty()) {
        append(series, SeriesTable.SPEC, epoch.seriesFiles(), epoch);
      }
      if (!append(rollups, RollupsTable.SPEC, epoch.rollupFiles(), epoch)) {
        request.signalAlreadyCommitted();
      }
    }
  }

  private void open() {
    if (catalog == null) {
      catalog = new TableCatalog(config.catalog());
      rollups = catalog.rollups();
      series = catalog.series();
    }
  }

  /**
   * @return false if the table already holds the epoch
   */
  private boolean append(
      Table table, PartitionSpec spec, List<String> files, EpochCommittable epoch)
      throws IOException {
    table.refresh();
    if (isCommitted(table, epoch)) {
      LOG.info(
          "{}: checkpoint {} of lineage {} is already committed",
          table.name(),
          epoch.checkpoint(),
          epoch.lineage());
      return false;
    }
    AppendFiles append = table.newAppend();
    for (String json : files) {
      append.appendFile(dataFile(json, spec));
    }
    epoch.summary().forEach(append::set);
    append.validateWith(
        ancestors -> !EpochSummary.contains(ancestors, epoch.lineage(), epoch.checkpoint()));
    try {
      append.commit();
    } catch (ValidationException e) {
      table.refresh();
      if (isCommitted(table, epoch)) {
        LOG.warn(
            "{}: checkpoint {} of lineage {} was committed by someone else meanwhile",
            table.name(),
            epoch.checkpoint(),
            epoch.lineage());
        return false;
      }
      throw e;
    }
    LOG.info(
        "{}: committed checkpoint {} of lineage {} with {} files",
        table.name(),
        epoch.checkpoint(),
        epoch.lineage(),
        files.size());
    return true;
  }

  private static boolean isCommitted(Table table, EpochCommittable epoch) {
    return EpochSummary.contains(
        SnapshotUtil.currentAncestors(table), epoch.lineage(), epoch.checkpoint());
  }

  private static DataFile dataFile(String json, PartitionSpec spec) throws IOException {
    return (DataFile) ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), spec);
  }

  @Override
  public void close() throws IOException {
    if (catalog != null) {
      catalog.close();
    }
  }
}
