package tidemark.serde.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import tidemark.serde.table.MaintenanceKeys;

/**
 * The end of a publishing's record: what was published stays, undoing is no longer possible, and
 * compaction may fold what the record kept apart.
 *
 * <p>A settled record is kept for as long as a snapshot from before the publishing is there, since
 * a branch of that time, or an undoing, must not be put over rows that came in between, and nobody
 * may set main back past it unseen. Every step is made to exactly the version of the table that it
 * was decided on, so of a settling and an undoing at the same time one finds the other done.
 */
public final class PublishSettlement {
  /** What stands in the place of a gate in the commit of an undoing. */
  public static final String UNDO = "undo";

  private PublishSettlement() {}

  /**
   * Finds out whether a commit has happened whose answer was lost, and says so in the record. If it
   * has not, it cannot any more.
   */
  public static void resolve(Table rollups, String branch) {
    MetadataChange.commit(
        rollups,
        now ->
            PublishRecord.of(now.properties(), branch)
                .filter(record -> !record.pending().isEmpty())
                .map(record -> with(now, resolved(now, record))));
  }

  private static PublishRecord resolved(TableMetadata now, PublishRecord record) {
    if (record.pending().isEmpty()) {
      return record;
    }
    Snapshot at = now.currentSnapshot();
    while (at != null) {
      if (record.pending().equals(at.summary().get(MaintenanceKeys.PUBLISH_ID))) {
        boolean wasUndoing = UNDO.equals(at.summary().get(MaintenanceKeys.PUBLISH_GATE));
        return record.with(at, wasUndoing);
      }
      at = at.parentId() == null ? null : now.snapshot(at.parentId());
    }
    return record.withoutPending();
  }

  /** The table with a record; one of no commit, done or on its way, is none. */
  private static TableMetadata with(TableMetadata now, PublishRecord record) {
    TableMetadata.Builder next = TableMetadata.buildFrom(now);
    String property = PublishRecord.property(record.branch());
    if (record.sequences().isEmpty() && record.pending().isEmpty()) {
      next.removeProperties(Set.of(property));
    } else {
      next.setProperties(Map.of(property, record.toJson()));
    }
    boolean isTagVain = record.pending().isEmpty() && (record.isUndone() || record.isSettled());
    if (isTagVain && now.ref(PublishRecord.beforeTag(record.branch())) != null) {
      next.removeRef(PublishRecord.beforeTag(record.branch()));
    }
    return next.build();
  }

  /**
   * Says that a commit is on its way, and keeps what is there before it.
   *
   * @param planned the record that the commit was planned with
   * @param head snapshot that a publishing's tag keeps; empty for an undoing
   * @return false if the record is not what it was at the plan, the snapshot is gone, main was set
   *     back behind the base, or another publishing has come in between
   */
  public static boolean begin(
      Table rollups, PublishRecord planned, String id, Optional<Long> head) {
    return MetadataChange.commit(
        rollups,
        now -> {
          Optional<PublishRecord> stored = PublishRecord.of(now.properties(), planned.branch());
          boolean isAsPlanned =
              head.isEmpty() ? stored.equals(Optional.of(planned)) : mayPublish(stored, planned);
          long after = head.isEmpty() ? planned.last() : planned.baseSequence();
          if (!isAsPlanned
              || (head.isPresent() && now.snapshot(head.get()) == null)
              || SetBacks.contain(now.properties(), after)
              || !inTheWay(now.properties(), planned, after).isEmpty()) {
            return Optional.empty();
          }
          TableMetadata.Builder next = TableMetadata.buildFrom(with(now, planned.withPending(id)));
          head.ifPresent(
              snapshot ->
                  next.setRef(
                      PublishRecord.beforeTag(planned.branch()),
                      SnapshotRef.tagBuilder(snapshot).build()));
          return Optional.of(next.build());
        });
  }

  /**
   * Publishings of other branches that have replaced files of the same days since, or may be about
   * to.
   *
   * @param own what is to be published or undone
   * @param after sequence number of the last commit that it knows of
   */
  public static List<PublishRecord> inTheWay(
      Map<String, String> properties, PublishRecord own, long after) {
    return PublishRecord.all(properties).values().stream()
        .filter(other -> !other.branch().equals(own.branch()))
        .filter(other -> other.last() > after || !other.pending().isEmpty())
        .filter(other -> other.sharesDayWith(own.fromMs(), own.toMs()))
        .toList();
  }

