package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochCommitterTest {
  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  @Test
  void anEpochIsCommittedOnceHoweverOftenItIsAskedFor() throws Exception {
    EpochCommittable first = store.epoch("a", 1, true);
    EpochCommittable second = store.epoch("a", 2, false);
    try (EpochCommitter committer = new EpochCommitter(store.config())) {
      assertThat(StoreFolder.commit(committer, first)).isEmpty();
      assertThat(StoreFolder.commit(committer, first)).containsExactly(first);
      assertThat(StoreFolder.commit(committer, second, first)).containsExactly(first);
    }
    assertThat(store.rollupCommits()).containsExactly("a@1 +1", "a@2 +1");
    assertThat(store.seriesCommits()).containsExactly("a@1 +1");
  }

  @Test
  void aLostAnswerAddsNothing() throws Exception {
    EpochCommittable epoch = store.epoch("a", 1, true);
    store.commit(epoch); // it landed, and whoever asked died
    assertThat(store.commit(epoch)).containsExactly(epoch);
    assertThat(store.rollupCommits()).containsExactly("a@1 +1");
    assertThat(store.seriesCommits()).containsExactly("a@1 +1");
  }

  @Test
  void epochsAreCommittedInTheOrderOfTheirCheckpoints() throws Exception {
    store.commit(store.epoch("a", 10, true), store.epoch("a", 9, true), store.epoch("a", 2, true));
    assertThat(store.rollupCommits()).containsExactly("a@2 +1", "a@9 +1", "a@10 +1");
    assertThat(store.seriesCommits()).containsExactly("a@2 +1", "a@9 +1", "a@10 +1");
  }

  @Test
  void aSecondCommitterThatLooksBeforeTheFirstIsDoneCannotDouble() throws Exception {
    EpochCommittable epoch = store.epoch("a", 1, false);
    try (EpochCommitter stale = new EpochCommitter(store.config())) {
      StoreFolder.commit(stale, store.epoch("a", 0, false)); // has the tables open from here on
      store.commit(epoch);
      assertThat(StoreFolder.commit(stale, epoch)).containsExactly(epoch);
    }
    assertThat(store.rollupCommits()).containsExactly("a@0 +1", "a@1 +1");
  }

  @Test
  void theSameCheckpointOfAnotherLineageIsAnotherEpoch() throws Exception {
    store.commit(store.epoch("a", 1, false));
    assertThat(store.commit(store.epoch("b", 1, false))).isEmpty();
    assertThat(store.rollupCommits()).containsExactly("a@1 +1", "b@1 +1");
  }

  @Test
  void anEpochWithoutRowsStillSaysHowFarItIs() throws Exception {
    EpochCommittable some = store.epoch("a", 3, false);
    store.commit(new EpochCommittable("a", 3, List.of(), List.of(), some.summary()));
    assertThat(store.rollupCommits()).containsExactly("a@3 +null");
    assertThat(store.seriesCommits()).isEmpty();
  }

  @Test
  void theSeriesAreThereBeforeTheRollups() throws Exception {
    EpochCommittable good = store.epoch("a", 1, true);
    EpochCommittable broken =
        new EpochCommittable("a", 1, List.of("{"), good.seriesFiles(), good.summary());
    assertThatThrownBy(() -> store.commit(broken)).isInstanceOf(IOException.class);
    assertThat(store.rollupCommits()).isEmpty();
    assertThat(store.seriesCommits()).containsExactly("a@1 +1");

    assertThat(store.commit(good)).isEmpty();
    assertThat(store.rollupCommits()).containsExactly("a@1 +1");
    assertThat(store.seriesCommits()).containsExactly("a@1 +1");
  }
}
