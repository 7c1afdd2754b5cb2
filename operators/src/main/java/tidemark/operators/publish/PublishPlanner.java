package tidemark.operators.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.catalog.SetBacks;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.MaintenanceKeys;
import tidemark.serde.table.RollupsTable;

/**
 * Says which files of main go, which stay and which are written again, and what takes their place.
 *
 * <p>Files of epochs after the base stay: they are told by their data sequence numbers, which
 * folding keeps on their side of the base ({@link HeldRange}). Memory: the descriptions of all
 * files of main and of the branch, some 2 kB each.
 */
final class PublishPlanner {
  private final PublishConfig config;
  private final Table rollups;
  private final Map<Long, Snapshot> bySequence = new HashMap<>();

  PublishPlanner(PublishConfig config, Table rollups) {
    this.config = config;
    this.rollups = rollups;
    rollups.snapshots().forEach(snapshot -> bySequence.put(snapshot.sequenceNumber(), snapshot));
  }

  /**
   * The plan.
   *
   * @throws IllegalArgumentException if it must not be done; the message says what to do
   */
  PublishPlan plan() throws IOException {
    if (config.action() == PublishConfig.Action.SETTLE) {
      PublishSettlement.settle(rollups, config.branch());
      return settled(record().orElseThrow());
    }
    PublishSettlement.resolve(rollups, config.branch()); // its answer may have been lost
    Optional<PublishRecord> record = record();
    Optional<PublishPlan> done = record.flatMap(this::ifDone);
    if (done.isPresent()) {
      return done.get();
    }
    return config.action() == PublishConfig.Action.UNDO ? undoing(record) : publishing(record);
  }

  private Optional<PublishRecord> record() {
    return PublishRecord.of(rollups.properties(), config.branch());
  }

  /** Nothing to do: a restarted job finds that its commit has happened. */
  private Optional<PublishPlan> ifDone(PublishRecord record) {
    Snapshot last = record.sequences().isEmpty() ? null : bySequence.get(record.last());
    return last != null && isOurs(last)
        ? Optional.of(
            new PublishPlan(
                last.snapshotId(),
                Long.parseLong(last.summary().get(MaintenanceKeys.PUBLISH_SOURCE)),
                0L,
                record.covered(),
                record.toJson(),
                last.summary().get(MaintenanceKeys.PUBLISH_GATE),
                new PublishResult(
                    List.of(),
                    List.of(),
                    List.of(),
                    Long.parseLong(last.summary().get(MaintenanceKeys.ROWS_BEFORE)),
                    Long.parseLong(last.summary().get(MaintenanceKeys.ROWS_AFTER))),
                List.of(),
                true))
        : Optional.empty();
  }

  /** By the report; one that goes where that of the opposite went is another job's. */
  private boolean isOurs(Snapshot commit) {
    boolean isUndoing =
        PublishCommitter.UNDO.equals(commit.summary().get(MaintenanceKeys.PUBLISH_GATE));
    PublishConfig.Action action =
        isUndoing ? PublishConfig.Action.UNDO : PublishConfig.Action.PUBLISH;
    return config.action() == action
        && config.report().equals(commit.summary().get(PublishCommitter.REPORT));
  }

  private PublishPlan settled(PublishRecord record) {
    return new PublishPlan(
        rollups.currentSnapshot().snapshotId(),
        0L,
        0L,
        record.covered(),
        record.toJson(),
        "",
        new PublishResult(List.of(), List.of(), List.of(), 0, 0),
        List.of(),
        true);
  }

  private PublishPlan publishing(Optional<PublishRecord> before) throws IOException {
    String branch = config.branch();
    ReplayOrigin origin = ReplaySide.origin(rollups, branch);
    if (before.map(PublishRecord::isSettled).orElse(false)) {
      throw new IllegalArgumentException(
          "branch %s was published and that was settled, so it cannot be published once more: replay the range into another branch"
              .formatted(branch));
    }
    if (before.map(record -> !record.isUndone() && !record.sequences().isEmpty()).orElse(false)) {
      throw new IllegalArgumentException(
          "branch %s is published already: undo that first (tidemark publish %s --undo)"
              .formatted(branch, branch));
    }
    if (!ReplaySide.isComplete(rollups, branch)) {
      throw new IllegalArgumentException(
          "branch %s cannot be published, for its replay has not ended: let it end"
              .formatted(branch));
    }
    CoveredRows covered =
        CoveredRows.of(rollups, origin, ReplayBranch.baseTag(branch))
            .within(config.fromMs(), config.toMs());
    long source = BranchHead.snapshot(rollups, branch).orElseThrow().snapshotId();
    boolean isDry = config.action() == PublishConfig.Action.DRY_RUN;
    String gate = isDry ? "" : PublishGate.pass(rollups, config, origin, source);
    Snapshot base = rollups.snapshot(origin.base());
    requireBaseOnMain(base);
    // with what an earlier publishing replaced, and put back by other commits than it came by
    PublishRecord record =
        new PublishRecord(
            branch,
            Math.min(covered.fromMs(), before.map(PublishRecord::fromMs).orElse(Long.MAX_VALUE)),
            Math.max(covered.toMs(), before.map(PublishRecord::toMs).orElse(Long.MIN_VALUE)),
            base.sequenceNumber(),
            before.map(PublishRecord::sequences).orElse(List.of()),
            false,
            "",
            covered.toJson(),
            before.map(PublishRecord::changedAtMs).orElse(0L),
            false);
    requireNoOther(record, base.sequenceNumber());
    long guarded = ReplayBranch.guardedFrom(rollups, branch).orElse(Long.MAX_VALUE);
    return plan(record, covered, source, base.snapshotId(), gate, guarded);
  }

