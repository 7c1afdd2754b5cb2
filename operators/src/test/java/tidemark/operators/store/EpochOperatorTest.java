package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.CommitLoop;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.partial.EpochReport;

/** Epochs in the course of one run, and from one run to the next; see also EpochStartTest. */
class EpochOperatorTest {
  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  @Test
  void gathersAllWritersIntoOneCommit() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      String series = store.seriesFile();
      run.write(result(store.rollupFile(), List.of(series), EpochRun.report(3, 100L, true)));
      run.write(result(store.rollupFile(), List.of(), EpochRun.report(4, 200L, true)));
      run.watermark(5_000L);
      run.barrier(1L);
      run.complete(1L);
      Map<String, String> first = headSummary();
      assertThat(first)
          .containsEntry("added-records", "2")
          .containsEntry("tidemark.checkpoint", "1")
          .containsEntry("tidemark.previous", "")
          .containsEntry("tidemark.offsets", "{\"points\":{\"0\":200}}")
          .containsEntry("tidemark.watermark-ms", "5000")
          .containsEntry("tidemark.watermark-kind", "heartbeat")
          .containsEntry("tidemark.points-accepted", "7")
          .containsEntry("tidemark.points-refused", "0")
          .containsEntry("tidemark.points-late", "0")
          .containsEntry("tidemark.points-stored", "0")
          .containsEntry("tidemark.records-refused", "0")
          .containsEntry("tidemark.total-points-accepted", "7");
      assertThat(first.get("tidemark.epoch"))
          .isEqualTo("1-" + first.get("tidemark.run").substring(0, 8));

