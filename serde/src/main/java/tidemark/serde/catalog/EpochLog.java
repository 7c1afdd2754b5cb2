package tidemark.serde.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The history of a table as its snapshots tell it. Maintenance keeps the nearest marker of every
 * branch, and that one names the last epoch of every lineage, so looking never needs what expired.
 */
public final class EpochLog {
  private EpochLog() {}

  /** Snapshots of a branch from its head backwards; none if there is no such branch. */
  public static Iterable<Snapshot> ancestors(Table table, String branch) {
    Snapshot head = table.snapshot(branch);
    return head == null
        ? List.of()
        : SnapshotUtil.ancestorsOf(head.snapshotId(), id -> table.snapshot(id));
  }

  /** The nearest marker of any lineage. */
  public static Optional<EpochMarker> nearest(Iterable<Snapshot> ancestors) {
    for (Snapshot snapshot : ancestors) {
      Optional<EpochMarker> marker = EpochMarker.of(snapshot);
      if (marker.isPresent()) {
        return marker;
      }
    }
    return Optional.empty();
  }

  /** The nearest marker of a lineage, behind those of others if need be. */
  public static Optional<EpochMarker> nearest(Iterable<Snapshot> ancestors, String lineage) {
    for (Snapshot snapshot : ancestors) {
      Optional<EpochMarker> marker = EpochMarker.of(snapshot);
      if (marker.isPresent() && marker.get().lineage().equals(lineage)) {
        return marker;
      }
      if (marker.isPresent() && marker.get().heads().containsKey(lineage)) {
        return Optional.of(ofHead(marker.get(), lineage));
      }
    }
    return Optional.empty();
  }

  private static EpochMarker ofHead(EpochMarker marker, String lineage) {
    String[] epochAndRun = marker.heads().get(lineage).split(" ", 2);
    String epoch = epochAndRun[0];
    return new EpochMarker(
        lineage,
        epochAndRun[1],
        epoch.isEmpty() ? 0 : Long.parseLong(epoch.substring(0, epoch.indexOf('-'))),
        epoch,
        false,
        marker.snapshotId(),
        marker.heads(),
        Map.of());
  }

  /** Every marker of a lineage that any snapshot still carries, on whatever branch. */
  public static List<EpochMarker> all(Table table, String lineage) {
    List<EpochMarker> markers = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      EpochMarker.of(snapshot)
          .filter(marker -> marker.lineage().equals(lineage))
          .ifPresent(markers::add);
    }
    return markers;
  }
}
