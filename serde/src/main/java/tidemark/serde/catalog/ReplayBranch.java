package tidemark.serde.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expressions;
import tidemark.serde.table.MaintenanceKeys;

/**
 * A branch of both tables that begins empty and takes what a replay makes. The snapshot that it is
 * measured against is kept by a tag for as long as the branch is there, and so is the snapshot of
 * the archive that it is made from, with the files that this one names.
 *
 * <p>Making and removing can be repeated: a call that died half-way is finished by the next one.
 */
public final class ReplayBranch {
  static final String PROPERTY = "tidemark.replay.";
  static final String GUARDED = "tidemark.replay-guarded.";
  static final String SHADOW = "tidemark.shadow.";

  private static final String COMPARED = "tidemark.compare.";
  private static final String BASE_TAG = "replay-base-";
  private static final String ARCHIVE_TAG = "replay-";
  private static final int RACES = 20;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

  private ReplayBranch() {}

  /**
   * Makes the branch in both tables, empty.
   *
   * @throws IllegalArgumentException if the name cannot be one, or the branch is there already and
   *     is of another origin, or one of this name was published and that may be undone
   */
  public static void create(TableCatalog catalog, String name, ReplayOrigin origin) {
    requireName(name);
    Table rollups = catalog.rollups();
    Optional<ReplayOrigin> present = origin(rollups, name);
    boolean isTaken = rollups.refs().containsKey(name) && present.isEmpty();
    if (isTaken || !present.orElse(origin).equals(origin)) {
      throw new IllegalArgumentException(
          "branch %s is there already and was made for something else: choose another name, or remove it"
              .formatted(name));
    }
    if (rollups.snapshot(origin.base()) == null) {
      throw new IllegalArgumentException(
          "branch %s cannot be made: its base, snapshot %d, is not there any more; choose a newer one"
              .formatted(name, origin.base()));
    }
    if (present.isEmpty()) {
      PublishSettlement.requireNotPublished(rollups.properties(), name);
      rollups.updateProperties().set(PROPERTY + name, origin.toJson()).commit();
    }
    createTag(rollups, BASE_TAG + name, origin.base());
    if (!rollups.properties().containsKey(GUARDED + name)) {
      rollups.refresh();
      long last = ((HasTableOperations) rollups).operations().current().lastSequenceNumber();
      rollups.updateProperties().set(GUARDED + name, Long.toString(last)).commit();
    }
    createEmpty(rollups, name);
    createEmpty(catalog.series(), name);
  }

  /** The tag that keeps the base of a branch. */
  public static String baseTag(String name) {
    return BASE_TAG + name;
  }

  /**
   * The snapshot of the archive that a branch is made from; empty if none is held for it.
   *
   * @param archive the archive's table
   */
  public static Optional<Snapshot> archiveSnapshot(Table archive, String name) {
    return Optional.ofNullable(archive.refs().get(ARCHIVE_TAG + name))
        .map(ref -> archive.snapshot(ref.snapshotId()));
  }

  /**
   * Keeps a snapshot of the archive, and the files that it names, for as long as the branch is
   * there; nothing changes if one is held already.
   *
   * @throws IllegalArgumentException if the snapshot has expired
   */
  public static void holdArchive(Table archive, String name, long snapshotId) {
    requireName(name);
    archive.refresh();
    if (archive.refs().containsKey(ARCHIVE_TAG + name)) {
      return;
    }
    if (archive.snapshot(snapshotId) == null) {
      throw new IllegalArgumentException(
          "snapshot %d of the archive expired before branch %s could hold it: replay again"
              .formatted(snapshotId, name));
    }
    createTag(archive, ARCHIVE_TAG + name, snapshotId);
  }

