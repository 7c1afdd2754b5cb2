package tidemark.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.ReplayedTables;
import tidemark.operators.ReplayedTables.Delta;
import tidemark.operators.ReplayedTables.Row;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.state.selection.PointSelection;

/** Random tables against maps of sums: what main holds after publishing, and after undoing it. */
class PublishTest extends PublishFixture {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void mainHoldsTheNewRowsAndWhatCameLater(long seed) throws IOException {
    Random random = new Random(seed);
    List<Delta> points = ReplayedTables.random(random, 300, HOURS);
    List<Delta> wrong = new ArrayList<>(points);
    wrong.removeIf(point -> random.nextInt(9) == 0); // a bug of main: a lost partition
    main(wrong, 4, random);
    if (random.nextBoolean()) {
      fold(random);
      base = head();
    }
    PointSelection selection = selection(random);
    ReplayBranch.create(tables.catalog(), "fix", origin(selection));
    List<Delta> right = points.stream().filter(point -> selects(selection, point)).toList();
    branch("fix", right, random);
    List<Delta> late = ReplayedTables.random(random, 60, HOURS);
    main(late, 2, random);
    fold(random); // both sides of the base, each by itself
    Map<Row, Long> before = tables.read("main");
    assertThat(before).isEqualTo(ReplayedTables.expected(ReplayedTables.concat(wrong, late)));
    PublishPlan plan = planner(config(PublishConfig.Action.PUBLISH)).plan();
    Delta point = late.get(0);
    main(List.of(point), 1, random); // an epoch while it is written
    late = ReplayedTables.concat(late, List.of(point));
    Snapshot published = commit(config(PublishConfig.Action.PUBLISH), plan).orElseThrow();
    List<Delta> others = wrong.stream().filter(each -> !selects(selection, each)).toList();
    List<Delta> expected = ReplayedTables.concat(ReplayedTables.concat(others, right), late);
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(expected));
    // a reader of any snapshot sees one or the other
    assertThat(tables.read(published.parentId()))
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(wrong, late)));
    List<Delta> later = ReplayedTables.random(random, 40, HOURS);
    main(later, 2, random);
    fold(random);
    assertThat(tables.read("main"))
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(expected, later)));
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    assertThat(tables.read("main"))
        .isEqualTo(
            ReplayedTables.expected(
                ReplayedTables.concat(ReplayedTables.concat(wrong, late), later)));
    // and once more
    fold(random);
    PublishConfig again = config(PublishConfig.Action.PUBLISH, "again");
    assertThat(commit(again, planner(again).plan())).isPresent();
    assertThat(tables.read("main"))
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(expected, later)));
  }

  @Test
  void theGateAsksForAComparisonOfExactlyThisVersion() throws IOException {
    Random random = new Random(7);
    List<Delta> points = ReplayedTables.random(random, 50, HOURS);
    main(points, 1, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    PublishConfig config =
        new PublishConfig(
            "fix",
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            PublishConfig.Action.PUBLISH,
            "",
            "report",
            1 << 20);
    assertThatThrownBy(() -> planner(config).plan())
        .hasMessageContaining("cannot be published: it was not compared");
    long head = tables.rollups().refs().get("fix").snapshotId();
    verdict(head, false);
    assertThatThrownBy(() -> planner(config).plan())
        .hasMessageContaining("found {\"different\":1}");
    verdict(head - 1, true);
    assertThatThrownBy(() -> planner(config).plan()).hasMessageContaining("not compared");
    verdict(head, true);
    assertThat(planner(config).plan().gate()).contains("\"equal\":true");
    branch("fix", points.subList(0, 1), random);
    assertThatThrownBy(() -> planner(config).plan()).hasMessageContaining("not compared");
  }

  private void verdict(long snapshot, boolean isEqual) {
    String json =
        ("{\"left\":\"main\",\"left_snapshot\":%d,\"right\":\"fix\",\"right_snapshot\":%d,\"base\":%d,"
                + "\"whole\":true,\"complete\":true,\"equal\":%s,\"counts\":{\"different\":1}}")
            .formatted(base.snapshotId(), snapshot, base.snapshotId(), isEqual);
    tables
        .rollups()
        .updateProperties()
        .set(ReplayBranch.comparisonProperty("fix", "main"), json)
        .commit();
  }

  @Test
  void whatMustNotBeDoneIsRefused() throws IOException {
    Random random = new Random(8);
    List<Delta> points = ReplayedTables.random(random, 50, HOURS);
    main(points, 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    PublishConfig publish = config(PublishConfig.Action.PUBLISH);
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThatThrownBy(() -> planner(publish).plan()).hasMessageContaining("has not ended");
    assertThatThrownBy(() -> planner(undo).plan()).hasMessageContaining("is not published");
    branch("fix", points, random);
    // one that was made on an older base, and published later
    ReplayBranch.create(tables.catalog(), "old", origin(PointSelection.ALL));
    branch("old", points, random);
    assertThat(commit(publish, planner(publish).plan())).isPresent();
    PublishConfig other = config(PublishConfig.Action.PUBLISH, "other");
    assertThatThrownBy(() -> planner(other).plan()).hasMessageContaining("is published already");
    PublishConfig old =
        new PublishConfig(
            "old", Long.MIN_VALUE, Long.MAX_VALUE, PublishConfig.Action.PUBLISH, "x", "r", 1 << 20);
    assertThatThrownBy(() -> planner(old).plan())
        .hasMessageContaining("branch fix was published since and shares days with it");
    assertThat(planner(publish).plan().isDone()).as("a restart finds its commit").isTrue();
  }

  @Test
  void aFileOfLaterRowsThatWereFoldedBeforeTheBranchWasMadeIsRefused() throws IOException {
    Random random = new Random(9);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    main(points.subList(0, 20), 2, random);
    base = tables.rollups().snapshot(head().parentId());
    Snapshot chosen = base;
    fold(random); // knows of no branch: both sides of what will be the base
    base = chosen;
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    assertThatThrownBy(() -> planner(config(PublishConfig.Action.PUBLISH)).plan())
        .hasMessageContaining("may have been folded into it; replay the range again");
  }

  @Test
  void aFileThatIsGoneMeansPlanningAgain() throws IOException {
    Random random = new Random(10);
    List<Delta> points = ReplayedTables.random(random, 200, 3);
    main(points, 4, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points.subList(0, 150), random);
    PublishConfig config = config(PublishConfig.Action.PUBLISH);
    PublishPlan plan = planner(config).plan();
    fold(random);
    Map<Row, Long> before = tables.read("main");
    assertThat(commit(config, plan)).isEmpty();
    assertThat(tables.read("main")).isEqualTo(before);
    assertThat(PublishRecord.all(tables.rollups().properties())).isEmpty();
    assertThat(commit(config, planner(config).plan())).isPresent();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points.subList(0, 150)));
  }

  @Test
  void everyRowOfMainOutlivesTheBranchAndExpiry() throws IOException {
    Random random = new Random(11);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    List<Delta> better = ReplayedTables.random(random, 100, 3);
    branch("fix", better, random);
    PublishConfig config = config(PublishConfig.Action.PUBLISH);
    assertThat(commit(config, planner(config).plan())).isPresent();
    ReplayBranch.remove(tables.catalog(), "fix");
    expireAllButHeads();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(better));
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    expireAllButHeads();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points));
  }

  @Test
  void aCommitWhoseAnswerWasLostIsFound() throws IOException {
    Random random = new Random(12);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    PublishConfig config = config(PublishConfig.Action.PUBLISH);
    PublishPlan plan = planner(config).plan();
    Snapshot published = commit(config, plan).orElseThrow();
    PublishRecord record =
        PublishRecord.ofJson(plan.record())
            .withPending(published.summary().get("tidemark.publish-id"));
    tables
        .rollups()
        .updateProperties()
        .set(PublishRecord.property("fix"), record.toJson())
        .commit();
    assertThat(HeldRange.all(tables.rollups()).get(0).isPending()).isTrue();
    assertThat(planner(config).plan().isDone()).isTrue();
    assertThat(PublishRecord.of(tables.rollups().properties(), "fix").orElseThrow().last())
        .isEqualTo(published.sequenceNumber());
  }
}
