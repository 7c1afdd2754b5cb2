package tidemark.operators.store;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.JsonUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * The two tables, for one run that commits to them: the series first, so that no rollup is visible
 * before its series, then all tiers in one commit.
 *
 * <p>Exactly once by a chain, not by remembering: a commit of the rollups table is valid only while
 * the nearest marker of the lineage was written by this run and names the epoch before. That is
 * looked at first, and again inside the commit against the head it will replace, so a lost answer,
 * a commit that lands late, a second committer and a second job can neither double nor skip.
 */
final class EpochTables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EpochTables.class);
  private static final int RACES = 20;

  private enum Place {
    NEXT,
    DONE
  }

  private final StoreConfig config;
  private final String run;
  private final String job;
  private final ShardWatch shards;
  private TableCatalog catalog;
  private Table rollups;
  private Table series;

  /**
   * @param run random id of this start
   * @param job Flink's id of the job
   */
  EpochTables(StoreConfig config, String run, String job) {
    this.config = config;
    this.run = run;
    this.job = job;
    this.shards = new ShardWatch(config);
  }

  ShardWatch shards() {
    return shards;
  }

  /** The rollups table as it is now. */
  Table rollups() {
    open();
    rollups.refresh();
    return rollups;
  }

  /** The series table as it is now. */
  Table series() {
    open();
    series.refresh();
    return series;
  }

  String job() {
    return job;
  }

  private void open() {
    if (catalog == null) {
      TableCatalog opened = new TableCatalog(config.catalog());
      rollups = opened.rollups();
      series = opened.series();
      catalog = opened;
    }
  }

  /**
   * Says on the branch that from here on only this run commits.
   *
   * @param before marker of the lineage that the run goes on from, if it has any; the fence is
   *     refused if another one came meanwhile
   * @param restored checkpoint that the run was restored from, 0 for none
   * @return false if the branch has moved since {@code before} was read
   */
  boolean fence(EpochState state, Optional<EpochMarker> before, long restored) {
    Table table = rollups();
    Map<String, String> summary = new HashMap<>();
    before.ifPresent(marker -> carryOver(marker.summary(), summary));
    before
        .filter(marker -> !marker.epoch().isEmpty())
        .ifPresent(
            marker -> {
              summary.put(EpochKeys.EPOCH, marker.epoch());
              summary.put(EpochKeys.CHECKPOINT, Long.toString(marker.checkpoint()));
            });
    summary.put(EpochKeys.FENCE, Long.toString(restored));
    long seen = before.map(EpochMarker::snapshotId).orElse(-1L);
    for (int race = 0; race < RACES; race++) {
      String heads = heads(EpochLog.ancestors(table, state.branch()), state.lineage());
      AppendFiles append = table.newAppend().toBranch(state.branch());
      summary.forEach(append::set);
      identify(append, state.lineage(), heads);
      append.validateWith(
          ancestors ->
              nearestSnapshot(ancestors, state.lineage(), before) == seen
                  && heads(ancestors, state.lineage()).equals(heads));
      try {
        append.commit();
        return true;
      } catch (ValidationException e) {
        table.refresh();
        var now = EpochLog.ancestors(table, state.branch());
        if (nearestSnapshot(now, state.lineage(), before) != seen) {
          return false;
        }
      }
    }
    return false;
  }

  /** On a branch that was just made, the lineage goes on from a marker of the one it left. */
  private static long nearestSnapshot(
      Iterable<Snapshot> ancestors, String lineage, Optional<EpochMarker> before) {
    String wanted = before.map(EpochMarker::lineage).orElse(lineage);
    Optional<EpochMarker> own = EpochLog.nearest(ancestors, lineage);
    return (own.isPresent() ? own : EpochLog.nearest(ancestors, wanted))
        .map(EpochMarker::snapshotId)
        .orElse(-1L);
  }

  /** What an epoch said of itself stays true; what it counted is not counted twice. */
  private static void carryOver(Map<String, String> from, Map<String, String> to) {
    from.forEach(
        (key, value) -> {
          if (key.startsWith(EpochKeys.PREFIX)) {
            to.put(key, EpochKeys.isCountOfEpoch(key) ? "0" : value);
          }
        });
  }

  private void identify(AppendFiles append, String lineage, String heads) {
    append.set(EpochKeys.LINEAGE, lineage);
    append.set(EpochKeys.RUN, run);
    append.set(EpochKeys.JOB, job);
    append.set(EpochKeys.HEADS, heads);
  }

  private static String heads(Iterable<Snapshot> ancestors, String lineage) {
    return EpochLog.nearest(ancestors).map(marker -> marker.headsBeside(lineage)).orElse("{}");
  }

  /**
   * Commits an epoch unless it is committed already.
   *
   * @throws SupersededException if this run may not commit any more
   * @throws IOException if a file's description cannot be read
   */
  void commit(EpochState state, PendingEpoch epoch) throws IOException {
    Table table = rollups();
    for (int race = 0; race < RACES; race++) {
      Iterable<Snapshot> ancestors = EpochLog.ancestors(table, state.branch());
      if (place(ancestors, state, epoch) == Place.DONE) {
        LOG.info("epoch {} of lineage {} is already committed", epoch.id(), state.lineage());
        return;
      }
      shards.requireNewest(epoch.newestMs());
      if (!epoch.seriesFiles().isEmpty()) {
        commitSeries(state, epoch);
      }
      String heads = heads(ancestors, state.lineage());
      AppendFiles append = append(table, state, epoch, epoch.rollupFiles(), RollupsTable.SPEC);
      identify(append, state.lineage(), heads);
      append.validateWith(
          base -> isNext(base, state, epoch) && heads(base, state.lineage()).equals(heads));
      try {
        append.commit();
        LOG.info(
            "committed epoch {} of lineage {} to {} with {} files",
            epoch.id(),
            state.lineage(),
            state.branch(),
            epoch.rollupFiles().size());
        return;
      } catch (ValidationException e) {
        LOG.warn("epoch {}: {} moved during the commit", epoch.id(), state.branch());
        table.refresh();
      }
    }
    throw new ValidationException(
        "epoch %s found no place on %s in %s attempts, others commit too often",
        epoch.id(), state.branch(), RACES);
  }

  private boolean isNext(Iterable<Snapshot> ancestors, EpochState state, PendingEpoch epoch) {
    Optional<EpochMarker> marker = EpochLog.nearest(ancestors, state.lineage());
    return marker.isPresent()
        && marker.get().run().equals(run)
        && marker.get().epoch().equals(epoch.previous());
  }

  private Place place(Iterable<Snapshot> ancestors, EpochState state, PendingEpoch epoch) {
    Optional<EpochMarker> marker = EpochLog.nearest(ancestors, state.lineage());
    if (marker.isEmpty()) {
      throw new SupersededException(
          "branch %s has no commit of lineage %s any more: it was set back while this job ran; %s"
              .formatted(state.branch(), state.lineage(), CURE));
    }
    EpochMarker found = marker.get();
    if (!found.run().equals(run)) {
      throw new SupersededException(
          ("epoch %s of lineage %s cannot be committed: run %s took over branch %s at epoch %s, and"
                  + " this is run %s; %s")
              .formatted(
                  epoch.id(),
                  state.lineage(),
                  found.run(),
                  state.branch(),
                  found.epoch(),
                  run,
                  CURE));
    }
    if (found.epoch().equals(epoch.id())) {
      return Place.DONE;
    }
    if (!found.epoch().equals(epoch.previous())) {
      throw new SupersededException(
          "epoch %s of lineage %s follows epoch %s, but branch %s is at epoch %s; %s"
              .formatted(
                  epoch.id(),
                  state.lineage(),
                  epoch.previous(),
                  state.branch(),
                  found.epoch(),
                  CURE));
    }
    return Place.NEXT;
  }

  private static final String CURE =
      "let the other job run, or stop it and resume from its last savepoint or checkpoint";

  /** Series rows are facts that merge; it is enough that an epoch adds them once. */
  private void commitSeries(EpochState state, PendingEpoch epoch) throws IOException {
    Table table = series();
    if (holds(EpochLog.ancestors(table, state.branch()), state.lineage(), epoch)) {
      return;
    }
    AppendFiles append = append(table, state, epoch, epoch.seriesFiles(), SeriesTable.SPEC);
    identify(append, state.lineage(), "{}");
    append.validateWith(ancestors -> !holds(ancestors, state.lineage(), epoch));
    try {
      append.commit();
    } catch (ValidationException e) {
      table.refresh();
      if (!holds(EpochLog.ancestors(table, state.branch()), state.lineage(), epoch)) {
        throw e;
      }
    }
  }

  /** Epochs of a lineage stand in order, so the search ends at the first older one. */
  private static boolean holds(Iterable<Snapshot> ancestors, String lineage, PendingEpoch epoch) {
    for (Snapshot snapshot : ancestors) {
      Optional<EpochMarker> marker =
          EpochMarker.of(snapshot).filter(own -> own.lineage().equals(lineage));
      if (marker.isPresent() && marker.get().epoch().equals(epoch.id())) {
        return true;
      }
      if (marker.isPresent() && marker.get().checkpoint() < epoch.checkpoint()) {
        return false;
      }
    }
    return false;
  }

  private static AppendFiles append(
      Table table, EpochState state, PendingEpoch epoch, List<String> files, PartitionSpec spec)
      throws IOException {
    AppendFiles append = table.newAppend().toBranch(state.branch());
    for (String json : files) {
      append.appendFile(
          (DataFile) ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), spec));
    }
    epoch.summary().forEach(append::set);
    append.set(EpochKeys.CHECKPOINT, Long.toString(epoch.checkpoint()));
    append.set(EpochKeys.EPOCH, epoch.id());
    append.set(EpochKeys.PREVIOUS, epoch.previous());
    return append;
  }

  /** Ends the connection; the next use opens another. */
  @Override
  public void close() throws IOException {
    shards.close();
    if (catalog != null) {
      TableCatalog closing = catalog;
      catalog = null;
      closing.close();
    }
  }
}
