package tidemark.operators.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.MaintainedTables;
import tidemark.operators.TestPartials;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.RemovedLineages;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.state.Aggregate;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

/** The branch of a replay on a real table, beside main and beside maintenance. */
class ReplayBranchTest {
  private static final long FROM_MS = 20_454 * MaintainedTables.DAY_MS;
  private static final PointSelection SOME =
      new PointSelection(
          List.of("acme"),
          List.of(new TextPattern("metric.*")),
          FROM_MS,
          FROM_MS + MaintainedTables.HOUR_MS);

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
  void theBranchBeginsEmptyAndMainKeepsItsRows() throws IOException {
    append("main");
    Snapshot base = append("main");
    Map<String, Aggregate> before = tables.merged("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    assertThat(tables.files("fix")).isEmpty();
    assertThat(tables.merged("main")).isEqualTo(before);
    assertThat(ReplayBranch.origin(tables.rollups(), "fix")).hasValue(origin(base));
    assertThat(tables.merged(ReplayBranch.baseTag("fix"))).isEqualTo(before);
  }

  @Test
  void aTableWithoutRowsCannotBeABase() {
    assertThatThrownBy(
            () ->
                ReplayBranch.create(
                    tables.catalog(),
                    "fix",
                    new ReplayOrigin(7, "", "{}", SOME, ReplayOrigin.Coarser.NONE)))
        .hasMessage(
            "branch fix cannot be made: its base, snapshot 7, is not there any more; choose a newer"
                + " one");
    assertThat(ReplayBranch.origin(tables.rollups(), "fix")).isEmpty();
  }

  @Test
  void makingItAgainChangesNothing() throws IOException {
    Snapshot base = append("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    append("fix");
    Map<String, Aggregate> rows = tables.merged("fix");
    Map<String, String> properties = tables.rollups().properties();
    append("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    assertThat(tables.merged("fix")).isEqualTo(rows).isNotEmpty();
    assertThat(tables.rollups().properties()).isEqualTo(properties);
  }

  @Test
  void anotherOriginIsRefused() throws IOException {
    Snapshot base = append("main");
    Snapshot later = append("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    assertThatThrownBy(() -> ReplayBranch.create(tables.catalog(), "fix", origin(later)))
        .hasMessage(
            "branch fix is there already and was made for something else: choose another name, or"
                + " remove it");
    tables.rollups().manageSnapshots().createBranch("own", base.snapshotId()).commit();
    assertThatThrownBy(() -> ReplayBranch.create(tables.catalog(), "own", origin(base)))
        .hasMessageContaining("branch own is there already");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "main", "Fix", "-fix", "a b", "a/b", "ä"})
  void whatCannotBeANameIsRefused(String name) throws IOException {
    Snapshot base = append("main");
    assertThatThrownBy(() -> ReplayBranch.create(tables.catalog(), name, origin(base)))
        .hasMessage(
            "a branch must be named by 1 to 64 of a-z, 0-9, - and _ and not main, got " + name);
    assertThatThrownBy(() -> ReplayBranch.remove(tables.catalog(), name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMakingThatDiedHalfWayIsFinished() throws IOException {
    Snapshot base = append("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    String property = tables.rollups().properties().get("tidemark.replay.fix");
    for (int done = 0; done < 4; done++) {
      ReplayBranch.remove(tables.catalog(), "fix");
      Table table = tables.rollups();
      table.updateProperties().set("tidemark.replay.fix", property).commit();
      if (done > 0) {
        table.manageSnapshots().createTag("replay-base-fix", base.snapshotId()).commit();
      }
      if (done > 1) {
        table.updateProperties().set("tidemark.replay-guarded.fix", "1").commit();
      }
      if (done > 2) {
        tables.rollups().manageSnapshots().createBranch("fix").commit();
      }
      ReplayBranch.create(tables.catalog(), "fix", origin(base));
      assertThat(tables.rollups().refs()).containsKeys("fix", "replay-base-fix");
      assertThat(tables.catalog().series().refs()).containsKey("fix");
      assertThat(ReplayBranch.guardedFrom(tables.rollups(), "fix")).isPresent();
    }
  }

  @Test
  void removingLeavesNothingOfItAndCanBeRepeated() throws IOException {
    Snapshot base = append("main");
    Map<String, Aggregate> before = tables.merged("main");
    Set<String> properties = Set.copyOf(tables.rollups().properties().keySet());
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    tables
        .rollups()
        .updateProperties()
        .set(ReplayBranch.comparisonProperty("fix", "main"), "{}")
        .commit();
    append("fix");
    ReplayBranch.remove(tables.catalog(), "fix");
    ReplayBranch.remove(tables.catalog(), "fix");
    assertThat(tables.rollups().refs()).containsOnlyKeys("main");
    assertThat(tables.catalog().series().refs().keySet()).isSubsetOf("main");
    assertThat(tables.merged("main")).isEqualTo(before);
    append("main");
    SnapshotExpiry.apply(tables.rollups(), config(), Set.of()); // it knows the lineage until then
    assertThat(tables.rollups().properties().keySet()).isEqualTo(properties);
  }

  /** A replay of a year would else stay for as long as the table. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void snapshotsAndFilesOfARemovedBranchGo(boolean isTagged) throws IOException {
    ReplayBranch.create(tables.catalog(), "fix", origin(append("main")));
    append("fix");
    Snapshot last = append("fix");
    List<Path> files =
        tables.files("fix").stream().map(file -> Path.of(URI.create(file.location()))).toList();
    assertThat(files).isNotEmpty().allMatch(Files::exists);
    SnapshotExpiry.apply(tables.rollups(), config(), Set.of());
    ReplayBranch.remove(tables.catalog(), "fix");
    append("main");
    if (isTagged) {
      tables.rollups().manageSnapshots().createTag("kept", last.snapshotId()).commit();
    }
    Map<String, Aggregate> main = tables.merged("main");
    SnapshotExpiry.apply(tables.rollups(), config(), Set.of());
    assertThat(tables.rollups().snapshot(last.snapshotId()) != null).isEqualTo(isTagged);
    assertThat(RemovedLineages.of(tables.rollups().properties()).contains("of-fix"))
        .isEqualTo(isTagged);
    assertThat(files).allMatch(file -> Files.exists(file) == isTagged);
    assertThat(tables.merged("main")).isEqualTo(main);
    if (isTagged) {
      tables.rollups().manageSnapshots().removeTag("kept").commit();
    }
    SnapshotExpiry.apply(tables.rollups(), config(), Set.of());
    assertThat(tables.rollups().snapshot(last.snapshotId())).isNull();
    assertThat(files).noneMatch(Files::exists);
    assertThat(RemovedLineages.of(tables.rollups().properties())).isEmpty();
  }

  @Test
  void whatIsAppendedToOneDoesNotShowOnTheOther() throws IOException {
    Snapshot base = append("main");
    Map<String, Aggregate> main = tables.merged("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    append("fix");
    assertThat(tables.merged("main")).isEqualTo(main);
    Map<String, Aggregate> fix = tables.merged("fix");
    append("main");
    assertThat(tables.merged("fix")).isEqualTo(fix);
  }

  @Test
  void maintenanceLeavesBaseAndBranchAlone() throws IOException {
    append("main");
    Snapshot base = append("main");
    Map<String, Aggregate> before = tables.merged("main");
    ReplayBranch.create(tables.catalog(), "fix", origin(base));
    append("fix");
    Map<String, Aggregate> fix = tables.merged("fix");
    for (int i = 0; i < 5; i++) {
      append("main");
    }
    // the base's files leave main, as they do when they are folded or dropped
    tables.rollups().newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
    Snapshot last = append("main");
    int expired = SnapshotExpiry.apply(tables.rollups(), config(), Set.of());
    assertThat(expired).isPositive();
    assertThat(tables.rollups().snapshot(last.snapshotId())).isNotNull();
    new Orphans(tables.rollups(), Long.MAX_VALUE).remove(Set.of());
    assertThat(tables.merged(ReplayBranch.baseTag("fix"))).isEqualTo(before);
    assertThat(tables.merged("fix")).isEqualTo(fix);
    assertThat(HeldRange.all(tables.rollups()))
        .singleElement()
        .satisfies(
            held -> {
              assertThat(held.baseSequence()).isEqualTo(base.sequenceNumber());
              assertThat(held.concerns(20_454)).isTrue();
              assertThat(held.concerns(20_453)).isFalse();
              assertThat(held.concerns(20_455)).isFalse();
            });
    ReplayBranch.remove(tables.catalog(), "fix");
    SnapshotExpiry.apply(tables.rollups(), config(), Set.of());
    assertThat(tables.rollups().snapshot(base.snapshotId())).isNull();
    assertThat(tables.merged("main")).isNotEmpty();
  }

  private static ExpireConfig config() {
    return new ExpireConfig(1, 0, 0, 0, 0, 1, 0, 1, 600_000, List.of(), 0, 0);
  }

  private Snapshot append(String branch) throws IOException {
    List<TestPartials.Point> points =
        TestPartials.random(random, 30, 10, FROM_MS, FROM_MS + 60_000);
    return tables.append(branch, "of-" + branch, 0, List.of(tables.rollupFile(10, points)));
  }

  private static ReplayOrigin origin(Snapshot base) {
    return new ReplayOrigin(
        base.snapshotId(), "1-00000000", "{}", SOME, ReplayOrigin.Coarser.AS_IT_WAS);
  }
}
