package tidemark.operators.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.MetadataChange;
import tidemark.serde.catalog.SetBacks;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Brings what a job restored and what its branch holds together, before anything is read: either
 * the branch stands at an epoch that the state can follow, or the job does what the user chose, or
 * it does not start. Ends with a fence, so that what an older run still has on its way is void.
 *
 * <p>Every step can be repeated: a start that dies half-way is finished by the next one.
 */
final class EpochStart {
  private static final Logger LOG = LoggerFactory.getLogger(EpochStart.class);
  private static final int RACES = 20;

  private final EpochTables tables;
  private final StoreConfig config;
  private final long restored;

  /**
   * @param restored checkpoint that the state is from, 0 for none
   */
  EpochStart(EpochTables tables, StoreConfig config, long restored) {
    this.tables = tables;
    this.config = config;
    this.restored = restored;
  }

  /**
   * @param state as restored, or fresh
   * @return the state to go on with: without epochs that turned out to be committed, and on its new
   *     branch if there is one
   * @throws SuppressRestartsException if the job must not start; its cause says what to do
   */
  EpochState begin(EpochState state) {
    for (int race = 0; race < RACES; race++) {
      Optional<EpochState> begun = tryBegin(state);
      if (begun.isPresent()) {
        return begun.get();
      }
    }
    throw new IllegalStateException(
        "branch %s moved %s times while the job started".formatted(state.branch(), RACES));
  }

  private Optional<EpochState> tryBegin(EpochState state) {
    Table rollups = tables.rollups();
    checkBranch(rollups, state);
    checkBranch(tables.series(), state);
    Iterable<Snapshot> ancestors = EpochLog.ancestors(rollups, state.branch());
    Optional<EpochMarker> own = EpochLog.nearest(ancestors, state.lineage());
    LOG.info(
        "store starts: lineage {}, branch {}, restored checkpoint {}, state at {}, branch at {}",
        state.lineage(),
        state.branch(),
        restored,
        state.possibleHeads(),
        own.map(EpochMarker::epoch).orElse("none"));
    int place = state.possibleHeads().indexOf(own.map(EpochMarker::epoch).orElse(""));
    if (place < 0) {
      return meetsAnotherEpoch(state, own);
    }
    checkForeign(ancestors, state);
    EpochState next = state.without(place);
    setSeriesBack(next, own.map(EpochMarker::checkpoint).orElse(0L));
    return tables.fence(next, own, restored) ? Optional.of(next) : Optional.empty();
  }

  /** Iceberg would make a branch that a commit names, out of nothing. */
  private static void checkBranch(Table table, EpochState state) {
    boolean isThere =
        state.branch().equals(OnAhead.MAIN) || table.refs().containsKey(state.branch());
    if (!isThere && state.lastEpoch().isEmpty()) {
      throw refusal(
          "table %s has no branch %s that %s names: name one that is there, or make it by a replay"
              .formatted(table.name(), state.branch(), StoreOptions.BRANCH.key()));
    }
  }

  /** The history of a branch as far as its files go: one of a replay began without any. */
  private static Iterable<Snapshot> sinceEmpty(Iterable<Snapshot> ancestors) {
    List<Snapshot> since = new ArrayList<>();
    for (Snapshot snapshot : ancestors) {
      if (MaintenanceKeys.REPLAY.equals(snapshot.summary().get(MaintenanceKeys.MAINTENANCE))) {
        break;
      }
      since.add(snapshot);
    }
    return since;
  }

  /** Only commits count: a job that never came to commit left a fence at most. */
  private void checkForeign(Iterable<Snapshot> ancestors, EpochState state) {
    Optional<EpochMarker> nearest = EpochLog.nearest(sinceEmpty(ancestors));
    boolean isOurs =
        nearest.isEmpty()
            || nearest.get().lineage().equals(state.lineage())
            || nearest.get().epoch().isEmpty();
    if (!isOurs && config.onExisting() == StoreOptions.OnExisting.REFUSE) {
      String cure =
          state.branch().equals(OnAhead.MAIN)
              ? "use another warehouse, or set %s to append if the input begins where that lineage ended"
                  .formatted(StoreOptions.ON_EXISTING.key())
              : "or remove the branch and begin again";
      throw refusal(
          ("branch %s holds epoch %s of lineage %s, and this job %s: its rows could overlap; resume"
                  + " from a savepoint or checkpoint of that lineage, %s")
              .formatted(
                  state.branch(),
                  nearest.get().epoch(),
                  nearest.get().lineage(),
                  restored > 0 ? "is of lineage " + state.lineage() : "starts without state",
                  cure));
    }
  }

