package tidemark.operators.expire;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.RemovedLineages;
import tidemark.serde.manifest.ArchiveKeys;
import tidemark.serde.table.EpochKeys;

/**
 * Forgets snapshots, and removes the files that only they needed.
 *
 * <p>Kept is, whatever its age:
 *
 * <ul>
 *   <li>what a branch or tag names, and from there back to the newest epoch, so that whoever looks
 *       for it walks an unbroken line;
 *   <li>the newest epoch of every lineage, since a restored job looks for it, but for those whose
 *       branch was removed; a commit of the archive counts as an epoch, since its ends stand in it;
 *   <li>every epoch that a checkpoint or savepoint stands at, since a job that is restored from it
 *       may be told to go back there;
 *   <li>the last few snapshots of each branch;
 *   <li>everything younger than {@code keepMs}, seen from the newest snapshot of the table.
 * </ul>
 *
 * <p>Ages are differences of the snapshots' own times: a table that nobody writes loses nothing.
 */
final class SnapshotExpiry {
  /** Tags that a savepoint has set begin with it. */
  static final String SAVEPOINT_TAG = "savepoint-";

  /**
   * What decides about one snapshot.
   *
   * @param parentId the one before it; equal to {@code id} for the first
   * @param number order in which the table's snapshots were committed
   * @param lineage whose epoch it is; empty if it is none
   * @param epoch id of that epoch; empty if it is none
   */
  record Entry(
      long id, long parentId, long number, long timestampMs, String lineage, String epoch) {

    static Entry of(Snapshot snapshot) {
      Long parent = snapshot.parentId();
      return new Entry(
          snapshot.snapshotId(),
          parent == null ? snapshot.snapshotId() : parent,
          snapshot.sequenceNumber(),
          snapshot.timestampMillis(),
          lineage(snapshot),
          snapshot.summary().getOrDefault(EpochKeys.EPOCH, ""));
    }

    /** Commits of the archive are one line, and its ends are looked for in the newest of them. */
    private static String lineage(Snapshot snapshot) {
      boolean isOfArchive = snapshot.summary().containsKey(ArchiveKeys.ENDS);
      return snapshot
          .summary()
          .getOrDefault(EpochKeys.LINEAGE, isOfArchive ? ArchiveKeys.ENDS : "");
    }

    boolean isEpoch() {
      return !lineage.isEmpty();
    }
  }

  private final Map<Long, Entry> entries = new HashMap<>();
  private final Set<Long> kept = new HashSet<>();

  private SnapshotExpiry(Collection<Entry> snapshots) {
    snapshots.forEach(entry -> entries.put(entry.id(), entry));
  }

  /**
   * Ids of the snapshots to forget: a pure function.
   *
   * @param branches heads of the branches
   * @param tags snapshots that tags name
   * @param removed lineages whose branch is gone
   * @param epochs ids of the epochs that state somewhere stands at; other texts do not matter
   */
  static Set<Long> expired(
      Collection<Entry> snapshots,
      Collection<Long> branches,
      Collection<Long> tags,
      Set<String> removed,
      Set<String> epochs,
      long keepMs,
      int minSnapshots) {
    SnapshotExpiry expiry = new SnapshotExpiry(snapshots);
    branches.forEach(expiry::keepBackToAnEpoch);
    tags.forEach(expiry::keepBackToAnEpoch);
    branches.forEach(head -> expiry.keepLast(head, minSnapshots));
    expiry.keepNewestOfLineages(removed);
    expiry.keepEpochs(epochs);
    expiry.keepYoung(keepMs);
    Set<Long> expired = new TreeSet<>(expiry.entries.keySet());
    expired.removeAll(expiry.kept);
    return expired;
  }

  private void keepBackToAnEpoch(long head) {
    Entry at = entries.get(head);
    while (at != null) {
      kept.add(at.id());
      at = at.isEpoch() ? null : parent(at);
    }
  }

  private void keepLast(long head, int count) {
    Entry at = entries.get(head);
    for (int i = 0; i < count && at != null; i++) {
      kept.add(at.id());
      at = parent(at);
    }
  }

  private Entry parent(Entry entry) {
    return entry.parentId() == entry.id() ? null : entries.get(entry.parentId());
  }

  private void keepNewestOfLineages(Set<String> removed) {
    Map<String, Entry> newest = new HashMap<>();
    for (Entry entry : entries.values()) {
      if (entry.isEpoch() && !removed.contains(entry.lineage())) {
        newest.merge(entry.lineage(), entry, (a, b) -> a.number() > b.number() ? a : b);
      }
    }
    newest.values().forEach(entry -> kept.add(entry.id()));
  }

  private void keepEpochs(Set<String> epochs) {
    for (Entry entry : entries.values()) {
      if (epochs.contains(entry.epoch())) {
        kept.add(entry.id());
      }
    }
  }

  private void keepYoung(long keepMs) {
    long newestMs = entries.values().stream().mapToLong(Entry::timestampMs).max().orElse(0);
    for (Entry entry : entries.values()) {
      if (newestMs - entry.timestampMs() <= keepMs) {
        kept.add(entry.id());
      }
    }
  }

  /**
   * Expires snapshots of a table, and returns how many went.
   *
   * @param waiting what stands in checkpoints and savepoints: names of data files, which stay even
   *     if a snapshot that had them goes, and ids of epochs, whose snapshots stay
   */
  static int apply(Table table, ExpireConfig config, Set<String> waiting) {
    table.refresh();
    List<Entry> snapshots =
        StreamSupport.stream(table.snapshots().spliterator(), false).map(Entry::of).toList();
    Set<Long> branches = new HashSet<>();
    Set<Long> tags = new HashSet<>();
    for (SnapshotRef ref : table.refs().values()) {
      (ref.isBranch() ? branches : tags).add(ref.snapshotId());
    }
    Set<Long> expired =
        expired(
            snapshots,
            branches,
            tags,
            RemovedLineages.of(table.properties()),
            waiting,
            config.keepMs(),
            config.minSnapshots());
    if (expired.isEmpty()) {
      return 0;
    }
    ExpireSnapshots expire =
        table
            .expireSnapshots()
            .expireOlderThan(Long.MIN_VALUE) // nothing by age: the ids say it all
            .deleteWith(
                location -> {
                  if (!waiting.contains(StateFiles.nameOf(location))) {
                    table.io().deleteFile(location);
                  }
                });
    expired.forEach(expire::expireSnapshotId);
    expire.commit();
    RemovedLineages.forget(table);
    return expired.size();
  }

  /** Removes the tags of old savepoints, and returns how many went. */
  static int removeOldTags(Table table, long maxAgeMs) {
    if (maxAgeMs == ExpireConfig.FOR_EVER) {
      return 0;
    }
    table.refresh();
    long newestMs = Long.MIN_VALUE;
    for (Snapshot snapshot : table.snapshots()) {
      newestMs = Math.max(newestMs, snapshot.timestampMillis());
    }
    int removed = 0;
    for (Map.Entry<String, SnapshotRef> ref : Map.copyOf(table.refs()).entrySet()) {
      Snapshot snapshot = table.snapshot(ref.getValue().snapshotId());
      if (ref.getValue().isTag()
          && ref.getKey().startsWith(SAVEPOINT_TAG)
          && newestMs - snapshot.timestampMillis() > maxAgeMs) {
        table.manageSnapshots().removeTag(ref.getKey()).commit();
        removed++;
      }
    }
    return removed;
  }
}
