package tidemark.operators.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.MaintainedTables;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.state.selection.PointSelection;

/** Expiry on a real archive table and real files beside it. */
class ArchiveUpkeepTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final long DAY_MS = 24 * HOUR_MS;
  private static final long NOW_MS = 20_500 * DAY_MS;

  @TempDir Path folder;
  private MaintainedTables tables;
  private Path archive;
  private Path states;
  private long end;

  @BeforeEach
  void openTables() throws IOException {
    tables = new MaintainedTables(folder);
    archive = folder.resolve("warehouse/archive");
    states = Files.createDirectories(folder.resolve("savepoints"));
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  /** A file as the archive job names them; what is in it nobody looks at here. */
  private String file(long ageMs) throws IOException {
    String name = UUID.randomUUID().toString();
    Path file = archive.resolve("%s/points/%s.tma".formatted(name.substring(0, 4), name));
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[10]);
    Files.setLastModifiedTime(file, FileTime.fromMillis(NOW_MS - ageMs));
    return file.toUri().toString();
  }

  private ArchivedRange range(String file, long ageMs) {
    long from = end;
    end += 10;
    return ArchivedRange.ofFile(
        file,
        10,
        "id",
        new PartitionSummary("points", 0, from, end, 10, 100, from),
        NOW_MS - ageMs - HOUR_MS,
        NOW_MS - ageMs,
        "e" + from,
        NOW_MS - ageMs);
  }

  private List<ArchivedRange> commit(String file, long ageMs) throws IOException {
    List<ArchivedRange> ranges = List.of(range(file, ageMs));
    ArchiveManifest.append(tables.catalog().archive(), ranges);
    return ranges;
  }

  private List<String> pass(long archiveKeepMs, boolean isStateKnown) throws Exception {
    ExpireConfig config =
        new ExpireConfig(
            1,
            0,
            0,
            0,
            0,
            1,
            0,
            1,
            600_000,
            isStateKnown ? List.of(states.toUri().toString()) : List.of(),
            archiveKeepMs,
            0);
    ExpireFunction function =
        new ExpireFunction(config, tables.address(), "main", archive.toUri().toString());
    try (OneInputStreamOperatorTestHarness<Long, String> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function))) {
      harness.open();
      harness.setProcessingTime(NOW_MS);
      harness.processElement(0L, 0);
      return harness.extractOutputValues();
    }
  }

  private Set<String> filesLeft() throws IOException {
    Set<String> left = new TreeSet<>();
    try (Stream<Path> files = Files.walk(archive)) {
      files.filter(Files::isRegularFile).forEach(file -> left.add(file.toUri().toString()));
    }
    return left;
  }

  private long snapshots() {
    return StreamSupport.stream(tables.catalog().archive().snapshots().spliterator(), false)
        .count();
  }

  private List<String> kinds() throws IOException {
    Table table = tables.catalog().archive();
    return ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL)
        .stream()
        .map(row -> row.kind().label())
        .toList();
  }

  @Test
  void snapshotsGoAndTheArchiveGoesOnWhereItWas() throws Exception {
    List<List<ArchivedRange>> commits = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      commits.add(commit(file(HOUR_MS), HOUR_MS));
    }
    Set<String> files = filesLeft();
    assertThat(pass(0, true)).anyMatch(line -> line.startsWith("compact archive: 30 files"));
    assertThat(snapshots()).as("the head, and the commit that its ends stand in").isEqualTo(2);
    assertThat(filesLeft()).isEqualTo(files);
    for (List<ArchivedRange> zombie : commits) {
      assertThat(ArchiveManifest.append(tables.catalog().archive(), zombie).rows()).isEmpty();
    }
    assertThat(ArchiveManifest.ends(tables.catalog().archive())).hasToString("{points={0=300}}");
    assertThat(commit(file(HOUR_MS), HOUR_MS)).hasSize(1);
    assertThat(kinds()).hasSize(31).containsOnly("records");
    pass(0, true);
    pass(0, true);
    assertThat(ArchiveManifest.ends(tables.catalog().archive())).hasToString("{points={0=310}}");
    assertThat(ArchiveManifest.topicIds(tables.catalog().archive())).containsKey("points");
  }

  @Test
  void filesOfNobodyGoAndAllOthersStay() throws Exception {
    String committed = file(5 * DAY_MS);
    commit(committed, 5 * DAY_MS);
    String waiting = file(5 * DAY_MS);
    TestSavepoint.write(states, "savepoint-1", "\0x" + waiting + "\0\0\0", false);
    String young = file(60_000);
    Path foreign = Files.write(archive.resolve("notes.tma"), new byte[1]);
    Files.setLastModifiedTime(foreign, FileTime.fromMillis(0));
    String orphan = file(5 * DAY_MS);
    pass(0, false);
    assertThat(filesLeft()).as("nobody said where state is").contains(orphan);
    assertThat(pass(0, true)).contains("orphans of the archive: 1 files removed");
    assertThat(filesLeft())
        .containsExactlyInAnyOrder(committed, waiting, young, foreign.toUri().toString());
  }

  @Test
  void whatHasExpiredGoesOnceNoSnapshotReadsIt() throws Exception {
    String old = file(9 * DAY_MS);
    commit(old, 9 * DAY_MS);
    String recent = file(2 * DAY_MS);
    commit(recent, 2 * DAY_MS);
    Table table = tables.catalog().archive();
    ReplayBranch.holdArchive(table, "fix", table.currentSnapshot().snapshotId());
    assertThat(pass(5 * DAY_MS, false))
        .contains("retention of the archive: 1 files of 10 bytes dropped");
    assertThat(kinds()).containsExactly("expired", "records");
    commit(file(HOUR_MS), HOUR_MS);
    pass(5 * DAY_MS, true);
    assertThat(filesLeft()).as("a replay reads it").contains(old, recent);
    ReplayBranch.remove(tables.catalog(), "fix");
    assertThat(pass(5 * DAY_MS, false)).contains("archive: 1 expired files removed");
    assertThat(filesLeft()).doesNotContain(old).contains(recent);
    assertThat(pass(5 * DAY_MS, true)).noneMatch(line -> line.contains("expired files removed"));
  }

  @Test
  void anotherArchivesFolderIsLeftAlone() throws Exception {
    commit(file(5 * DAY_MS), 5 * DAY_MS);
    for (int i = 0; i < 20; i++) {
      file(5 * DAY_MS);
    }
    Set<String> before = filesLeft();
    pass(0, true);
    assertThat(filesLeft()).isEqualTo(before);
  }

  @Test
  void withoutAnArchiveNothingHappens() throws Exception {
    file(5 * DAY_MS);
    pass(DAY_MS, true);
    assertThat(filesLeft()).hasSize(1);
    assertThat(tables.catalog().archiveIfThere()).isEmpty();
  }
}
