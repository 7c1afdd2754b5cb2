package tidemark.operators.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.ReplayedTables;
import tidemark.operators.ReplayedTables.Delta;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

/** Tables with epochs and branches of replays, and publishing without a cluster. */
abstract class PublishFixture {

  static final int HOURS = 26; // two days
  static final long END_MS = ReplayedTables.START_MS + HOURS * ReplayedTables.HOUR_MS;

  @TempDir Path folder;
  ReplayedTables tables;
  Snapshot base;

  @BeforeEach
  void openTables() {
    tables = new ReplayedTables(folder);
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  void expireAllButHeads() {
    Table table = tables.rollups();
    List<Long> heads = table.refs().values().stream().map(SnapshotRef::snapshotId).toList();
    var expire = table.expireSnapshots().expireOlderThan(Long.MIN_VALUE);
    for (Snapshot snapshot : table.snapshots()) {
      if (!heads.contains(snapshot.snapshotId())) {
        expire.expireSnapshotId(snapshot.snapshotId());
      }
    }
    expire.commit();
  }

  // ---- tables

  void main(List<Delta> points, int epochs, Random random) throws IOException {
    for (List<Delta> epoch : ReplayedTables.cut(random, points, epochs)) {
      base = tables.epoch("main", "live", END_MS, epoch, random);
    }
  }

  void branch(String name, List<Delta> points, Random random) throws IOException {
    Snapshot kept = base;
    tables.epoch(name, "of-" + name, Long.MAX_VALUE, points, random);
    base = kept;
  }

  Snapshot head() {
    return tables.rollups().currentSnapshot();
  }

  /** As compaction does it: files of one partition and one side, passing the sequence on. */
  void fold(Random random) throws IOException {
    Table table = tables.rollups();
    List<HeldRange> held = HeldRange.all(table);
    Map<String, List<DataFile>> groups = new TreeMap<>();
    for (DataFile file : ReplaySide.files(table, head().snapshotId())) {
      int tier = file.partition().get(0, Integer.class);
      int day = file.partition().get(1, Integer.class);
      StringBuilder key = new StringBuilder(tier + " " + day + " ");
      held.stream()
          .filter(range -> range.concerns(day))
          .forEach(range -> key.append(range.side(file.dataSequenceNumber())));
      groups.computeIfAbsent(key.toString(), each -> new ArrayList<>()).add(file);
    }
    for (List<DataFile> group : groups.values()) {
      if (group.size() < 2 || random.nextInt(4) == 0) {
        continue;
      }
      int tier = group.get(0).partition().get(0, Integer.class);
      int day = group.get(0).partition().get(1, Integer.class);
      String partition = RollupFold.partitionPath(tier, day);
      NewFiles made =
          new NewFiles(new FlinkFileIO(), table.location() + "/data/" + partition, "compact");
      var rewrite = table.newRewrite().validateFromSnapshot(head().snapshotId());
      group.forEach(rewrite::deleteFile);
      new RollupFold(tier, day).fold(group, Long.MAX_VALUE, made).forEach(rewrite::addFile);
      if (!held.isEmpty()) {
        rewrite.dataSequenceNumber(
            group.stream().mapToLong(DataFile::dataSequenceNumber).max().orElseThrow());
      }
      rewrite.set("tidemark.maintenance", "compact");
      rewrite.commit();
    }
  }

  // ---- publishing without a cluster

  PublishPlanner planner(PublishConfig config) {
    return new PublishPlanner(config, tables.rollups());
  }

  Optional<Snapshot> commit(PublishConfig config, PublishPlan planned) throws IOException {
    PublishPlan plan = PublishMessage.ofJson(PublishMessage.of(planned).toJson()).plan();
    CoveredRows covered = CoveredRows.ofJson(plan.covered());
    List<PublishResult> results = new ArrayList<>();
    for (PublishTask task : plan.tasks()) {
      String partition = RollupFold.partitionPath(task.tierSeconds(), task.epochDay());
      NewFiles made =
          new NewFiles(
              new FlinkFileIO(), tables.rollups().location() + "/data/" + partition, "publish");
      results.add(new PublishRewrite(task, covered, config.targetBytes()).rewrite(made));
    }
    return new PublishCommitter(tables.rollups(), config)
        .commit(
            plan,
            PublishCommitFunction.all(plan.whole(), results),
            UUID.nameUUIDFromBytes(config.report().getBytes(StandardCharsets.UTF_8))
                + config.action().name());
  }

  static PublishConfig config(PublishConfig.Action action) {
    return config(action, "report-" + action);
  }

  static PublishConfig config(PublishConfig.Action action, String report) {
    return new PublishConfig(
        "fix", Long.MIN_VALUE, Long.MAX_VALUE, action, "a test", report, 1 << 20);
  }

  static PointSelection selection(Random random) {
    long from = ReplayedTables.START_MS + random.nextInt(3) * ReplayedTables.HOUR_MS;
    return switch (random.nextInt(3)) {
      case 0 -> PointSelection.ALL;
      case 1 -> new PointSelection(List.of("acme"), List.of(), from, END_MS - 3_600_000L);
      default ->
          new PointSelection(List.of(), List.of(new TextPattern("m1")), from, Long.MAX_VALUE);
    };
  }

  static boolean selects(PointSelection selection, Delta point) {
    return selection.takesSeries(point.org(), point.metric())
        && selection.takesTime(point.timestampMs());
  }

  ReplayOrigin origin(PointSelection selection) {
    return new ReplayOrigin(
        base.snapshotId(), "1-00000000", "{}", selection, ReplayOrigin.Coarser.AS_IT_IS);
  }
}
