package tidemark.operators.store;

import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Refuses that main goes back past a publishing, which would take it back, or bring it again, while
 * its record says otherwise. One that was undone since then is no obstacle: main has the same rows
 * without both. The records decide, for snapshots expire; a commit without a record, whose record
 * somebody has removed, is refused as long as it is seen.
 */
final class PublishedSince {
  private final TableMetadata now;
  private final EpochMarker base;
  private final long baseSequence;

  /**
   * @param base where main is to go back to
   */
  PublishedSince(TableMetadata now, EpochMarker base) {
    this.now = now;
    this.base = base;
    this.baseSequence = now.snapshot(base.snapshotId()).sequenceNumber();
  }

  /**
   * Only main is published to.
   *
   * @throws org.apache.flink.runtime.execution.SuppressRestartsException if there is one; its cause
   *     says what to do
   */
  void requireNone(String branch) {
    if (!branch.equals(OnAhead.MAIN)) {
      return;
    }
    Map<String, PublishRecord> records = PublishRecord.all(now.properties());
    records.values().forEach(this::requireSame);
    Snapshot at = now.currentSnapshot();
    while (at != null && at.snapshotId() != base.snapshotId()) {
      String published = at.summary().get(MaintenanceKeys.PUBLISH_BRANCH);
      if (published != null && !records.containsKey(published)) {
        throw refusal(published, "was published since, and nobody knows whether it was undone");
      }
      at = at.parentId() == null ? null : now.snapshot(at.parentId());
    }
  }

  /** Each commit of a record turns what the one before it did. */
  private void requireSame(PublishRecord record) {
    if (!record.pending().isEmpty()) {
      throw refusal(
          record.branch(),
          "is being published or undone, or that has died half-way; let it end, or repeat it, and try again");
    }
    long since = record.sequences().stream().filter(number -> number > baseSequence).count();
    boolean isPublished = !record.isUndone() && !record.sequences().isEmpty();
    boolean wasPublished = isPublished != (since % 2 == 1);
    if (since > 0 && isPublished) {
      throw refusal(
          record.branch(),
          record.isSettled()
              ? "was published since, which would be taken back unseen, and it is settled; resume from a savepoint or checkpoint after it"
              : "was published since, which would be taken back unseen; undo that first (tidemark publish %s --undo)"
                  .formatted(record.branch()));
    }
    if (since > 0 && wasPublished) {
      throw refusal(
          record.branch(),
          "was published then, and that was undone since; resume from a savepoint or checkpoint after that");
    }
  }

  private RuntimeException refusal(String published, String why) {
    return EpochStart.refusal(
        "branch %s cannot go back to epoch %s: branch %s %s, or set %s to branch=NAME"
            .formatted(OnAhead.MAIN, base.epoch(), published, why, StoreOptions.ON_AHEAD.key()));
  }
}
