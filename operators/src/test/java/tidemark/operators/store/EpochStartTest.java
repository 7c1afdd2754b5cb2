package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.SetBacks;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;

/** What a run does about the tables that it finds. */
class EpochStartTest {
  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  /** Epochs 1 to 3; the state of epoch 1. */
  private OperatorSubtaskState stateOfOneOfThree() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      OperatorSubtaskState state = run.barrier(1L);
      run.complete(1L);
      run.write(true);
      run.barrier(2L);
      run.complete(2L);
      run.epoch(3L);
      return state;
    }
  }

  /** Whoever looks at the head of the branch sees what it reflects, also behind a fence. */
  @Test
  void aFenceRepeatsWhatTheLastEpochSaid() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      assertThat(headSummary()).containsEntry("tidemark.fence", "0");
      assertThat(headSummary()).doesNotContainKeys("tidemark.checkpoint", "tidemark.epoch");
      run.watermark(5_000L);
      state = run.epoch(1L);
    }
    Map<String, String> epoch = headSummary();
    EpochRun.restored(store, state, 1L).close();
    Map<String, String> fence = headSummary();
    assertThat(fence).containsEntry("tidemark.fence", "1");
    assertThat(fence.get("tidemark.run")).isNotEqualTo(epoch.get("tidemark.run"));
    assertThat(fence).containsEntry("tidemark.points-accepted", "0");
    for (String key :
        List.of(
            "tidemark.lineage",
            "tidemark.checkpoint",
            "tidemark.epoch",
            "tidemark.offsets",
            "tidemark.watermark-ms",
            "tidemark.watermark-kind",
            "tidemark.total-points-accepted")) {
      assertThat(fence).containsEntry(key, epoch.get(key));
    }
  }

  @Test
  void refusesATableAheadAndNamesTheCures() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    String ahead = head("main", "tidemark.epoch");
    String lineage = head("main", "tidemark.lineage");
    assertRefused(
        store.config(),
        state,
        1L,
        "branch main of the tables is at epoch " + ahead + " of lineage " + lineage,
        "restored from checkpoint 1 stands at epoch 1-",
        "resume from a savepoint or checkpoint of epoch " + ahead + " or later",
        "set tidemark.store.on-ahead to rollback",
        "or to branch=NAME");
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
  }

  @Test
  void rollbackTakesBackWhatWasCommittedSince() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    long ahead = mainSequence();
    try (EpochRun run = EpochRun.start(store, store.onAhead("rollback"), state, 1L)) {
      assertThat(store.epochs()).containsExactly("1+1");
      assertThat(store.seriesEpochs("main")).containsExactly("1+1");
      Map<String, String> properties = store.withRollups(Table::properties);
      assertThat(SetBacks.contain(properties, ahead)).isTrue();
      assertThat(SetBacks.contain(properties, mainSequence())).as("its fence").isFalse();
      run.epoch(2L);
      run.write(true);
      state = run.barrier(3L);
      run.complete(3L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
    assertThat(store.seriesEpochs("main")).containsExactly("1+1", "3+1");
    EpochRun.restored(store, state, 3L).close(); // the line goes on without any option
  }

  /** The restart of a job that rolled back must not find its own work ahead. */
  @Test
  void rollbackIsRepeatable() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    EpochRun.start(store, store.onAhead("rollback"), state, 1L).close();
    try (EpochRun run = EpochRun.start(store, store.onAhead("rollback"), state, 1L)) {
      run.epoch(2L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1");
  }

  @Test
  void branchLeavesMainAlone() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    long main = mainSnapshot();
    OperatorSubtaskState forked;
    try (EpochRun run = EpochRun.start(store, store.onAhead("branch=what-if"), state, 1L)) {
      run.write(true);
      forked = run.barrier(2L);
      run.complete(2L);
    }
    assertThat(mainSnapshot()).isEqualTo(main);
    assertThat(store.seriesEpochs("main")).containsExactly("1+1", "2+1");
    assertThat(store.epochs("what-if")).containsExactly("1+1", "2+1");
    assertThat(store.seriesEpochs("what-if")).containsExactly("1+1", "2+1");
    assertThat(head("what-if", "tidemark.lineage")).isNotEqualTo(head("main", "tidemark.lineage"));

    try (EpochRun run = EpochRun.restored(store, forked, 2L)) { // knows its branch by itself
      run.epoch(3L);
    }
    assertThat(store.epochs("what-if")).containsExactly("1+1", "2+1", "3+1");
    assertThat(mainSnapshot()).isEqualTo(main);
  }

  @Test
  void aBranchThatOnlyStartedIsStartedAgain() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    StoreConfig config = store.onAhead("branch=b");
    EpochRun.start(store, config, state, 1L).close();
    try (EpochRun run = EpochRun.start(store, config, state, 1L)) {
      run.epoch(2L);
    }
    assertThat(store.epochs("b")).containsExactly("1+1", "2+1");
    assertRefused(config, state, 1L, "branch b exists already and has gone another way");
  }

  /** A savepoint of its own is taken, the job goes back behind it, and the savepoint is resumed. */
  @Test
  void anEpochThatWasNeverCommittedIsNotTakenForAnother() throws Exception {
    OperatorSubtaskState first;
    OperatorSubtaskState savepoint;
    try (EpochRun run = EpochRun.fresh(store)) {
      first = run.epoch(1L);
      run.write(false);
      run.write(false);
      savepoint = run.barrier(2L); // two rows, never committed
    }
    try (EpochRun run = EpochRun.restored(store, first, 1L)) {
      run.epoch(2L); // the same number, one row
      run.epoch(3L);
    }
    assertThat(store.epochs()).containsExactly("1+1", "2+1", "3+1");
    assertRefused(store.config(), savepoint, 2L, "branch main of the tables is at epoch 3-");
    EpochRun.start(store, store.onAhead("rollback"), savepoint, 2L).close();
    assertThat(store.epochs()).containsExactly("1+1", "2+2");
  }

  @Test
  void rollbackDoesNotTakeBackWhatOthersCommitted() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    try (EpochRun other = EpochRun.start(store, store.appending(), null, 0L)) {
      other.epoch(1L);
    }
    assertRefused(
        store.onAhead("rollback"),
        state,
        1L,
        "branch main cannot go back to epoch 1-",
        "its rows would be lost; set tidemark.store.on-ahead to branch=NAME");
    EpochRun.start(store, store.onAhead("branch=b"), state, 1L).close();
    assertThat(store.epochs("b")).containsExactly("1+1");
  }

  @Test
  void refusesATableThatLostEpochs() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(1L);
      state = run.epoch(2L);
    }
    Files.delete(folder.resolve("catalog.db"));
    for (String onAhead : List.of("refuse", "rollback", "branch=b")) {
      assertRefused(
          store.onAhead(onAhead),
          state,
          2L,
          "follows epoch 2-",
          "branch main of the tables is at epoch none",
          "it expired, or the catalog is older than the state");
    }
  }

  @Test
  void refusesWhenTheSnapshotOfTheEpochHasExpired() throws Exception {
    OperatorSubtaskState state = stateOfOneOfThree();
    store.withRollups(
        table -> {
          for (Snapshot snapshot : table.snapshots()) {
            if ("1".equals(snapshot.summary().get("tidemark.checkpoint"))) {
              table.expireSnapshots().expireSnapshotId(snapshot.snapshotId()).commit();
            }
          }
          return null;
        });
    assertRefused(store.onAhead("rollback"), state, 1L, "no snapshot of the former is left");
  }

  @Test
  void refusesAForeignLineageUnlessToldToAppend() throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(3L);
    }
    String epoch = head("main", "tidemark.epoch");
    assertRefused(
        store.config(),
        null,
        0L,
        "branch main holds epoch " + epoch,
        "starts without state",
        "set tidemark.store.on-existing to append");
    try (EpochRun run = EpochRun.start(store, store.appending(), null, 0L)) {
      run.epoch(1L);
    }
    assertThat(store.epochs()).containsExactly("3+1", "1+1");
  }

  /** A job that failed before its first commit is started anew, by Flink or by its user. */
  @Test
  void aLineageThatNeverCommittedIsInNobodysWay() throws Exception {
    EpochRun.fresh(store).close();
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(1L);
    }
    assertThat(store.epochs()).containsExactly("1+1");
  }

  /** An overwrite between two epochs, as publishing a replay makes it, is no epoch. */
  @Test
  void epochsGoOnAndRunsStartAfterRowsWereReplaced() throws Exception {
    OperatorSubtaskState state;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.epoch(1L);
      replaceAllFiles();
      state = run.epoch(2L);
    }
    replaceAllFiles();
    try (EpochRun run = EpochRun.restored(store, state, 2L)) {
      run.epoch(3L);
    }
    assertThat(headSummary()).containsEntry("tidemark.checkpoint", "3");
    assertThat(headSummary().get("tidemark.previous")).startsWith("2-");
    assertThat(headSummary()).containsEntry("tidemark.total-points-accepted", "3");
  }

  private void replaceAllFiles() throws Exception {
    List<DataFile> other = TableFiles.ofJson(List.of(store.rollupFile()), RollupsTable.SPEC);
    store.withRollups(
        table -> {
          OverwriteFiles overwrite =
              table.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue());
          other.forEach(overwrite::addFile);
          overwrite.set("tidemark.maintenance", "publish");
          overwrite.commit();
          return null;
        });
  }

  @Test
  void lineagesSideBySideKeepTheirPlaces() throws Exception {
    OperatorSubtaskState a;
    OperatorSubtaskState b;
    try (EpochRun one = EpochRun.fresh(store)) {
      a = one.epoch(1L);
    }
    try (EpochRun two = EpochRun.start(store, store.appending(), null, 0L)) {
      two.epoch(1L);
      b = two.epoch(2L);
    }
    String aLineage = lineageOfEpoch("1+1");
    // only the newest snapshot is left to look at, and it is of the other lineage
    store.withRollups(
        table -> {
          long head = table.currentSnapshot().snapshotId();
          var expire = table.expireSnapshots();
          table
              .snapshots()
              .forEach(
                  snapshot -> {
                    if (snapshot.snapshotId() != head) {
                      expire.expireSnapshotId(snapshot.snapshotId());
                    }
                  });
          expire.commit();
          return null;
        });
    try (EpochRun one = EpochRun.start(store, store.appending(), a, 1L);
        EpochRun two = EpochRun.start(store, store.appending(), b, 2L)) {
      one.epoch(2L);
      two.epoch(3L);
      one.epoch(3L);
    }
    assertThat(store.epochs()).containsExactly("2+1", "2+1", "3+1", "3+1");
    assertThat(
            store.<Optional<?>>withRollups(
                table -> EpochLog.nearest(EpochLog.ancestors(table, "main"), aLineage)))
        .isPresent();
  }

  private String lineageOfEpoch(String epoch) throws Exception {
    return store.withRollups(
        table -> {
          for (Snapshot snapshot : EpochLog.ancestors(table, "main")) {
            Map<String, String> summary = snapshot.summary();
            if (epoch.equals(
                    summary.get("tidemark.checkpoint") + "+" + summary.get("added-records"))
                && !summary.containsKey("tidemark.fence")
                && summary.get("tidemark.previous").isEmpty()
                && summary.get("tidemark.heads").equals("{}")) {
              return summary.get("tidemark.lineage");
            }
          }
          throw new AssertionError(epoch);
        });
  }

  private Map<String, String> headSummary() throws Exception {
    return store.withRollups(table -> table.currentSnapshot().summary());
  }

  private long mainSnapshot() throws Exception {
    return store.withRollups(table -> table.snapshot("main").snapshotId());
  }

  private long mainSequence() throws Exception {
    return store.withRollups(table -> table.snapshot("main").sequenceNumber());
  }

  private String head(String branch, String key) throws Exception {
    return store.withRollups(table -> table.snapshot(branch).summary().get(key));
  }

  private void assertRefused(
      StoreConfig config, OperatorSubtaskState state, long checkpoint, String... messages) {
    var refused =
        assertThatThrownBy(() -> EpochRun.start(store, config, state, checkpoint))
            .isInstanceOf(SuppressRestartsException.class)
            .rootCause();
    for (String message : messages) {
      refused.hasMessageContaining(message);
    }
  }
}
