package tidemark.serde.catalog;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.serde.table.EpochKeys;

/** What maintenance needs to know of a branch of a table, as the table was last refreshed. */
public final class BranchHead {
  private BranchHead() {}

  /** Snapshot that a branch or tag points to; empty if it is not there or nothing was committed. */
  public static Optional<Snapshot> snapshot(Table table, String branch) {
    if (branch.equals(SnapshotRef.MAIN_BRANCH)) {
      return Optional.ofNullable(table.currentSnapshot());
    }
    return Optional.ofNullable(table.refs().get(branch))
        .map(ref -> table.snapshot(ref.snapshotId()));
  }

  /** The snapshot before this one; empty if it is the first or has been expired. */
  public static Optional<Snapshot> parent(Table table, Snapshot snapshot) {
    return Optional.ofNullable(snapshot.parentId()).map(table::snapshot);
  }

  /** Whether it is a commit of the store, as opposed to one of maintenance. */
  public static boolean isEpoch(Snapshot snapshot) {
    return snapshot.summary().containsKey(EpochKeys.LINEAGE);
  }

  /** Watermark of the newest epoch of a branch; empty if there is none. */
  public static OptionalLong watermarkMs(Table table, String branch) {
    Optional<Snapshot> at = snapshot(table, branch);
    while (at.isPresent()) {
      String watermark = at.get().summary().get(EpochKeys.WATERMARK_MS);
      if (isEpoch(at.get()) && watermark != null) {
        return OptionalLong.of(Long.parseLong(watermark));
      }
      at = parent(table, at.get());
    }
    return OptionalLong.empty();
  }
}
