package tidemark.operators.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.ReplayedTables;
import tidemark.operators.ReplayedTables.Delta;
import tidemark.operators.ReplayedTables.Row;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.MetadataChange;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.SetBacks;
import tidemark.serde.catalog.ShadowBranch;
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

  /** Else undoing would put the rows from before over another base than the record's. */
  @Test
  void aNameThatIsPublishedGetsNoOtherBase() throws IOException {
    Random random = new Random(13);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    Snapshot first = base;
    List<Delta> better = ReplayedTables.random(random, 100, 3);
    branch("fix", better, random);
    PublishConfig publish = config(PublishConfig.Action.PUBLISH);
    assertThat(commit(publish, planner(publish).plan())).isPresent();
    ReplayBranch.remove(tables.catalog(), "fix");
    List<Delta> late = ReplayedTables.random(random, 40, 3);
    main(late, 2, random);
    assertThatThrownBy(
            () -> ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL)))
        .hasMessageContaining("branch fix cannot get another base, for it is published")
        .hasMessageContaining("--undo, or --settle");
    fold(random);
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    assertThat(tables.read("main"))
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(points, late)));
    // what was undone holds its own base still, since another branch of before may be published
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    assertThat(HeldRange.all(tables.rollups()))
        .extracting(HeldRange::baseSequence)
        .containsExactlyInAnyOrder(first.sequenceNumber(), base.sequenceNumber());
    branch("fix", better, random);
    List<Delta> later = ReplayedTables.random(random, 40, 3);
    main(later, 2, random);
    fold(random);
    PublishConfig again = config(PublishConfig.Action.PUBLISH, "again");
    assertThat(commit(again, planner(again).plan())).isPresent();
    assertThat(tables.read("main"))
        .isEqualTo(ReplayedTables.expected(ReplayedTables.concat(better, later)));
  }

  @Test
  void aShadowThatIsPublishedGetsNoOtherBase() throws IOException {
    Random random = new Random(14);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    ShadowBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    main(points.subList(0, 10), 1, random);
    ShadowBranch.rebase(tables.rollups(), "fix", origin(PointSelection.ALL));
    PublishConfig publish = config(PublishConfig.Action.PUBLISH);
    assertThat(commit(publish, planner(publish).plan())).isPresent();
    main(points.subList(0, 10), 1, random);
    assertThatThrownBy(
            () -> ShadowBranch.rebase(tables.rollups(), "fix", origin(PointSelection.ALL)))
        .hasMessageContaining("branch fix cannot get another base, for it is published");
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    ShadowBranch.rebase(tables.rollups(), "fix", origin(PointSelection.ALL));
    assertThat(ReplayBranch.origin(tables.rollups(), "fix").orElseThrow().base())
        .isEqualTo(base.snapshotId());
  }

  /** Main may lack all that both bring: then no file that is gone tells one of the other. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoThatWerePlannedAtOnceOneIsDone(boolean isFirstDone) throws IOException {
    Random random = new Random(15);
    base = tables.epoch("main", "live", END_MS, List.of(), random);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    for (String name : List.of("fix", "old")) {
      ReplayBranch.create(tables.catalog(), name, origin(PointSelection.ALL));
      branch(name, points, random);
    }
    PublishConfig fix = config(PublishConfig.Action.PUBLISH);
    PublishConfig old = publishing("old", Long.MIN_VALUE, Long.MAX_VALUE);
    PublishPlan planned = planner(fix).plan();
    PublishPlan other = planner(old).plan();
    PublishRecord record = PublishRecord.ofJson(planned.record());
    String why;
    if (isFirstDone) {
      assertThat(commit(fix, planned)).isPresent();
      why = "branch fix was published since and shares days with it";
    } else {
      assertThat(
              PublishSettlement.begin(
                  tables.rollups(), record, "id", Optional.of(head().snapshotId())))
          .isTrue();
      why = "branch fix shares days with it and is being published or undone";
    }
    assertThat(commit(old, other)).isEmpty();
    assertThatThrownBy(() -> planner(old).plan()).hasMessageContaining(why);
    if (!isFirstDone) {
      PublishConfig again = config(PublishConfig.Action.PUBLISH, "again");
      assertThat(commit(again, planner(again).plan())).as("repeated").isPresent();
    }
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points));
  }

  /** Rows that an undoing has put back look as if they came after the base of any other branch. */
  @Test
  void daysThatWereUndoneStayInTheRecordOfOthers() throws IOException {
    Random random = new Random(16);
    List<Delta> points = ReplayedTables.random(random, 300, HOURS);
    main(points, 2, random);
    for (String name : List.of("fix", "old")) {
      ReplayBranch.create(tables.catalog(), name, origin(PointSelection.ALL));
      branch(name, points, random);
    }
    long noonMs = ReplayedTables.START_MS + 12 * ReplayedTables.HOUR_MS;
    PublishConfig early = publishing("fix", Long.MIN_VALUE, noonMs);
    assertThat(commit(early, planner(early).plan())).isPresent();
    PublishConfig undo = config(PublishConfig.Action.UNDO);
    assertThat(commit(undo, planner(undo).plan())).isPresent();
    long lastMs = END_MS - ReplayedTables.HOUR_MS;
    PublishConfig late = publishing("fix", lastMs, Long.MAX_VALUE);
    assertThat(commit(late, planner(late).plan())).isPresent();
    PublishConfig old = publishing("old", Long.MIN_VALUE, noonMs);
    assertThatThrownBy(() -> planner(old).plan())
        .hasMessageContaining("branch fix was published since and shares days with it");
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points));
  }

  /** The snapshots that would show it may have expired. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsMeasuredAgainstAnEpochThatWasTakenBackIsRefused(boolean isExpired) throws IOException {
    Random random = new Random(17);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    Snapshot kept = head();
    main(ReplayedTables.random(random, 50, 3), 1, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points, random);
    PublishConfig publish = config(PublishConfig.Action.PUBLISH);
    PublishPlan planned = planner(publish).plan();
    MetadataChange.commit(
        tables.rollups(),
        now ->
            Optional.of(
                TableMetadata.buildFrom(now)
                    .setRef(
                        "main", SnapshotRef.builderFrom(now.ref("main"), kept.snapshotId()).build())
                    .setProperties(
                        SetBacks.with(
                            now.properties(), kept.sequenceNumber(), now.lastSequenceNumber()))
                    .build()));
    assertThat(commit(publish, planned)).as("planned before").isEmpty();
    for (int i = 0; i < 3; i++) {
      tables.epoch("main", "live", END_MS, List.of(), random);
    }
    if (isExpired) {
      expireAllButHeads();
    }
    assertThatThrownBy(() -> planner(publish).plan())
        .hasMessageContaining("main was set back behind its base");
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points));
  }

  @Test
  void aReportThatTheOppositeHasWrittenIsNoAnswer() throws IOException {
    Random random = new Random(18);
    List<Delta> points = ReplayedTables.random(random, 100, 3);
    main(points, 2, random);
    ReplayBranch.create(tables.catalog(), "fix", origin(PointSelection.ALL));
    branch("fix", points.subList(0, 50), random);
    PublishConfig publish = config(PublishConfig.Action.PUBLISH, "report");
    assertThat(commit(publish, planner(publish).plan())).isPresent();
    PublishConfig undo = config(PublishConfig.Action.UNDO, "report");
    PublishPlan plan = planner(undo).plan();
    assertThat(plan.isDone()).isFalse();
    assertThat(commit(undo, plan)).isPresent();
    assertThat(planner(undo).plan().isDone()).as("a restart finds its commit").isTrue();
    assertThat(tables.read("main")).isEqualTo(ReplayedTables.expected(points));
  }

  private static PublishConfig publishing(String branch, long fromMs, long toMs) {
    return new PublishConfig(
        branch, fromMs, toMs, PublishConfig.Action.PUBLISH, "x", "of " + branch + fromMs, 1 << 20);
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