  private Optional<EpochState> meetsAnotherEpoch(EpochState state, Optional<EpochMarker> own) {
    Optional<EpochMarker> base = base(state);
    String found = own.map(EpochMarker::epoch).orElse("none");
    OnAhead.Action action = config.onAhead().action();
    if (base.isEmpty()) {
      throw refusal(
          ("the state restored from checkpoint %s follows epoch %s, but branch %s of the tables is at"
                  + " epoch %s and no snapshot of the former is left: it expired, or the catalog is"
                  + " older than the state; resume from a savepoint or checkpoint of epoch %s or"
                  + " later, or replay the range")
              .formatted(restored, last(state), state.branch(), found, found));
    }
    boolean isSameJob =
        own.map(marker -> tables.job().equals(marker.summary().get(EpochKeys.JOB))).orElse(false);
    if (action == OnAhead.Action.REFUSE || isSameJob) {
      throw refusal(
          ("branch %s of the tables is at epoch %s of lineage %s, but the state restored from"
                  + " checkpoint %s stands at epoch %s: going on would lose or double rows; either"
                  + " resume from a savepoint or checkpoint of epoch %s or later, or set %s to"
                  + " rollback to take back what was committed since, or to branch=NAME to leave it"
                  + " and go on from epoch %s on a new branch")
              .formatted(
                  state.branch(),
                  found,
                  state.lineage(),
                  restored,
                  last(state),
                  found,
                  StoreOptions.ON_AHEAD.key(),
                  last(state)));
    }
    return action == OnAhead.Action.ROLLBACK
        ? rollBack(state, base.get())
        : fork(state, base.get(), config.onAhead().branch());
  }

  private static String last(EpochState state) {
    List<String> heads = state.possibleHeads();
    String last = heads.get(heads.size() - 1);
    return last.isEmpty() ? "none" : last;
  }

