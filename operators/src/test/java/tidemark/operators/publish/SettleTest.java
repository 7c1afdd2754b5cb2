package tidemark.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.ReplayedTables;
import tidemark.operators.ReplayedTables.Delta;
import tidemark.operators.ReplayedTables.Row;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.state.selection.PointSelection;

/** The end of a publishing: what it takes away, and what it must not. */
class SettleTest extends PublishFixture {
  private final Random random = new Random(21);

  /** Publishes "fix" over main's rows; returns what main holds then. */
  private List<Delta> published() throws IOException {
    main(ReplayedTables.random(random, 80, 3), 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    ReplayBranch.create(tables.catalog(), "old", origin(PointSelection.ALL));
    List<Delta> right = ReplayedTables.random(random, 80, 3);
    branch("fix", right, random);
    branch("old", right, random);
    PublishConfig publish = config(PublishConfig.Action.PUBLISH);
    assertThat(commit(publish, planner(publish).plan())).isPresent();
    return right;
  }

  private void settle() throws IOException {
    assertThat(planner(config(PublishConfig.Action.SETTLE)).plan().isDone()).isTrue();
  }

  private Optional<PublishRecord> record() {
    return PublishRecord.of(tables.rollups().properties(), "fix");
  }

  @Test
  void afterItNothingIsKeptApartAndNothingCanBeUndone() throws IOException {
    List<Delta> right = published();
    assertThat(HeldRange.all(tables.rollups())).extracting(HeldRange::branch).contains("fix");
    settle();
    settle();
    assertThat(HeldRange.all(tables.rollups())).extracting(HeldRange::branch).containsOnly("old");
    assertThat(tables.rollups().refs()).doesNotContainKey("before-publish-fix");
    assertThatThrownBy(() -> planner(config(PublishConfig.Action.UNDO)).plan())
        .hasMessage(
            "branch fix cannot be undone: its publishing was settled; replay the range again and"
                + " publish that");
    assertThatThrownBy(() -> planner(config(PublishConfig.Action.PUBLISH, "again")).plan())
        .hasMessage(
            "branch fix was published and that was settled, so it cannot be published once more:"
                + " replay the range into another branch");
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(right));
  }

  @Test
  void whatIsNotPublishedCannotBeSettled() throws IOException {
    assertThatThrownBy(this::settle)
        .hasMessage("branch fix is not published, so there is nothing to settle");
    published();
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    assertThatThrownBy(this::settle).hasMessageContaining("that was undone: publish it again");
    ReplayBranch.remove(tables.catalog(), "fix");
    settle();
    assertThat(record().orElseThrow().isSettled()).isTrue();
  }

  /** Else its rows would come beside those of the one that was settled. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBranchFromBeforeIsRefusedForAsLongAsItCouldCome(boolean isForgettingTried)
      throws IOException {
    List<Delta> right = published();
    settle();
    ReplayBranch.remove(tables.catalog(), "fix");
    main(List.of(), 1, random);
    if (isForgettingTried) {
      expireAllButHeads();
      assertThat(PublishSettlement.forget(tables.rollups())).isZero();
    }
    PublishConfig old =
        new PublishConfig(
            "old", Long.MIN_VALUE, Long.MAX_VALUE, PublishConfig.Action.PUBLISH, "x", "r", 1 << 20);
    assertThatThrownBy(() -> planner(old).plan())
        .hasMessageContaining("branch fix was published since and shares days with it");
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(right));
    ReplayBranch.remove(tables.catalog(), "old");
    tables.epoch("main", "live", END_MS, List.of(), random);
    expireAllButHeads();
    assertThat(PublishSettlement.forget(tables.rollups())).isOne();
    assertThat(record()).isEmpty();
  }

  @Test
  void ofSettlingAndUndoingAtOnceOneFindsTheOtherDone() throws IOException {
    published();
    Map<Row, Long> rows = tables.read("main");
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    PublishPlan plan = planner(undo).plan();
    settle();
    assertThat(commit(undo, plan)).as("it was planned before").isEmpty();
    assertThat(tables.read("main")).isEqualTo(rows);
    assertThat(record().orElseThrow().isSettled()).isTrue();
  }

  @Test
  void anUndoingOnItsWayIsStoppedByASettling() throws IOException {
    published();
    PublishRecord record = record().orElseThrow();
    assertThat(PublishSettlement.begin(tables.rollups(), record, "id", Optional.empty())).isTrue();
    settle();
    PublishRecord pending = record.withPending("id");
    PublishSettlement.end(
        tables.rollups(), pending, pending.with(tables.rollups().currentSnapshot(), true));
    assertThat(record().orElseThrow().isSettled()).isTrue();
    assertThat(record().orElseThrow().isUndone()).isFalse();
    assertThat(PublishSettlement.begin(tables.rollups(), record, "id2", Optional.empty()))
        .isFalse();
  }

  @Test
  void aPublishingThatFailedAfterAnUndoingCanBeTriedAgain() throws IOException {
    List<Delta> right = published();
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    PublishConfig again = config(PublishConfig.Action.PUBLISH, "again");
    PublishRecord planned = PublishRecord.ofJson(planner(again).plan().record());
    long head = tables.rollups().currentSnapshot().snapshotId();
    assertThat(PublishSettlement.begin(tables.rollups(), planned, "died", Optional.of(head)))
        .isTrue();
    assertThat(commit(again, planner(again).plan())).isPresent();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(right));
  }

  @Test
  void oldPublishingsAreSettledByAgeOfTheTable() throws IOException {
    List<Delta> right = published();
    assertThat(PublishSettlement.settleOld(tables.rollups(), 0)).as("nothing newer").isEmpty();
    tables.epoch("main", "live", END_MS, List.of(), random);
    assertThat(PublishSettlement.settleOld(tables.rollups(), 86_400_000L)).isEmpty();
    assertThat(PublishSettlement.settleOld(tables.rollups(), 0)).containsExactly("fix");
    assertThat(PublishSettlement.settleOld(tables.rollups(), 0)).isEmpty();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(right));
  }

  /** Folding, late rows and the next publishing after it, by a map of sums. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void theNextReplayIsPublishedOverIt(long seed) throws IOException {
    Random dice = new Random(seed);
    List<Delta> right = published();
    settle();
    ReplayBranch.remove(tables.catalog(), "fix");
    ReplayBranch.remove(tables.catalog(), "old");
    List<Delta> late = ReplayedTables.random(dice, 40, 3);
    main(late, 2, dice);
    fold(dice);
    base = tables.epoch("main", "live", END_MS, List.of(), dice);
    if (dice.nextBoolean()) {
      expireAllButHeads();
      PublishSettlement.forget(tables.rollups());
    }
    assertThat(tables.read("main"))
        .as("seed %d", seed)
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(right, late)));
    ReplayBranch.create(tables.catalog(), "next", origin(PointSelection.ALL));
    List<Delta> better = ReplayedTables.random(dice, 70, 3);
    branch("next", better, dice);
    List<Delta> later = ReplayedTables.random(dice, 20, 3);
    main(later, 1, dice);
    PublishConfig next =
        new PublishConfig(
            "next",
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            PublishConfig.Action.PUBLISH,
            "x",
            "n",
            1 << 20);
    assertThat(commit(next, planner(next).plan())).isPresent();
    assertThat(tables.read("main"))
        .as("seed %d", seed)
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(better, later)));
  }
}
