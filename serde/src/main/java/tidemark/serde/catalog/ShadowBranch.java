package tidemark.serde.catalog;

import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.ValidationException;
import tidemark.serde.table.MaintenanceKeys;

/**
 * A branch that a second job writes beside the live one. It is one of a replay, {@link
 * ReplayBranch}, but for its base: which epoch of main it is measured against is settled only when
 * it is stopped, and again at each stop. Until then its base is whatever main was at when it was
 * made, of which it covers nothing.
 */
public final class ShadowBranch {
  private static final String VALUE = "shadow";

  private ShadowBranch() {}

  /**
   * Makes the branch in both tables, empty; may be repeated.
   *
   * @throws IllegalArgumentException if the name cannot be one, or the branch is there already and
   *     is something else
   */
  public static void create(TableCatalog catalog, String name, ReplayOrigin origin) {
    ReplayBranch.requireName(name);
    Table rollups = catalog.rollups();
    if (!isShadow(rollups, name)) {
      requireFree(rollups, name);
      PublishSettlement.requireNotPublished(rollups.properties(), name);
      rollups.updateProperties().set(ReplayBranch.SHADOW + name, VALUE).commit();
    }
    ReplayBranch.create(catalog, name, ReplayBranch.origin(rollups, name).orElse(origin));
  }

  private static void requireFree(Table rollups, String name) {
    if (rollups.refs().containsKey(name) || ReplayBranch.origin(rollups, name).isPresent()) {
      throw new IllegalArgumentException(
          "branch %s is there already and is no shadow's: choose another name, or remove it"
              .formatted(name));
    }
  }

  /** Whether a shadow was started under this name and not removed since. */
  public static boolean isShadow(Table rollups, String name) {
    return rollups.properties().containsKey(ReplayBranch.SHADOW + name);
  }

  /** The newest epoch that a shadow has committed to its branch; empty if there is none. */
  public static Optional<EpochMarker> newestEpoch(Table rollups, String name) {
    for (Snapshot snapshot : EpochLog.ancestors(rollups, name)) {
      String maintenance = snapshot.summary().get(MaintenanceKeys.MAINTENANCE);
      if (MaintenanceKeys.REPLAY.equals(maintenance)) {
        break; // what is behind it is main's
      }
      Optional<EpochMarker> marker =
          EpochMarker.of(snapshot).filter(found -> !found.epoch().isEmpty());
      if (marker.isPresent()) {
        return marker;
      }
    }
    return Optional.empty();
  }

  /**
   * Measures the branch against another epoch of main, in one change of the table: the tag that
   * keeps the base goes on to it. Compaction knows the new base from here on.
   *
   * @throws ValidationException if the branch is not there, or the base has expired
   * @throws IllegalArgumentException if it is published and that may be undone
   */
  public static void rebase(Table rollups, String name, ReplayOrigin origin) {
    MetadataChange.commit(
        rollups,
        now -> {
          if (!now.properties().containsKey(ReplayBranch.SHADOW + name)
              || now.snapshot(origin.base()) == null) {
            throw new ValidationException(
                "branch %s cannot be measured against snapshot %s: one of the two is not there any more",
                name, origin.base());
          }
          PublishSettlement.requireNotPublished(now.properties(), name);
          return Optional.of(rebased(now, name, origin));
        });
  }

  private static TableMetadata rebased(TableMetadata now, String name, ReplayOrigin origin) {
    return TableMetadata.buildFrom(now)
        .setProperties(
            Map.of(
                ReplayBranch.PROPERTY + name,
                origin.toJson(),
                ReplayBranch.GUARDED + name,
                Long.toString(now.lastSequenceNumber())))
        .setRef(ReplayBranch.baseTag(name), SnapshotRef.tagBuilder(origin.base()).build())
        .build();
  }
}