  /**
   * Sequence number from which on every commit knew of the branch, so that none after it has made
   * one file of rows from before its base and of later ones; empty if there is no such branch.
   */
  public static OptionalLong guardedFrom(Table rollups, String name) {
    String number = rollups.properties().get(GUARDED + name);
    return number == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(number));
  }

  /** Property that keeps the last whole comparison of a branch with another. */
  public static String comparisonProperty(String name, String other) {
    return COMPARED + name + "/" + other;
  }

  /** The last whole comparisons of all branches with others, as JSON. */
  public static List<String> comparisons(Table rollups) {
    List<String> found = new ArrayList<>();
    rollups
        .properties()
        .forEach(
            (key, value) -> {
              if (key.startsWith(COMPARED)) {
                found.add(value);
              }
            });
    return found;
  }

  /**
   * One commit: nobody finds the branch while it still has what main has. Iceberg does not make a
   * new branch once more on what others committed meanwhile, as a live job does.
   */
  private static void createEmpty(Table table, String name) {
    for (int race = 1; !table.refs().containsKey(name); race++) {
      try {
        tryCreateEmpty(table, name);
      } catch (CommitFailedException e) {
        if (race == RACES) {
          throw e;
        }
      }
      table.refresh();
    }
  }

  private static void tryCreateEmpty(Table table, String name) {
    Transaction transaction = table.newTransaction();
    if (table.currentSnapshot() == null) {
      transaction.manageSnapshots().createBranch(name).commit();
    } else {
      long head = table.currentSnapshot().snapshotId();
      transaction.manageSnapshots().createBranch(name, head).commit();
      transaction
          .newDelete()
          .toBranch(name)
          .deleteFromRowFilter(Expressions.alwaysTrue())
          .set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.REPLAY)
          .commit();
    }
    transaction.commitTransaction();
  }

  /** What a branch was made for; empty if it is none of a replay. */
  public static Optional<ReplayOrigin> origin(Table rollups, String name) {
    return Optional.ofNullable(rollups.properties().get(PROPERTY + name)).map(ReplayOrigin::ofJson);
  }

  /** Origins of all branches of replays, by name. */
  static SortedMap<String, ReplayOrigin> origins(Map<String, String> properties) {
    SortedMap<String, ReplayOrigin> origins = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PROPERTY)) {
            origins.put(key.substring(PROPERTY.length()), ReplayOrigin.ofJson(value));
          }
        });
    return origins;
  }

  /** Whether a version of the rollups table knows a branch. */
  static boolean isThere(Map<String, String> properties, String name) {
    return properties.containsKey(PROPERTY + name);
  }

  /** Removes the branch from both tables, with what was kept for it, there and in the archive. */
  public static void remove(TableCatalog catalog, String name) {
    requireName(name);
    catalog.archiveIfThere().ifPresent(archive -> removeRef(archive, ARCHIVE_TAG + name));
    removeBranch(catalog.series(), name);
    Table rollups = catalog.rollups();
    removeBranch(rollups, name);
    removeRef(rollups, BASE_TAG + name);
    UpdateProperties update = rollups.updateProperties();
    for (String key : rollups.properties().keySet()) {
      if (key.equals(PROPERTY + name)
          || key.equals(GUARDED + name)
          || key.equals(SHADOW + name)
          || key.startsWith(COMPARED + name + "/")) {
        update.remove(key);
      }
    }
    update.commit();
  }

  /** Unlike Iceberg's own change of branches and tags, it goes through beside a live job. */
  private static void createTag(Table table, String tag, long snapshotId) {
    MetadataChange.commit(
        table,
        now ->
            now.refs().containsKey(tag)
                ? Optional.empty()
                : Optional.of(
                    TableMetadata.buildFrom(now)
                        .setRef(tag, SnapshotRef.tagBuilder(snapshotId).build())
                        .build()));
  }

  private static void removeBranch(Table table, String name) {
    MetadataChange.commit(
        table,
        now ->
            now.refs().containsKey(name)
                ? Optional.of(RemovedLineages.remove(now, name))
                : Optional.empty());
  }

  private static void removeRef(Table table, String name) {
    MetadataChange.commit(
        table,
        now ->
            now.refs().containsKey(name)
                ? Optional.of(TableMetadata.buildFrom(now).removeRef(name).build())
                : Optional.empty());
  }

  static void requireName(String name) {
    if (!NAME.matcher(name).matches() || name.equals(SnapshotRef.MAIN_BRANCH)) {
      throw new IllegalArgumentException(
          "a branch must be named by 1 to 64 of a-z, 0-9, - and _ and not main, got " + name);
    }
  }
}
