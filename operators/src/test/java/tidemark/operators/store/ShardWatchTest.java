package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.EpochReport.Position;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/** A job whose shard map is not the newest, over real tables and a real map. */
class ShardWatchTest {
  private static final long MAX_FUTURE_MS = 600_000L;
  private static final long MOVE_MS = 1_767_225_600_000L;

  /** The last record that holds no point of the time from which the move holds. */
  private static final long LAST_SAFE_MS = MOVE_MS - MAX_FUTURE_MS - 1;

  private static final long FIRST_UNSAFE_MS = LAST_SAFE_MS + 1;
  private static final ShardMap FIRST = ShardMap.first(4);

  // acme is a job's own by the first map: which shards those are does not matter here
  private static final String OWN = Integer.toString(FIRST.shardOf("acme", 0));
  private static final int OTHERS = 9;
  private static final ShardMap MOVED_AWAY = FIRST.with(new Move("acme", OTHERS, MOVE_MS));

  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() throws IOException {
    store = new StoreFolder(folder);
    publish(FIRST);
  }

  // ---- while it runs

  @Test
  void commitsGoOnWhileTheMoveIsFarAway() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS - 5_000L);
      publish(MOVED_AWAY);
      epoch(run, 2L, LAST_SAFE_MS);
      epoch(run, 3L, LAST_SAFE_MS - 9_000L); // of a partition that is behind
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
    assertThat(headSummary())
        .containsEntry("tidemark.newest-record-ms", Long.toString(LAST_SAFE_MS));
  }

  /** Orgs that come from another's shard and go to one, and moves among the job's own. */
  @Test
  void movesOfOthersStopNobody() throws Exception {
    String free = "0-2";
    String org = orgOf(3);
    ShardMap others = FIRST.with(new Move(org, OTHERS, 0L));
    String own = orgOf(0);
    ShardMap amongOwn = others.with(new Move(own, 1, 0L)).with(new Move(own, 2, MOVE_MS));
    ShardMap second = new ShardMap(3, 4, amongOwn.moves());
    try (EpochRun run = start(share(FIRST, free), null, 0L)) {
      publish(others);
      epoch(run, 1L, MOVE_MS);
      publish(second);
      epoch(run, 2L, MOVE_MS + 1_000L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  @Test
  void aCommitOverRecordsOfAnothersTimeFailsForGood() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS);
      write(run, FIRST_UNSAFE_MS, true);
      run.barrier(2L); // the move is not known yet
      publish(MOVED_AWAY);
      assertSuperseded(() -> run.complete(2L));
      assertSuperseded(() -> run.complete(2L));
    }
    assertThat(store.epochs()).containsExactly("1+1");
    assertThat(store.seriesEpochs("main")).isEmpty();
  }

  /** An org that comes is left out of what was read before, and that must not be lost. */
  @Test
  void anOrgThatComesStopsTheJobToo() throws Exception {
    try (EpochRun run = start(share(FIRST, "9"), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS);
      publish(MOVED_AWAY);
      write(run, FIRST_UNSAFE_MS, false);
      run.barrier(2L);
      assertSuperseded(() -> run.complete(2L));
    }
    assertThat(store.epochs()).containsExactly("1+1");
  }

  @Test
  void noCheckpointCoversSuchRecordsOnceTheMoveWasSeen() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      publish(MOVED_AWAY);
      epoch(run, 1L, LAST_SAFE_MS); // looks at the map
      write(run, FIRST_UNSAFE_MS, false);
      assertSuperseded(() -> run.barrier(2L));
    }
    assertThat(store.epochs()).containsExactly("1+1");
  }

  /** Also if the partition with the newest record has brought nothing since. */
  @Test
  void whatWasReadBeforeCounts() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      write(run, FIRST_UNSAFE_MS, false);
      run.barrier(1L); // fails elsewhere
      publish(MOVED_AWAY);
      run.write(result(store, LAST_SAFE_MS - 60_000L, "points/1", false));
      run.barrier(2L);
      assertSuperseded(() -> run.complete(2L));
    }
    assertThat(store.epochs()).isEmpty();
  }

  @Test
  void heartbeatsAloneHoldNoPoints() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      publish(MOVED_AWAY);
      Position heartbeats = new Position(1L, true);
      run.write(
          new WriterResult(
              List.of(),
              List.of(),
              new EpochReport(new TreeMap<>(), new TreeMap<>(Map.of("points/0", heartbeats)))));
      run.watermark(MOVE_MS + 3_600_000L);
      run.barrier(1L);
      run.complete(1L);
    }
    assertThat(store.epochs()).containsExactly("1+0");
  }

  @Test
  void aJobWithTheNewestMapPassesTheMove() throws Exception {
    publish(MOVED_AWAY);
    try (EpochRun run = start(share(MOVED_AWAY, OWN), null, 0L)) {
      epoch(run, 1L, FIRST_UNSAFE_MS);
      epoch(run, 2L, MOVE_MS + 1_000L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  // ---- restored

  @Test
  void aStateOfBeforeTheMoveGoesOnWithTheNewMap() throws Exception {
    OperatorSubtaskState state = stateOf(LAST_SAFE_MS);
    publish(MOVED_AWAY);
    try (EpochRun run = start(share(MOVED_AWAY, OWN), state, 1L)) {
      epoch(run, 2L, MOVE_MS + 1_000L);
      state = run.barrier(3L);
    }
    start(share(MOVED_AWAY, OWN), state, 3L).close();
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  @Test
  void aStateOfBehindTheMoveDoesNotStart() throws Exception {
    OperatorSubtaskState state = stateOf(FIRST_UNSAFE_MS);
    publish(MOVED_AWAY);
    assertRefused(
        share(MOVED_AWAY, OWN),
        state,
        "the restored state has read records of up to 2025-12-31T23:50:00Z by an older shard map",
        "by version 2 other points are this job's from 2026-01-01T00:00:00Z on",
        "resume from a savepoint or checkpoint of before 2025-12-31T23:50:00Z");
    assertThat(store.epochs()).containsExactly("1+1");
  }

  /** What waits in a state that was taken before the move is not committed behind it. */
  @Test
  void whatWaitedIsNotCommittedBehindTheMove() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      write(run, FIRST_UNSAFE_MS, true);
      state = run.barrier(1L);
    }
    publish(MOVED_AWAY);
    assertRefused(share(MOVED_AWAY, OWN), state, "by an older shard map");
    assertSuperseded(() -> start(share(FIRST, OWN), state, 1L).close()); // not submitted again
    assertThat(store.epochs()).isEmpty();
    assertThat(store.seriesEpochs("main")).isEmpty();
  }

  @Test
  void aStateOfANewerMapThanTheJobsDoesNotStart() throws Exception {
    publish(MOVED_AWAY);
    OperatorSubtaskState state;
    try (EpochRun run = start(share(MOVED_AWAY, OWN), null, 0L)) {
      state = epoch(run, 1L, LAST_SAFE_MS);
    }
    assertRefused(
        share(FIRST, OWN),
        state,
        "the restored state was counted by a shard map of 1 moves, and this job was submitted with"
            + " 0: submit it again, so that it reads the newest");
  }

  // ---- tables that were nobody's

  @Test
  void aJobWithoutShardsGoesOnWithAllOfThem() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      state = epoch(run, 1L, MOVE_MS + 1_000L);
    }
    try (EpochRun run = start(share(FIRST, "0-3"), state, 1L)) {
      state = epoch(run, 2L, MOVE_MS + 2_000L);
    }
    publish(FIRST.with(new Move("acme", OTHERS, MOVE_MS + 3_600_000L)));
    try (EpochRun run = start(share(FIRST, "0-3"), state, 2L)) {
      epoch(run, 3L, MOVE_MS + 3_000L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
  }

  /** Its points, some of which lie in open windows, are not only those of the shards. */
  @Test
  void aJobWithoutShardsDoesNotGoOnWithSomeOfThem() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      state = epoch(run, 1L, LAST_SAFE_MS);
    }
    assertRefused(
        share(FIRST, "0-2"),
        state,
        "the restored state has counted the points of all shards",
        "tidemark.shards.served must have 0-3 at least, got 0-2");
    assertThat(store.epochs()).containsExactly("1+1");
  }

  /** The older state says nothing of records, so it may have read any. */
  @Test
  void aStateOfAnOlderFormatGoesOnIfNothingWasMoved() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(
          new WriterResult(
              List.of(store.rollupFile()), List.of(), read("points/0", Long.MIN_VALUE)));
      state = run.barrier(1L);
      run.complete(1L);
    }
    ShardMap moved = FIRST.with(new Move(orgOf(0), OTHERS, MOVE_MS));
    publish(moved);
    assertRefused(share(moved, "0-3"), state, "has read records of up to any time");
    start(share(FIRST, "0-3"), state, 1L).close();
    assertThat(store.epochs()).containsExactly("1+1");
  }

  // ---- tables that are somebody's

  @Test
  void aJobWithoutShardsDoesNotStartOnClaimedTables() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS);
    }
    claim(OWN);
    for (StoreConfig config : List.of(store.config(), store.appending())) {
      assertThatThrownBy(() -> EpochRun.start(store, config, null, 0L))
          .isInstanceOf(SuppressRestartsException.class)
          .cause()
          .hasMessage(
              "the tables of tidemark hold the points of shards %s, and this job would count those"
                  + " of all: set tidemark.shards.served to the former",
              OWN);
    }
    assertThat(store.epochs()).containsExactly("1+1");
  }

  @Test
  void aJobWithoutShardsDoesNotGoOnWithAStateOfSome() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      state = epoch(run, 1L, LAST_SAFE_MS);
    }
    assertThatThrownBy(() -> EpochRun.restored(store, state, 1L))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("the restored state has counted the points of some shards")
        .hasMessageContaining("set tidemark.shards.served");
  }

  /** A restored job stays on its branch, whatever its settings say. */
  @Test
  void theBranchOfTheStateDecidesWhoseTablesTheyAre() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      state = epoch(run, 1L, LAST_SAFE_MS);
    }
    claim("0-3");
    assertThatThrownBy(() -> EpochRun.start(store, store.config().onBranch("shadow"), state, 1L))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("the tables of tidemark hold the points of shards 0-3");
    assertThatThrownBy(() -> start(share(FIRST, "0-4"), state, 1L))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            "the tables of tidemark hold the points of shards 0-3, and this job would count those"
                + " of 0-4: set tidemark.shards.served to the former");
    start(share(FIRST, "0-3"), state, 1L).close();
  }

  /** Nobody reads a branch: a shadow of all shards may run beside. */
  @Test
  void aBranchOfClaimedTablesIsFree() throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS);
    }
    claim(OWN);
    store.createReplay("shadow");
    try (EpochRun run = EpochRun.start(store, store.config().onBranch("shadow"), null, 0L)) {
      epoch(run, 1L, LAST_SAFE_MS);
    }
    assertThat(store.epochs("shadow")).containsExactly("1+1");
  }

  // ---- what is needed for it

  private EpochRun start(ShardShare share, OperatorSubtaskState state, long checkpoint)
      throws Exception {
    StoreConfig config = store.config().guardedBy(new ShardGuard(share, "tidemark", MAX_FUTURE_MS));
    return EpochRun.start(store, config, state, checkpoint);
  }

  /** State of a job by the first map, with one epoch. */
  private OperatorSubtaskState stateOf(long newestMs) throws Exception {
    try (EpochRun run = start(share(FIRST, OWN), null, 0L)) {
      return epoch(run, 1L, newestMs);
    }
  }

  private OperatorSubtaskState epoch(EpochRun run, long checkpoint, long newestMs)
      throws Exception {
    write(run, newestMs, false);
    OperatorSubtaskState state = run.barrier(checkpoint);
    run.complete(checkpoint);
    return state;
  }

  private void write(EpochRun run, long newestMs, boolean hasSeries) throws Exception {
    run.write(result(store, newestMs, "points/0", hasSeries));
  }

  private static WriterResult result(
      StoreFolder store, long newestMs, String partition, boolean hasSeries) throws IOException {
    return new WriterResult(
        List.of(store.rollupFile()),
        hasSeries ? List.of(store.seriesFile()) : List.of(),
        read(partition, newestMs));
  }

  private static EpochReport read(String partition, long newestMs) {
    return new EpochReport(
        new TreeMap<>(Map.of(EpochReport.RECORDS_READ, 1L)),
        new TreeMap<>(Map.of(partition, new Position(1L, true, newestMs))));
  }

  private static ShardShare share(ShardMap map, String shards) {
    return new ShardShare(map, ShardNumbers.parse(shards, "shards"));
  }

  private static String orgOf(int shard) {
    int i = 0;
    while (FIRST.shardOf("org-" + i, 0L) != shard) {
      i++;
    }
    return "org-" + i;
  }

  private void publish(ShardMap map) throws IOException {
    try (TableCatalog catalog = new TableCatalog(store.config().catalog())) {
      assertThat(ShardMaps.add(catalog.shards(), map)).isTrue();
    }
  }

  private void claim(String shards) throws IOException {
    try (TableCatalog catalog = new TableCatalog(store.config().catalog())) {
      ShardClaims.claim(
          catalog.shards(), store.config().catalog(), ShardNumbers.parse(shards, "shards"));
    }
  }

  private Map<String, String> headSummary() throws IOException {
    return store.withRollups(table -> table.currentSnapshot().summary());
  }

  private static void assertSuperseded(ThrowingCallable step) {
    Throwable thrown = catchThrowable(step);
    assertThat(thrown).as("what ends the job").isNotNull();
    // what the failure handler of a job looks for
    assertThat(
            ThrowableClassifier.findThrowableOfThrowableType(
                thrown, ThrowableType.NonRecoverableError))
        .as("no restart after %s", thrown)
        .isPresent();
    assertThat(thrown)
        .rootCause()
        .isInstanceOf(SupersededException.class)
        .hasMessageContaining("this job counts by version 1 of the shard map")
        .hasMessageContaining("has read records of up to 2025-12-31T23:50:00Z")
        .hasMessageContaining(
            "by version 2 other points are its own from 2026-01-01T00:00:00Z on: submit it again");
  }

  private void assertRefused(ShardShare share, OperatorSubtaskState state, String... parts) {
    assertThatThrownBy(() -> start(share, state, 1L))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContainingAll(parts);
  }
}
