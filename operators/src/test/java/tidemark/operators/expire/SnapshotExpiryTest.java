package tidemark.operators.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.MaintainedTables;
import tidemark.operators.TestPartials;
import tidemark.serde.catalog.FlinkFileIO;

/** What is forgotten and what never is, first as a pure function and then on real tables. */
class SnapshotExpiryTest {
  private static final long DAY_MS = MaintainedTables.DAY_MS;
  private static final long TODAY_MS = 20_454 * DAY_MS;

  @TempDir Path folder;
  private MaintainedTables tables;
  private final Random random = new Random(1);

  @BeforeEach
  void openTables() {
    tables = new MaintainedTables(folder);
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  @Test
  void theHeadIsFollowedBackToItsNewestEpoch() {
    List<SnapshotExpiry.Entry> line = new ArrayList<>();
    line.add(entry(1, 1, 0, "a"));
    line.add(entry(2, 1, 10, "a"));
    line.add(entry(3, 2, 20, ""));
    line.add(entry(4, 3, 30, ""));
    assertThat(SnapshotExpiry.expired(line, Set.of(4L), Set.of(), Set.of(), Set.of(), 0, 1))
        .containsExactly(1L);
  }

  @Test
  void theNewestEpochOfEveryLineageStaysWhereverItIs() {
    List<SnapshotExpiry.Entry> all =
        List.of(
            entry(1, 1, 0, "a"),
            entry(2, 1, 10, "a"),
            entry(3, 2, 20, "b"),
            entry(4, 2, 30, "c"), // on no branch
            entry(5, 3, 40, "b"),
            entry(6, 5, 50, "b"));
    assertThat(expired(all, Set.of(), 0, 1)).containsExactly(1L, 3L, 5L);
    assertThat(expired(all, Set.of(3L), 0, 1)).containsExactly(1L, 5L);
    assertThat(expired(all, Set.of(), 0, 3)).containsExactly(1L);
    assertThat(expired(all, Set.of(), 20, 1)).containsExactly(1L, 3L);
    assertThat(expired(all, Set.of(), 50, 1)).isEmpty();
  }

  @Test
  void anEpochThatStateStandsAtStays() {
    List<SnapshotExpiry.Entry> line =
        List.of(entry(1, 1, 0, "a"), entry(2, 1, 10, "a"), entry(3, 2, 20, "a"));
    assertThat(
            SnapshotExpiry.expired(line, Set.of(3L), Set.of(), Set.of(), Set.of("epoch-1"), 0, 1))
        .containsExactly(2L);
  }

  private static Set<Long> expired(
      List<SnapshotExpiry.Entry> all, Set<Long> tags, long keepMs, int minSnapshots) {
    return SnapshotExpiry.expired(all, Set.of(6L), tags, Set.of(), Set.of(), keepMs, minSnapshots);
  }

  private static SnapshotExpiry.Entry entry(long id, long parent, long timeMs, String lineage) {
    return new SnapshotExpiry.Entry(
        id, parent, id, timeMs, lineage, lineage.isEmpty() ? "" : "epoch-" + id);
  }

  @Test
  void filesOfForgottenSnapshotsGoUnlessABranchOrTagOrStateHasThem() throws IOException {
    DataFile ofBranch = file();
    DataFile ofTag = file();
    DataFile ofState = file();
    DataFile ofNobody = file();
    Table table = tables.rollups();
    Snapshot first = tables.append("main", "l", 0, List.of(ofBranch));
    table.refresh();
    table.manageSnapshots().createBranch("replay", first.snapshotId()).commit();
    replace(ofBranch, ofTag);
    Snapshot tagged = tables.append("main", "l", 0, List.of(file()));
    table.refresh();
    table.manageSnapshots().createTag("savepoint-2", tagged.snapshotId()).commit();
    replace(ofTag, ofState);
    replace(ofState, ofNobody);
    replace(ofNobody, file());
    tables.append("main", "l", 0, List.of(file()));

    int expired =
        SnapshotExpiry.apply(
            tables.rollups(), config(0), Set.of(StateFiles.nameOf(ofState.location())));
    assertThat(expired).isEqualTo(4);
    assertThat(exists(ofBranch)).isTrue();
    assertThat(exists(ofTag)).isTrue();
    assertThat(exists(ofState)).isTrue();
    assertThat(exists(ofNobody)).isFalse();
    assertThat(tables.files("main")).hasSize(3).allMatch(SnapshotExpiryTest::exists);
    assertThat(tables.files("replay")).hasSize(1).allMatch(SnapshotExpiryTest::exists);
    assertThat(tables.rowCount("savepoint-2")).isPositive();
    assertThat(SnapshotExpiry.apply(tables.rollups(), config(0), Set.of())).isZero();
  }

  @Test
  void aTableThatNobodyWritesLosesNothing() throws IOException {
    for (int i = 0; i < 5; i++) {
      tables.append("main", "l", 0, List.of(file()));
    }
    assertThat(SnapshotExpiry.apply(tables.rollups(), config(3_600_000), Set.of())).isZero();
    assertThat(snapshots(tables.rollups())).isEqualTo(5);
  }

  @Test
  void oldSavepointTagsGoOnlyIfTold() throws IOException {
    Snapshot first = tables.append("main", "l", 0, List.of(file()));
    Table table = tables.rollups();
    table.manageSnapshots().createTag("savepoint-1", first.snapshotId()).commit();
    table.manageSnapshots().createTag("mine", first.snapshotId()).commit();
    for (int i = 0; i < 3; i++) {
      tables.append("main", "l", 0, List.of(file()));
    }
    assertThat(SnapshotExpiry.removeOldTags(table, ExpireConfig.FOR_EVER)).isZero();
    assertThat(SnapshotExpiry.removeOldTags(table, 3_600_000)).isZero();
    assertThat(SnapshotExpiry.removeOldTags(table, 1)).isEqualTo(1);
    table.refresh();
    assertThat(table.refs()).containsOnlyKeys("main", "mine");
  }

  @Test
  void retentionDropsWholeDaysBehindTheWatermark() throws IOException {
    List<DataFile> files = new ArrayList<>();
    for (int day = 0; day < 5; day++) {
      files.add(fileOf(10, TODAY_MS - day * DAY_MS));
      files.add(fileOf(60, TODAY_MS - day * DAY_MS));
    }
    long watermarkMs = TODAY_MS + DAY_MS / 2;
    tables.append("main", "l", watermarkMs, files);
    ExpireConfig config =
        new ExpireConfig(1, 2 * DAY_MS, 0, 0, 0, 1, 0, 1, 600_000, List.of(), 0, 0);
    assertThat(Retention.apply(tables.rollups(), "main", config)).isEqualTo(2);
    assertThat(tables.files("main")).hasSize(8);
    assertThat(tables.files("main").stream().filter(file -> tier(file) == 10).map(this::day))
        .containsExactlyInAnyOrder(20_454, 20_453, 20_452);
    Table table = tables.rollups();
    assertThat(table.currentSnapshot().summary())
        .containsEntry("tidemark.maintenance", "retention")
        .doesNotContainKey("tidemark.lineage");
    long id = table.currentSnapshot().snapshotId();
    assertThat(Retention.apply(table, "main", config)).isZero();
    assertThat(tables.rollups().currentSnapshot().snapshotId()).isEqualTo(id);
  }

  private static int tier(DataFile file) {
    return file.partition().get(0, Integer.class);
  }

  private int day(DataFile file) {
    return file.partition().get(1, Integer.class);
  }

  /** As compaction does it. */
  private void replace(DataFile old, DataFile with) {
    RewriteFiles rewrite = tables.rollups().newRewrite();
    rewrite.deleteFile(old);
    rewrite.addFile(with);
    rewrite.set("tidemark.maintenance", "compact").commit();
  }

  private DataFile file() throws IOException {
    return tables.rollupFile(
        10, TestPartials.random(new Random(7), 20, 5, TODAY_MS, TODAY_MS + 60_000));
  }

  private DataFile fileOf(int tier, long dayMs) throws IOException {
    return tables.rollupFile(tier, TestPartials.random(random, 20, 5, dayMs, dayMs + 60_000));
  }

  private static ExpireConfig config(long keepMs) {
    return new ExpireConfig(1, 0, 0, 0, keepMs, 1, 0, 1, 600_000, List.of(), 0, 0);
  }

  private static boolean exists(DataFile file) {
    return new FlinkFileIO().newInputFile(file.location()).exists();
  }

  private static long snapshots(Table table) {
    return StreamSupport.stream(table.snapshots().spliterator(), false).count();
  }
}
