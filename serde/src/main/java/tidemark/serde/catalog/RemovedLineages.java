package tidemark.serde.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.util.SnapshotUtil;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Lineages of branches of replays that were removed, kept in a property of the table for as long as
 * it has snapshots of them. Of any other lineage the newest epoch stays for whoever is restored; of
 * these nobody can be, for their branch is gone, and the whole replay would stay with it.
 */
public final class RemovedLineages {
  private static final String PROPERTY = "tidemark.removed-lineages";

  private RemovedLineages() {}

  /** Those of a version of the table. */
  public static Set<String> of(Map<String, String> properties) {
    Set<String> lineages =
        new TreeSet<>(List.of(properties.getOrDefault(PROPERTY, "").split(" ", -1)));
    lineages.remove("");
    return lineages;
  }

  /** The table without a branch, whose lineages are removed ones from then on. */
  static TableMetadata remove(TableMetadata now, String branch) {
    Set<String> lineages = of(now.properties());
    for (Snapshot snapshot :
        SnapshotUtil.ancestorsOf(now.ref(branch).snapshotId(), now::snapshot)) {
      if (MaintenanceKeys.REPLAY.equals(snapshot.summary().get(MaintenanceKeys.MAINTENANCE))) {
        break; // what is behind it is main's
      }
      EpochMarker.of(snapshot).ifPresent(marker -> lineages.add(marker.lineage()));
    }
    return with(now, lineages).removeRef(branch).build();
  }

  private static TableMetadata.Builder with(TableMetadata now, Set<String> lineages) {
    TableMetadata.Builder next = TableMetadata.buildFrom(now);
    return lineages.isEmpty()
        ? next.removeProperties(Set.of(PROPERTY))
        : next.setProperties(Map.of(PROPERTY, String.join(" ", lineages)));
  }

  /** Forgets those of which the table has no snapshot any more. */
  public static void forget(Table table) {
    if (of(table.properties()).isEmpty()) {
      return;
    }
    MetadataChange.commit(
        table,
        now -> {
          Set<String> there = new TreeSet<>();
          now.snapshots().stream()
              .flatMap(snapshot -> EpochMarker.of(snapshot).stream())
              .forEach(marker -> there.add(marker.lineage()));
          Set<String> before = of(now.properties());
          there.retainAll(before);
          return there.equals(before) ? Optional.empty() : Optional.of(with(now, there).build());
        });
  }
}