      run.write(result(store.rollupFile(), List.of(), EpochRun.report(5, 300L, false)));
      run.barrier(2L);
      run.complete(2L);
      assertThat(headSummary())
          .containsEntry("tidemark.previous", first.get("tidemark.epoch"))
          .containsEntry("tidemark.lineage", first.get("tidemark.lineage"))
          .containsEntry("tidemark.points-accepted", "5")
          .containsEntry("tidemark.total-points-accepted", "12")
          .containsEntry("tidemark.watermark-kind", "estimated")
          .containsEntry("tidemark.watermark-ms", "5000");
    }
    assertThat(store.epochs()).containsExactly("1+2", "2+1");
    assertThat(store.seriesEpochs("main")).containsExactly("1+1");
  }

  @Test
  void nothingIsVisibleBeforeItsCheckpointIsComplete() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(false);
      run.barrier(1L);
      assertThat(store.epochs()).isEmpty();
      run.write(false);
      run.barrier(2L);
      run.complete(1L);
      assertThat(store.epochs()).containsExactly("1+1");
      run.complete(2L);
      assertThat(store.epochs()).containsExactly("1+1", "2+1");
    }
  }

  /** The rows of a checkpoint that failed are covered by the next one that does not. */
  @Test
  void epochsOfFailedCheckpointsComeWithTheNext() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      run.barrier(1L); // fails
      run.write(false);
      run.barrier(2L); // a savepoint: completes without notice
      run.write(false);
      run.barrier(3L);
      run.complete(3L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
  }

  @Test
  void anEpochWithoutNewsIsNotCommitted() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(1L);
      run.write(new WriterResult(List.of(), List.of(), EpochReport.empty()));
      run.barrier(2L);
      run.complete(2L);
      run.watermark(9_000L); // time alone is news
      run.barrier(3L);
      run.complete(3L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "3+0");
  }

  @Test
  void theLastEpochIsCommittedAfterTheEndOfInput() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(false);
      run.endInput();
      run.barrier(1L);
      run.complete(1L);
    }
    assertThat(store.epochs()).containsExactly("1+1");
  }

  @Test
  void lineageAndTotalsSurviveRestore() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.watermark(5_000L);
      state = run.epoch(7L);
    }
    String lineage = headSummary().get("tidemark.lineage");
    try (EpochRun run = EpochRun.restored(store, state, 7L)) {
      run.epoch(8L);
    }
    assertThat(headSummary())
        .containsEntry("tidemark.lineage", lineage)
        .containsEntry("tidemark.total-points-accepted", "2")
        .containsEntry("tidemark.watermark-ms", "5000");
    assertThat(store.epochs()).containsExactly("7+1", "8+1");
  }

  /** Dies between the completion of the checkpoint and the commit. */
  @Test
  void aRestoredRunCommitsWhatWaited() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      run.barrier(1L);
      run.write(false);
      state = run.barrier(2L);
    }
    EpochRun.restored(store, state, 2L).close();
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
    assertThat(store.seriesEpochs("main")).containsExactly("1+1");
  }

  /** Dies between the commit and anybody's knowing of it, after any of the epochs that waited. */
  @Test
  void aRestoredRunDoesNotCommitAgain() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      run.barrier(1L);
      run.write(true);
      state = run.barrier(2L);
      run.complete(1L);
    }
    EpochRun.restored(store, state, 2L).close();
    EpochRun.restored(store, state, 2L).close();
    try (EpochRun run = EpochRun.restored(store, state, 2L)) {
      run.epoch(3L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
    assertThat(store.seriesEpochs("main")).containsExactly("1+1", "2+1");
  }

  @Test
  void aCatalogThatIsAwayDelaysAndLosesNothing() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(1L);
      try (Connection other = DriverManager.getConnection(store.catalogUri());
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE"); // nobody else can write
        run.epoch(2L);
        run.epoch(3L); // does not even try before its time
        run.time(CommitLoop.FIRST_RETRY_MS); // again in vain
        assertThat(store.epochs()).containsExactly("1+1");
        statement.execute("ROLLBACK");
      }
      run.time(CommitLoop.FIRST_RETRY_MS + 2 * CommitLoop.FIRST_RETRY_MS - 1);
      assertThat(store.epochs()).containsExactly("1+1");
      run.time(CommitLoop.FIRST_RETRY_MS + 2 * CommitLoop.FIRST_RETRY_MS);
      assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
      run.epoch(4L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1", "4+1");
  }

  /** No timer fires in a task that is done. */
  @Test
  void theEndOfInputWaitsForNoOtherAttempt() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      try (Connection other = DriverManager.getConnection(store.catalogUri());
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        run.epoch(1L);
        statement.execute("ROLLBACK");
      }
      run.write(false);
      run.endInput();
      run.barrier(2L);
      run.complete(2L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  @Test
  void whatWaitsForACatalogSurvivesARestart() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store);
        Connection other = DriverManager.getConnection(store.catalogUri());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      run.epoch(1L);
      state = run.epoch(2L);
      statement.execute("ROLLBACK");
    }
    assertThat(store.epochs()).isEmpty();
    EpochRun.restored(store, state, 2L).close();
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  /** A process that was cut off and comes back, or a second job from the same savepoint. */
  @Test
  void whoeverStartedLastCommitsAlone() throws Exception {
    try (EpochRun zombie = EpochRun.fresh(store)) {
      OperatorSubtaskState state = zombie.epoch(1L);
      zombie.write(false);
      zombie.barrier(2L);
      try (EpochRun successor = EpochRun.restored(store, state, 1L)) {
        assertThatThrownBy(() -> zombie.complete(2L))
            .isInstanceOf(SuppressRestartsException.class)
            .cause()
            .hasMessageContaining("cannot be committed: run ")
            .hasMessageContaining("took over branch main at epoch 1-")
            .hasMessageContaining("let the other job run, or stop it and resume");
        successor.epoch(2L);
        assertThatThrownBy(() -> zombie.complete(2L)).isInstanceOf(SuppressRestartsException.class);
      }
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  /** The commit of the old run lands after the new one looked and before its fence. */
  @Test
  void aCommitThatLandsLateIsSeenByTheFence() throws Exception {
    PendingEpoch epoch =
        new PendingEpoch(1L, "1-old", "", List.of(store.rollupFile()), List.of(), Map.of());
    EpochState state = EpochState.fresh("a", "main").with(epoch);
    try (EpochTables old = new EpochTables(store.config(), "old", "job");
        EpochTables tables = new EpochTables(store.config(), "new", "job")) {
      old.fence(state, Optional.empty(), 0L);
      var looked = EpochLog.nearest(EpochLog.ancestors(tables.rollups(), "main"), "a");
      old.commit(state, epoch);
      assertThat(tables.fence(state, looked, 1L)).isFalse();

      EpochState begun = new EpochStart(tables, store.config(), 1L).begin(state);
      assertThat(begun.pending()).isEmpty();
      assertThat(store.epochs()).containsExactly("1+1");
      assertThatThrownBy(() -> old.commit(state, epoch)).isInstanceOf(SupersededException.class);
    }
  }

  /** The look is repeated inside the commit: of many at once, one lands. */
  @Test
  void committersAtOnceCannotDouble() throws Exception {
    int committers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(committers);
    try (EpochTables starter = new EpochTables(store.config(), "run", "job")) {
      EpochState state = EpochState.fresh("a", "main");
      starter.fence(state, Optional.empty(), 0L);
      String previous = "";
      for (int checkpoint = 1; checkpoint <= 10; checkpoint++) {
        PendingEpoch epoch =
            new PendingEpoch(
                checkpoint,
                checkpoint + "-run",
                previous,
                List.of(store.rollupFile()),
                List.of(store.seriesFile()),
                Map.of());
        CyclicBarrier together = new CyclicBarrier(committers);
        Callable<Void> commit =
            () -> {
              try (EpochTables tables = new EpochTables(store.waiting(), "run", "job")) {
                tables.rollups();
                together.await();
                tables.commit(state, epoch);
              }
              return null;
            };
        for (Future<Void> done : threads.invokeAll(Collections.nCopies(4, commit))) {
          done.get();
        }
        previous = epoch.id();
      }
    } finally {
      threads.shutdownNow();
    }
    List<String> once = IntStream.rangeClosed(1, 10).mapToObj(i -> i + "+1").toList();
    assertThat(store.epochs()).isEqualTo(once);
    assertThat(store.seriesEpochs("main")).isEqualTo(once);
  }

  /** The series of an epoch are there before its rollups. */
  @Test
  void aCommitThatFailsHalfWayIsFinished() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      state = run.barrier(1L);
    }
    String lineage = headSummary().get("tidemark.lineage");
    PendingEpoch broken =
        new PendingEpoch(1L, "1-x", "", List.of("{"), List.of(store.seriesFile()), Map.of());
    try (EpochTables tables = new EpochTables(store.config(), "other", "job")) {
      var before = EpochLog.nearest(EpochLog.ancestors(tables.rollups(), "main"), lineage);
      tables.fence(EpochState.fresh(lineage, "main"), before, 0L);
      assertThatThrownBy(() -> tables.commit(EpochState.fresh(lineage, "main"), broken))
          .isInstanceOf(IOException.class);
    }
    assertThat(store.epochs()).isEmpty();
    assertThat(store.seriesEpochs("main")).containsExactly("1+1");

    EpochRun.restored(store, state, 1L).close();
    assertThat(store.epochs()).containsExactly("1+1");
    assertThat(store.seriesEpochs("main")).hasSize(2); // the other's row merges with ours
  }

  private static WriterResult result(String rollups, List<String> series, EpochReport report) {
    return new WriterResult(List.of(rollups), series, report);
  }

  private Map<String, String> headSummary() throws Exception {
    return store.withRollups(table -> table.currentSnapshot().summary());
  }
}
