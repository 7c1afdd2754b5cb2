package tidemark.operators.compact;

import java.io.IOException;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Puts folded files in the place of what they were made of, in one snapshot of one branch.
 *
 * <p>Commits of the writer only add files and never stand in the way. What does is somebody who has
 * removed one of the old files meanwhile: a rollback, retention, another compactor. Then Iceberg
 * refuses the commit, since the rows would come back, and the result is worthless.
 */
final class CompactCommitter {
  private final Table table;
  private final String branch;
  private final PartitionSpec spec;

  CompactCommitter(Table table, String branch, PartitionSpec spec) {
    this.table = table;
    this.branch = branch;
    this.spec = spec;
  }

  /**
   * Commits all of these results, or none.
   *
   * @return false if the branch no longer has what was folded; the new files are then in no table
   */
  boolean commit(List<CompactResult> results) throws IOException {
    RewriteFiles rewrite = table.newRewrite().toBranch(branch);
    long rowsBefore = 0;
    long rowsAfter = 0;
    long oldestId = results.get(0).task().snapshotId();
    for (CompactResult result : results) {
      TableFiles.ofJson(result.task().files(), spec).forEach(rewrite::deleteFile);
      TableFiles.ofJson(result.files(), spec).forEach(rewrite::addFile);
      rowsBefore += result.rowsBefore();
      rowsAfter += result.rowsAfter();
    }
    if (table.snapshot(oldestId) != null) {
      rewrite.validateFromSnapshot(oldestId);
    }
    rewrite.set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.COMPACT);
    rewrite.set(MaintenanceKeys.ROWS_BEFORE, Long.toString(rowsBefore));
    rewrite.set(MaintenanceKeys.ROWS_AFTER, Long.toString(rowsAfter));
    try {
      rewrite.commit();
      return true;
    } catch (ValidationException | CommitFailedException e) {
      return false; // both say for certain that nothing was committed
    }
  }

  /** Removes the new files of a result that will not be committed. */
  void discard(CompactResult result) throws IOException {
    for (DataFile file : TableFiles.ofJson(result.files(), spec)) {
      table.io().deleteFile(file.location());
    }
  }
}
