package tidemark.operators.compact;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Puts folded files in the place of what they were made of, in one snapshot of one branch.
 *
 * <p>Commits of the writer only add files and never stand in the way. What does is somebody who has
 * removed one of the old files meanwhile: a rollback, retention, another compactor. Then Iceberg
 * refuses the commit, since the rows would come back, and the result is worthless. The other is a
 * replay that has begun meanwhile and asks that the rows of these files be kept apart.
 */
final class CompactCommitter {
  private static final Logger LOG = LoggerFactory.getLogger(CompactCommitter.class);

  private final Table table;
  private final String branch;
  private final PartitionSpec spec;
  private final List<HeldRange> held;

  CompactCommitter(Table table, String branch, PartitionSpec spec) {
    this.table = table;
    this.branch = branch;
    this.spec = spec;
    this.held = spec.isPartitioned() ? HeldRange.all(table) : List.of();
  }

  /**
   * Whether rows of that day may have to be told from later ones, so that it is committed alone.
   */
  boolean isHeld(CompactResult result) {
    return !result.task().isOfSeries()
        && !CompactPlanner.side(result.task().epochDay(), 0L, held).isEmpty();
  }

  /**
   * Commits all of these results, or none; one that is held must come alone.
   *
   * @return false if the branch no longer has what was folded; the new files are then in no table
   */
  boolean commit(List<CompactResult> results) throws IOException {
    CompactTask first = results.get(0).task();
    OptionalLong start = start(first.snapshotId());
    if (start.isEmpty() || !results.stream().allMatch(this::isOfOneSide)) {
      return false;
    }
    RewriteFiles rewrite = table.newRewrite().toBranch(branch);
    if (!first.isOfSeries()) {
      rewrite.validateWith(ancestors -> heldNow().equals(held));
    }
    if (isHeld(results.get(0))) {
      rewrite.dataSequenceNumber(first.sequences().get(first.sequences().size() - 1));
    }
    rewrite.validateFromSnapshot(start.getAsLong());
    long rowsBefore = 0;
    long rowsAfter = 0;
    for (CompactResult result : results) {
      TableFiles.ofJson(result.task().files(), spec).forEach(rewrite::deleteFile);
      TableFiles.ofJson(result.files(), spec).forEach(rewrite::addFile);
      rowsBefore += result.rowsBefore();
      rowsAfter += result.rowsAfter();
    }
    rewrite.set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.COMPACT);
    rewrite.set(MaintenanceKeys.ROWS_BEFORE, Long.toString(rowsBefore));
    rewrite.set(MaintenanceKeys.ROWS_AFTER, Long.toString(rowsAfter));
    try {
      rewrite.commit();
      return true;
    } catch (ValidationException | CommitFailedException e) {
      LOG.info("Nothing was committed to branch {}: {}", branch, e.getMessage());
      return false; // both say for certain that nothing was committed
    }
  }

  /**
   * The snapshot from which on Iceberg looks for row deletes; empty if there may be some that
   * nobody can find any more.
   *
   * <p>It must be an ancestor of the head over an unbroken line, and a fold may take longer than
   * the snapshot that it was planned at is kept. Then the head itself will do, as long as it has no
   * row deletes at all: this job and the store write none.
   */
  private OptionalLong start(long plannedId) {
    Optional<Snapshot> head = BranchHead.snapshot(table, branch);
    Optional<Snapshot> at = head;
    while (at.isPresent()) {
      if (at.get().snapshotId() == plannedId) {
        return OptionalLong.of(plannedId);
      }
      at = BranchHead.parent(table, at.get());
    }
    return head.filter(snapshot -> snapshot.deleteManifests(table.io()).isEmpty())
        .map(snapshot -> OptionalLong.of(snapshot.snapshotId()))
        .orElseGet(OptionalLong::empty);
  }

  private boolean isOfOneSide(CompactResult result) {
    CompactTask task = result.task();
    return task.isOfSeries()
        || task.sequences().stream()
                .map(sequence -> CompactPlanner.side(task.epochDay(), sequence, held))
                .distinct()
                .count()
            <= 1;
  }

  /** As of the version of the table that a commit is about to replace. */
  private List<HeldRange> heldNow() {
    TableMetadata now = ((HasTableOperations) table).operations().current();
    return HeldRange.all(now.properties(), now::snapshot);
  }

  /** Removes the new files of a result that will not be committed. */
  void discard(CompactResult result) throws IOException {
    for (DataFile file : TableFiles.ofJson(result.files(), spec)) {
      table.io().deleteFile(file.location());
    }
  }
}