  /** The newest commit, or a fence behind it, on whatever branch, that the state can go on from. */
  private Optional<EpochMarker> base(EpochState state) {
    List<String> possible = state.possibleHeads();
    EpochMarker best = null;
    for (EpochMarker marker : EpochLog.all(tables.rollups(), state.lineage())) {
      int place = marker.epoch().isEmpty() ? -1 : possible.indexOf(marker.epoch());
      if (place >= 0 && (best == null || place > possible.indexOf(best.epoch()))) {
        best = marker;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Sets the branch back to what it was looked at, or looks again. */
  private Optional<EpochState> rollBack(EpochState state, EpochMarker base) {
    MetadataChange.commit(
        tables.rollups(),
        now -> {
          requireNoForeign(now, state, base);
          new PublishedSince(now, base).requireNone(state.branch());
          return Optional.of(setBack(now, state.branch(), base.snapshotId()));
        });
    LOG.warn("branch {} was set back to epoch {}", state.branch(), base.epoch());
    return Optional.empty(); // look again: it can be followed now
  }

  /** What is measured against an epoch that is taken back must not be published to main. */
  private static TableMetadata setBack(TableMetadata now, String branch, long snapshotId) {
    TableMetadata.Builder back = withHead(now, branch, snapshotId);
    if (branch.equals(OnAhead.MAIN)) {
      long behind = now.snapshot(snapshotId).sequenceNumber();
      back.setProperties(SetBacks.with(now.properties(), behind, now.lastSequenceNumber()));
    }
    return back.build();
  }

  private static TableMetadata.Builder withHead(TableMetadata now, String branch, long snapshotId) {
    SnapshotRef head = SnapshotRef.builderFrom(now.ref(branch), snapshotId).build();
    return TableMetadata.buildFrom(now).setRef(branch, head);
  }

  private static void requireNoForeign(TableMetadata now, EpochState state, EpochMarker base) {
    for (Snapshot snapshot : ancestors(now, state.branch())) {
      if (snapshot.snapshotId() == base.snapshotId()) {
        break;
      }
      Optional<EpochMarker> foreign =
          EpochMarker.of(snapshot)
              .filter(marker -> !marker.lineage().equals(state.lineage()))
              .filter(marker -> !marker.isFence());
      if (foreign.isPresent()) {
        throw refusal(
            ("branch %s cannot go back to epoch %s: lineage %s committed epoch %s since, and its rows"
                    + " would be lost; set %s to branch=NAME")
                .formatted(
                    state.branch(),
                    base.epoch(),
                    foreign.get().lineage(),
                    foreign.get().epoch(),
                    StoreOptions.ON_AHEAD.key()));
      }
    }
  }

  private static Iterable<Snapshot> ancestors(TableMetadata now, String branch) {
    return SnapshotUtil.ancestorsOf(now.ref(branch).snapshotId(), now::snapshot);
  }

  /** The new lineage follows from the old one, so that a repeated start finds what it made. */
  private Optional<EpochState> fork(EpochState state, EpochMarker base, String name) {
    String origin = state.lineage() + "/" + name + "/" + base.epoch();
    String lineage = UUID.nameUUIDFromBytes(origin.getBytes(StandardCharsets.UTF_8)).toString();
    EpochState forked =
        state.forked(lineage, name).without(state.possibleHeads().indexOf(base.epoch()));
    Table rollups = tables.rollups();
    if (rollups.snapshot(name) == null) {
      rollups.manageSnapshots().createBranch(name, base.snapshotId()).commit();
      LOG.warn("branch {} starts at epoch {} of lineage {}", name, base.epoch(), state.lineage());
    }
    Iterable<Snapshot> ancestors = EpochLog.ancestors(rollups, name);
    Optional<EpochMarker> own = EpochLog.nearest(ancestors, lineage);
    boolean isUntouched = rollups.snapshot(name).snapshotId() == base.snapshotId();
    if (!isUntouched && !own.map(EpochMarker::epoch).orElse("-").equals(base.epoch())) {
      throw refusal(
          "branch %s exists already and has gone another way: choose another name for %s"
              .formatted(name, StoreOptions.ON_AHEAD.key()));
    }
    forkSeries(state, base, name);
    Optional<EpochMarker> before = own.isPresent() ? own : Optional.of(base);
    return tables.fence(forked, before, restored) ? Optional.of(forked) : Optional.empty();
  }

  private void forkSeries(EpochState state, EpochMarker base, String name) {
    Table series = tables.series();
    if (series.snapshot(name) == null) {
      newestSeries(EpochLog.ancestors(series, state.branch()), state, base.checkpoint())
          .ifPresent(
              snapshot ->
                  series.manageSnapshots().createBranch(name, snapshot.snapshotId()).commit());
    }
  }

  /**
   * Takes back series of epochs that the branch of the rollups does not have and that do not wait
   * either: they are left of a roll-back, or of a run that was fenced off in between. What others
   * have added before or between them stays, such as the series of a publishing.
   */
  private void setSeriesBack(EpochState state, long checkpoint) {
    Table series = tables.series();
    Optional<EpochMarker> head =
        EpochLog.nearest(EpochLog.ancestors(series, state.branch()), state.lineage());
    boolean isWaiting =
        head.isPresent()
            && state.pending().stream().anyMatch(epoch -> epoch.id().equals(head.get().epoch()));
    if (head.isEmpty() || head.get().checkpoint() <= checkpoint || isWaiting) {
      return;
    }
    MetadataChange.commit(
        series,
        now ->
            newestSeries(ancestors(now, state.branch()), state, checkpoint)
                .filter(snapshot -> snapshot.snapshotId() != now.ref(state.branch()).snapshotId())
                .map(snapshot -> withHead(now, state.branch(), snapshot.snapshotId()).build()));
  }

  private static Optional<Snapshot> newestSeries(
      Iterable<Snapshot> ancestors, EpochState state, long checkpoint) {
    for (Snapshot snapshot : ancestors) {
      boolean isLater =
          EpochMarker.of(snapshot)
              .map(
                  marker ->
                      marker.lineage().equals(state.lineage()) && marker.checkpoint() > checkpoint)
              .orElse(false);
      if (!isLater) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  static SuppressRestartsException refusal(String message) {
    return new SuppressRestartsException(new IllegalStateException(message));
  }
}