  /**
   * Says that nothing of a branch's name is published and may be undone yet: another base than that
   * of its record must not come in its place.
   *
   * @throws IllegalArgumentException if it is; the message says what to do
   */
  static void requireNotPublished(Map<String, String> properties, String branch) {
    PublishRecord.of(properties, branch)
        .filter(record -> !record.isSettled())
        .filter(record -> !record.isUndone() || !record.pending().isEmpty())
        .ifPresent(
            record -> {
              throw new IllegalArgumentException(
                  "branch %s cannot get another base, for it is published: choose another name, or undo or settle that first (tidemark publish %s --undo, or --settle)"
                      .formatted(branch, branch));
            });
  }

  private static boolean mayPublish(Optional<PublishRecord> stored, PublishRecord planned) {
    return stored.isEmpty()
        ? planned.sequences().isEmpty()
        : stored.get().pending().isEmpty()
            && !stored.get().isSettled()
            && (stored.get().isUndone() || stored.get().sequences().isEmpty())
            && stored.get().sequences().equals(planned.sequences());
  }

  /**
   * Says what has come of a commit that was on its way, unless somebody else has found out first.
   *
   * @param pending as it was said to be on its way
   * @param result what the record becomes
   */
  public static void end(Table rollups, PublishRecord pending, PublishRecord result) {
    MetadataChange.commit(
        rollups,
        now ->
            PublishRecord.of(now.properties(), pending.branch())
                .filter(pending::equals)
                .map(record -> with(now, result)));
  }

  /**
   * Settles the publishing of a branch; nothing changes if that was done before.
   *
   * @throws IllegalArgumentException if there is nothing to settle; the message says what to do
   */
  public static void settle(Table rollups, String branch) {
    MetadataChange.commit(
        rollups,
        now -> {
          Optional<PublishRecord> stored =
              PublishRecord.of(now.properties(), branch).map(record -> resolved(now, record));
          if (stored.isEmpty() || stored.get().sequences().isEmpty()) {
            throw new IllegalArgumentException(
                "branch %s is not published, so there is nothing to settle".formatted(branch));
          }
          PublishRecord record = stored.get();
          if (record.isSettled()) {
            return Optional.empty();
          }
          if (mayBePublishedAgain(now, record)) {
            throw new IllegalArgumentException(
                "branch %s is not published, for that was undone: publish it again, or remove it (tidemark replay %s --remove) and settle then"
                    .formatted(branch, branch));
          }
          return Optional.of(with(now, record.settled()));
        });
  }

  private static boolean mayBePublishedAgain(TableMetadata now, PublishRecord record) {
    return record.isUndone() && ReplayBranch.isThere(now.properties(), record.branch());
  }

  /**
   * Settles publishings that are old, and forgets settled ones that nothing can meet any more. Ages
   * are differences of the snapshots' own times: a table that nobody writes settles nothing.
   *
   * @param undoForMs least age
   * @return the branches whose publishing was settled
   */
  public static List<String> settleOld(Table rollups, long undoForMs) {
    List<String> settled = new ArrayList<>();
    MetadataChange.commit(
        rollups,
        now -> {
          settled.clear();
          long newestMs =
              now.snapshots().stream().mapToLong(Snapshot::timestampMillis).max().orElse(0);
          TableMetadata next = now;
          for (PublishRecord record : PublishRecord.all(now.properties()).values()) {
            boolean isOpen = !record.isSettled() && record.pending().isEmpty();
            if (isOpen
                && !mayBePublishedAgain(now, record)
                && newestMs - changedAtMs(now, record) > undoForMs) {
              next = with(next, record.settled());
              settled.add(record.branch());
            }
          }
          return settled.isEmpty() ? Optional.empty() : Optional.of(next);
        });
    return settled;
  }

  /** Of a record that does not say it: the time of main before the publishing. */
  private static long changedAtMs(TableMetadata now, PublishRecord record) {
    if (record.changedAtMs() > 0) {
      return record.changedAtMs();
    }
    SnapshotRef before = now.ref(PublishRecord.beforeTag(record.branch()));
    return before == null ? 0 : now.snapshot(before.snapshotId()).timestampMillis();
  }

  /** Forgets settled records of which no snapshot from before is left; returns how many. */
  public static int forget(Table rollups) {
    int[] forgotten = new int[1];
    MetadataChange.commit(
        rollups,
        now -> {
          long oldest =
              now.snapshots().stream().mapToLong(Snapshot::sequenceNumber).min().orElse(0);
          Set<String> properties =
              PublishRecord.all(now.properties()).values().stream()
                  .filter(record -> record.isSettled() && record.last() <= oldest)
                  .map(record -> PublishRecord.property(record.branch()))
                  .collect(Collectors.toSet());
          forgotten[0] = properties.size();
          return properties.isEmpty()
              ? Optional.empty()
              : Optional.of(TableMetadata.buildFrom(now).removeProperties(properties).build());
        });
    return forgotten[0];
  }
}
