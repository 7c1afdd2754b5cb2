package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that commit to a branch which begins empty, beside one that commits to main. */
class EpochBranchTest {
  private static final String BRANCH = "again";

  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void mainHasOneEpoch() throws Exception {
    store = new StoreFolder(folder);
    try (EpochRun live = EpochRun.fresh(store)) {
      live.write(true);
      live.barrier(1L);
      live.complete(1L);
    }
  }

  private EpochRun replay(OperatorSubtaskState state, long checkpoint) throws Exception {
    return EpochRun.start(store, store.config().onBranch(BRANCH), state, checkpoint);
  }

  @Test
  void aFreshJobStartsOnABranchThatBeganEmpty() throws Exception {
    store.createReplay(BRANCH);
    OperatorSubtaskState state;
    try (EpochRun run = replay(null, 0L)) {
      run.write(true);
      state = run.barrier(1L);
      run.complete(1L);
    }
    try (EpochRun run = replay(state, 1L)) {
      run.epoch(2L);
    }
    assertThat(store.epochs(BRANCH)).containsExactly("1+1", "2+1");
    assertThat(store.seriesEpochs(BRANCH)).containsExactly("1+1");
    assertThat(store.epochs("main")).containsExactly("1+1");
    assertThat(store.seriesEpochs("main")).containsExactly("1+1");
  }

  @Test
  void aSecondFreshJobIsRefusedOnceTheFirstHasCommitted() throws Exception {
    store.createReplay(BRANCH);
    replay(null, 0L).close(); // a fence is no commit
    try (EpochRun run = replay(null, 0L)) {
      run.epoch(1L);
    }
    assertThatThrownBy(() -> replay(null, 0L))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("branch again holds epoch 1-")
        .hasMessageContaining("or remove the branch and begin again");
    assertThat(store.epochs(BRANCH)).containsExactly("1+1");
  }

  /** What main gets later is none of the branch's business, and the other way round. */
  @Test
  void bothGoOnSideBySide() throws Exception {
    store.createReplay(BRANCH);
    try (EpochRun live = EpochRun.start(store, store.appending(), null, 0L);
        EpochRun run = replay(null, 0L)) {
      live.epoch(1L);
      run.epoch(1L);
      live.epoch(2L);
      run.watermark(Long.MAX_VALUE);
      run.endInput();
      run.barrier(2L);
      run.complete(2L);
    }
    assertThat(store.epochs("main")).containsExactly("1+1", "1+1", "2+1");
    assertThat(store.epochs(BRANCH)).containsExactly("1+1", "2+0");
    String watermark =
        store.withRollups(table -> table.snapshot(BRANCH).summary().get("tidemark.watermark-ms"));
    assertThat(watermark).isEqualTo(Long.toString(Long.MAX_VALUE));
  }

  @Test
  void aBranchThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> replay(null, 0L))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("has no branch again that tidemark.store.branch names");
  }
}
