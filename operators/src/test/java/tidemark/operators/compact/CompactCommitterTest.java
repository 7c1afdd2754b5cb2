package tidemark.operators.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.MaintainedTables;
import tidemark.operators.TestPartials;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;
import tidemark.state.selection.PointSelection;

/** Plan, fold and commit on a real table, beside others who change it. */
class CompactCommitterTest {
  private static final long DAY_START_MS = 20_454 * MaintainedTables.DAY_MS;
  private static final CompactConfig CONFIG =
      new CompactConfig(1_000, 128L << 20, 64L << 20, 0, 60_000, CompactOptions.Effort.FRUGAL);

  @TempDir Path folder;
  private MaintainedTables tables;
  private final Random random = new Random(1);
  private final List<TestPartials.Point> points = new ArrayList<>();

  @BeforeEach
  void openTables() {
    tables = new MaintainedTables(folder);
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  @Test
  void foldedFilesTakeThePlaceOfTheirs() throws IOException {
    appendFiles("main", 9);
    CompactResult result = fold(planner("main"));
    assertThat(committer("main").commit(List.of(result))).isTrue();
    assertThat(tables.files("main")).hasSize(1);
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
    Snapshot head = BranchHead.snapshot(tables.rollups(), "main").orElseThrow();
    assertThat(head.summary())
        .containsEntry("tidemark.maintenance", "compact")
        .containsEntry("tidemark.rows-before", Long.toString(result.rowsBefore()))
        .doesNotContainKey("tidemark.lineage");
    assertThat(BranchHead.watermarkMs(tables.rollups(), "main")).hasValue(0L);
  }

  @Test
  void epochsThatAreAppendedMeanwhileStay() throws IOException {
    appendFiles("main", 9);
    CompactResult result = fold(planner("main"));
    appendFiles("main", 2);
    assertThat(committer("main").commit(List.of(result))).isTrue();
    assertThat(tables.files("main")).hasSize(3);
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
  }

  @Test
  void aFoldMayOutliveTheSnapshotThatItWasPlannedAt() throws IOException {
    appendFiles("main", 9);
    CompactResult result = fold(planner("main"));
    Snapshot planned = BranchHead.snapshot(tables.rollups(), "main").orElseThrow();
    appendFiles("main", 2);
    tables.rollups().expireSnapshots().expireSnapshotId(planned.snapshotId()).commit();
    assertThat(committer("main").commit(List.of(result))).isTrue();
    assertThat(tables.files("main")).hasSize(3);
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
  }

  @Test
  void aFoldMayOutliveSnapshotsBehindTheOneThatItWasPlannedAt() throws IOException {
    appendFiles("main", 9);
    CompactResult result = fold(planner("main"));
    Snapshot next = appendFiles("main", 1);
    appendFiles("main", 1);
    tables.rollups().expireSnapshots().expireSnapshotId(next.snapshotId()).commit();
    assertThat(committer("main").commit(List.of(result))).isTrue();
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
  }

  @Test
  void aResultIsDroppedWhenItsFilesWereRolledBack() throws IOException {
    Snapshot first = appendFiles("main", 1);
    List<TestPartials.Point> kept = List.copyOf(points);
    appendFiles("main", 9);
    CompactResult result = fold(planner("main"));
    tables.rollups().manageSnapshots().rollbackTo(first.snapshotId()).commit();
    assertThat(committer("main").commit(List.of(result))).isFalse();
    committer("main").discard(result);
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, kept));
    for (DataFile file : TableFiles.ofJson(result.files(), RollupsTable.SPEC)) {
      assertThat(new FlinkFileIO().newInputFile(file.location()).exists()).isFalse();
    }
  }

  @Test
  void ofTwoCompactorsTheSecondGivesWay() throws IOException {
    appendFiles("main", 9);
    CompactResult one = fold(planner("main"));
    CompactResult other = fold(planner("main"));
    assertThat(committer("main").commit(List.of(one))).isTrue();
    assertThat(committer("main").commit(List.of(other))).isFalse();
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
  }

  @Test
  void aBranchIsFoldedByItself() throws IOException {
    Snapshot first = appendFiles("main", 9);
    Table table = tables.rollups();
    table.manageSnapshots().createBranch("replay", first.snapshotId()).commit();
    CompactResult result = fold(planner("replay"));
    assertThat(committer("replay").commit(List.of(result))).isTrue();
    assertThat(tables.files("replay")).hasSize(1);
    assertThat(tables.files("main")).hasSize(9);
    assertThat(tables.merged("replay")).isEqualTo(tables.merged("main"));
  }

  @Test
  void whatIsPlannedIsNotPlannedAgainUntilItsTimeIsOver() throws IOException {
    appendFiles("main", 9);
    CompactPlanner planner = planner("main");
    assertThat(planner.plan(tables.catalog(), 0).tasks()).hasSize(1);
    assertThat(planner.plan(tables.catalog(), 1).tasks()).isEmpty();
    appendFiles("main", 8);
    assertThat(planner.plan(tables.catalog(), 2).tasks())
        .singleElement()
        .satisfies(task -> assertThat(task.files()).hasSize(8));
    assertThat(planner.plan(tables.catalog(), 60_000).tasks())
        .as("the first nine, which nobody has folded")
        .singleElement()
        .satisfies(task -> assertThat(task.files()).hasSize(9));
  }

  @Test
  void rowsOfBothSidesOfAReplaysBaseAreFoldedByThemselves() throws IOException {
    Snapshot base = appendFiles("main", 9);
    replay(base);
    appendFiles("main", 8);
    List<CompactTask> tasks = planner("main").plan(tables.catalog(), 0).tasks();
    assertThat(tasks).hasSize(2);
    for (CompactTask task : tasks) {
      CompactResult result = fold(task);
      assertThat(committer("main").isHeld(result)).isTrue();
      assertThat(committer("main").commit(List.of(result))).isTrue();
    }
    assertThat(tables.files("main"))
        .hasSize(2)
        .anySatisfy(file -> assertThat(file.dataSequenceNumber()).isEqualTo(base.sequenceNumber()))
        .anySatisfy(
            file -> assertThat(file.dataSequenceNumber()).isGreaterThan(base.sequenceNumber()));
    assertThat(tables.merged("main")).isEqualTo(MaintainedTables.expected(10, points));
    appendFiles("main", 8);
    assertThat(planner("main").plan(tables.catalog(), 0).tasks())
        .singleElement()
        .satisfies(task -> assertThat(task.files()).hasSize(9));
    ReplayBranch.remove(tables.catalog(), "fix");
    assertThat(planner("main").plan(tables.catalog(), 0).tasks())
        .singleElement()
        .satisfies(task -> assertThat(task.files()).hasSize(10));
  }

  @Test
  void aFoldOfBothSidesThatWasPlannedBeforeIsDropped() throws IOException {
    Snapshot base = appendFiles("main", 5);
    appendFiles("main", 5);
    CompactResult result = fold(planner("main"));
    CompactCommitter unaware = committer("main");
    replay(base);
    assertThat(committer("main").commit(List.of(result))).isFalse();
    assertThat(unaware.commit(List.of(result))).as("it looks again inside the commit").isFalse();
    assertThat(tables.files("main")).hasSize(10);
  }

  private void replay(Snapshot base) {
    ReplayBranch.create(
        tables.catalog(),
        "fix",
        new ReplayOrigin(
            base.snapshotId(),
            "1-00000000",
            "{}",
            PointSelection.ALL,
            ReplayOrigin.Coarser.AS_IT_IS));
  }

  private Snapshot appendFiles(String branch, int count) throws IOException {
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<TestPartials.Point> some =
          TestPartials.random(random, 50, 10, DAY_START_MS, DAY_START_MS + 60_000);
      points.addAll(some);
      files.add(tables.rollupFile(10, some));
    }
    return tables.append(branch, "lineage", 0L, files);
  }

  private CompactPlanner planner(String branch) {
    return new CompactPlanner(CONFIG, branch);
  }

  private CompactResult fold(CompactPlanner planner) throws IOException {
    return fold(planner.plan(tables.catalog(), 0).tasks().get(0));
  }

  private CompactResult fold(CompactTask task) throws IOException {
    List<DataFile> files = TableFiles.ofJson(task.files(), RollupsTable.SPEC);
    NewFiles made =
        new NewFiles(
            new FlinkFileIO(), tables.address().warehouse() + "/tidemark/rollups/data", "compact");
    List<DataFile> folded =
        FoldRounds.fold(
            new RollupFold(task.tierSeconds(), task.epochDay()),
            files,
            CONFIG.targetBytes(),
            CONFIG.memoryBytes(),
            made);
    return new CompactResult(
        task,
        TableFiles.toJson(folded, RollupsTable.SPEC),
        files.stream().mapToLong(DataFile::recordCount).sum(),
        folded.stream().mapToLong(DataFile::recordCount).sum());
  }

  private CompactCommitter committer(String branch) {
    return new CompactCommitter(tables.rollups(), branch, RollupsTable.SPEC);
  }
}
