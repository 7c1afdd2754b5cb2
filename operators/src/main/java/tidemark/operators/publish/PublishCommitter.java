package tidemark.operators.publish;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.MaintenanceKeys;
import tidemark.serde.table.RollupsTable;

/**
 * Puts rows in the place of others, in one commit on main.
 *
 * <p>First a tag keeps the files from before, and the record says that a commit is on its way, with
 * its id; then the commit; then the record gets its sequence number. Wherever it dies in between,
 * the next plan finds the commit by its id or sees that it has not happened. Epochs that are
 * appended meanwhile do not stand in the way; that a file to remove is gone, or that somebody else
 * publishes, does.
 */
final class PublishCommitter {
  /** What stands in the place of a gate when rows are put back. */
  static final String UNDO = PublishSettlement.UNDO;

  /** Where the report of the job goes that made the commit: a restarted job knows its own by it. */
  static final String REPORT = "tidemark.publish-report";

  private static final Logger LOG = LoggerFactory.getLogger(PublishCommitter.class);

  private final Table rollups;
  private final PublishConfig config;

  PublishCommitter(Table rollups, PublishConfig config) {
    this.rollups = rollups;
    this.config = config;
  }

  /**
   * Commits it.
   *
   * @param id random, of this attempt
   * @return the snapshot; empty if main has changed, so that it must be planned again: then nothing
   *     was committed
   */
  Optional<Snapshot> commit(PublishPlan plan, PublishResult files, String id) throws IOException {
    PublishRecord record = PublishRecord.ofJson(plan.record());
    boolean isUndo = plan.gate().equals(UNDO);
    PublishRecord pending = record.withPending(id);
    Optional<Long> kept = isUndo ? Optional.empty() : Optional.of(plan.head());
    if (!PublishSettlement.begin(rollups, record, id, kept)) {
      LOG.info("The publishing of branch {} has changed since it was planned", config.branch());
      return Optional.empty();
    }
    try {
      overwrite(plan, files, id).commit();
    } catch (ValidationException | CommitFailedException e) {
      LOG.info("Branch {} was not published: {}", config.branch(), e.getMessage());
      PublishSettlement.end(rollups, pending, record.withoutPending());
      return Optional.empty(); // both say for certain that nothing was committed
    }
    rollups.refresh();
    for (Snapshot snapshot : EpochLog.ancestors(rollups, SnapshotRef.MAIN_BRANCH)) {
      if (id.equals(snapshot.summary().get(MaintenanceKeys.PUBLISH_ID))) {
        PublishSettlement.end(rollups, pending, record.with(snapshot, isUndo));
        return Optional.of(snapshot);
      }
    }
    throw new IllegalStateException(
        "the commit of branch %s is not on main: main was set back meanwhile"
            .formatted(config.branch()));
  }

  private OverwriteFiles overwrite(PublishPlan plan, PublishResult files, String id)
      throws IOException {
    rollups.refresh();
    Map<String, PublishRecord> records = PublishRecord.all(rollups.properties());
    OverwriteFiles overwrite = rollups.newOverwrite();
    for (DataFile file : TableFiles.ofJson(files.removed(), RollupsTable.SPEC)) {
      overwrite.deleteFile(file);
    }
    for (DataFile file : TableFiles.ofJson(files.added(), RollupsTable.SPEC)) {
      overwrite.addFile(file);
    }
    overwrite.set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.PUBLISH);
    overwrite.set(MaintenanceKeys.PUBLISH_BRANCH, config.branch());
    overwrite.set(MaintenanceKeys.PUBLISH_BASE, Long.toString(plan.base()));
    overwrite.set(MaintenanceKeys.PUBLISH_SOURCE, Long.toString(plan.source()));
    overwrite.set(MaintenanceKeys.PUBLISH_GATE, plan.gate());
    overwrite.set(MaintenanceKeys.PUBLISH_ID, id);
    overwrite.set(REPORT, config.report());
    overwrite.set(MaintenanceKeys.ROWS_BEFORE, Long.toString(files.rowsRemoved()));
    overwrite.set(MaintenanceKeys.ROWS_AFTER, Long.toString(files.rowsAdded()));
    // there are no row deletes, which the plan has seen; asking for it makes a missing file an
    // error
    overwrite.validateFromSnapshot(rollups.currentSnapshot().snapshotId());
    overwrite.validateNoConflictingDeletes();
    overwrite.validateWith(ancestors -> recordsNow().equals(records));
    return overwrite;
  }

  /** As of the version of the table that the commit is about to replace. */
  private Map<String, PublishRecord> recordsNow() {
    return PublishRecord.all(((HasTableOperations) rollups).operations().current().properties());
  }
}