  private PublishPlan undoing(Optional<PublishRecord> before) throws IOException {
    PublishRecord record =
        before
            .filter(known -> !known.isUndone() && !known.sequences().isEmpty())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "branch %s is not published, so there is nothing to undo"
                            .formatted(config.branch())));
    if (record.isSettled()) {
      throw new IllegalArgumentException(
          "branch %s cannot be undone: its publishing was settled; replay the range again and publish that"
              .formatted(config.branch()));
    }
    requireNoOther(record, record.last());
    Snapshot source = rollups.snapshot(PublishRecord.beforeTag(config.branch()));
    if (source == null) {
      throw new IllegalArgumentException(
          "branch %s cannot be undone: tag %s with the rows from before was removed"
              .formatted(config.branch(), PublishRecord.beforeTag(config.branch())));
    }
    CoveredRows covered = CoveredRows.ofJson(record.covered());
    return plan(
        record,
        covered,
        source.snapshotId(),
        source.snapshotId(),
        PublishCommitter.UNDO,
        Long.MIN_VALUE); // what came before the publishing was looked at then
  }

  /** Behind a roll-back nobody knows which rows are whose. */
  private void requireBaseOnMain(Snapshot base) {
    boolean isVoid = SetBacks.contain(rollups.properties(), base.sequenceNumber());
    // a roll-back of an older release has left no trace but the line of snapshots, while it lasts
    for (Snapshot snapshot : EpochLog.ancestors(rollups, SnapshotRef.MAIN_BRANCH)) {
      if (snapshot.snapshotId() == base.snapshotId()) {
        break;
      }
      isVoid |= snapshot.sequenceNumber() < base.sequenceNumber();
    }
    if (isVoid) {
      throw new IllegalArgumentException(
          "branch %s cannot be published: main was set back behind its base, snapshot %d; replay the range again"
              .formatted(config.branch(), base.snapshotId()));
    }
  }

  /** Two that touch one day share files there, which only the later one's base knows. */
  private void requireNoOther(PublishRecord own, long after) {
    Optional<PublishRecord> other =
        PublishSettlement.inTheWay(rollups.properties(), own, after).stream().findFirst();
    if (other.isPresent()) {
      throw new IllegalArgumentException(
          "branch %s cannot be %s: branch %s %s"
              .formatted(
                  own.branch(),
                  config.action() == PublishConfig.Action.UNDO ? "undone" : "published",
                  other.get().branch(),
                  other.get().last() > after
                      ? "was published since and shares days with it; replay the range again"
                      : "shares days with it and is being published or undone, or that has died half-way; let it end, or repeat it, and try again"));
    }
  }

  private PublishPlan plan(
      PublishRecord record, CoveredRows covered, long source, long base, String gate, long guarded)
      throws IOException {
    HeldRange held =
        new HeldRange(
            record.branch(),
            record.fromMs(),
            record.toMs(),
            record.baseSequence(),
            Set.copyOf(record.sequences()),
            false);
    long head = rollups.currentSnapshot().snapshotId();
    List<DataFile> removed = new ArrayList<>();
    List<DataFile> added = new ArrayList<>();
    List<PublishTask> tasks = new ArrayList<>();
    for (DataFile file : ReplaySide.files(rollups, head)) {
      CoveredRows.Extent extent = covered.extent(file);
      if (extent != CoveredRows.Extent.NONE && !isOfLaterEpoch(file, held, guarded)) {
        sort(file, extent, true, removed, tasks);
      }
    }
    boolean isUndo = gate.equals(PublishCommitter.UNDO);
    for (DataFile file : ReplaySide.files(rollups, source)) {
      CoveredRows.Extent extent = covered.extent(file);
      boolean isTaken = !isUndo || !held.isLater(file.dataSequenceNumber());
      if (extent != CoveredRows.Extent.NONE && isTaken) {
        sort(file, extent, false, added, tasks);
      }
    }
    PublishResult whole =
        new PublishResult(
            TableFiles.toJson(removed, RollupsTable.SPEC),
            TableFiles.toJson(added, RollupsTable.SPEC),
            List.of(),
            removed.stream().mapToLong(DataFile::recordCount).sum(),
            added.stream().mapToLong(DataFile::recordCount).sum());
    return new PublishPlan(
        head, source, base, covered.toJson(), record.toJson(), gate, whole, tasks, false);
  }

  private static void sort(
      DataFile file,
      CoveredRows.Extent extent,
      boolean isOfMain,
      List<DataFile> whole,
      List<PublishTask> tasks) {
    if (extent == CoveredRows.Extent.ALL) {
      whole.add(file); // with its statistics: it may come to main as it is
      return;
    }
    tasks.add(
        new PublishTask(
            file.partition().get(0, Integer.class),
            file.partition().get(1, Integer.class),
            isOfMain,
            TableFiles.toJson(List.of(file), RollupsTable.SPEC).get(0)));
  }

  private boolean isOfLaterEpoch(DataFile file, HeldRange held, long guarded) {
    if (!held.isLater(file.dataSequenceNumber())) {
      return false;
    }
    Snapshot adder = bySequence.get(file.fileSequenceNumber());
    boolean isKnown = adder != null && BranchHead.isEpoch(adder);
    if (file.fileSequenceNumber() <= guarded && !isKnown) {
      throw new IllegalArgumentException(
          "branch %s cannot be published: %s holds rows of its range and was made between its base and the branch itself, so rows that came after the base may have been folded into it; replay the range again from a newer base"
              .formatted(config.branch(), file.location()));
    }
    return true;
  }
}
