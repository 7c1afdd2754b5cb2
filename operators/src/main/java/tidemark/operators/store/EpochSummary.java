package tidemark.operators.store;

import java.util.Optional;
import java.util.function.Predicate;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.serde.table.EpochKeys;

/** Finds epochs among the snapshots of a table by what their commits say of themselves. */
final class EpochSummary {
  /** The latest epoch of a line of snapshots. */
  record Head(String lineage, long checkpoint, long snapshotId) {}

  private EpochSummary() {}

  /** The nearest commit of Tidemark at or before the table's current snapshot. */
  static Optional<Head> head(Table table) {
    return nearest(table, head -> true);
  }

  /** The nearest commit of that lineage, with which those of others may be mixed. */
  static Optional<Head> head(Table table, String lineage) {
    return nearest(table, head -> head.lineage().equals(lineage));
  }

  private static Optional<Head> nearest(Table table, Predicate<Head> isWanted) {
    for (Snapshot snapshot = table.currentSnapshot();
        snapshot != null;
        snapshot = parent(table, snapshot)) {
      Optional<Head> head = headOf(snapshot).filter(isWanted);
      if (head.isPresent()) {
        return head;
      }
    }
    return Optional.empty();
  }

  /**
   * Whether an epoch is among these snapshots, which are given from the head backwards. Epochs of a
   * lineage stand in their order, so the search ends at the first older one.
   */
  static boolean contains(Iterable<Snapshot> ancestors, String lineage, long checkpoint) {
    for (Snapshot snapshot : ancestors) {
      Optional<Head> head = headOf(snapshot);
      if (head.isPresent() && head.get().lineage().equals(lineage)) {
        if (head.get().checkpoint() == checkpoint) {
          return true;
        }
        if (head.get().checkpoint() < checkpoint) {
          return false;
        }
      }
    }
    return false;
  }

  private static Snapshot parent(Table table, Snapshot snapshot) {
    return snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
  }

  private static Optional<Head> headOf(Snapshot snapshot) {
    String lineage = snapshot.summary().get(EpochKeys.LINEAGE);
    String checkpoint = snapshot.summary().get(EpochKeys.CHECKPOINT);
    return lineage == null || checkpoint == null
        ? Optional.empty()
        : Optional.of(new Head(lineage, Long.parseLong(checkpoint), snapshot.snapshotId()));
  }
}
