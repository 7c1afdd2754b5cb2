package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole maintenance job on the tables of the whole main job: answers stay, files go. */
class MaintainJobITCase {
  private static final int RECORDS = 2_000;
  private static final long SEED = 20261122;
  private static final long TARGET_BYTES = 4L << 20;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @Test
  void oneFullPassLeavesOneFileForEachPartitionAndTheSameAnswers() throws Exception {
    TopologyRun run = appendAll();
    try (StoredTables tables = run.tables()) {
      Map<Expected.Key, Expected.Row> before = tables.rows();
      var ledgerBefore = tables.ledger(tables.rollups().currentSnapshot().snapshotId());
      int filesBefore = files(tables.rollups()).size();
      maintain(Map.of("tidemark.maintain.passes", "once", "tidemark.compact.effort", "full"))
          .getJobExecutionResult()
          .get();
      List<DataFile> files = files(tables.rollups());
      assertThat(files).hasSizeLessThan(filesBefore / 2);
      assertThat(files.stream().collect(Collectors.groupingBy(MaintainJobITCase::partition)))
          .allSatisfy((partition, ofPartition) -> assertThat(ofPartition).hasSize(1));
      assertThat(files(tables.series())).hasSize(1);
      assertThat(tables.rows()).isEqualTo(before);
      assertThat(tables.ledger(tables.rollups().currentSnapshot().snapshotId()))
          .isEqualTo(ledgerBefore);
      assertThat(tables.rollups().currentSnapshot().summary())
          .containsEntry("tidemark.maintenance", "compact")
          .doesNotContainKeys("tidemark.lineage", "tidemark.checkpoint");
    }
  }

  @Test
  void maintenanceBesideTheMainJobChangesNoAnswer() throws Exception {
    JobClient maintenance =
        maintain(
            Map.of("tidemark.compact.interval", "100 ms", "tidemark.expire.interval", "300 ms"));
    TopologyRun run = appendAll();
    try (StoredTables tables = run.tables()) {
      await(() -> hasFolded(tables.rollups()));
      maintenance.cancel().get();
      await(() -> hasEnded(maintenance));
      List<Expected.Sent> sent = new GeneratedInput(SEED).allPoints(RECORDS);
      assertThat(Expected.differences(Expected.rows(sent), tables.rows())).isEmpty();
      assertThat(Expected.pointsByMinute(sent).keySet())
          .isEqualTo(tables.ledger(tables.rollups().currentSnapshot().snapshotId()).keySet());
    }
  }

  @Test
  void theTablesMustBeNamed() {
    assertThatThrownBy(() -> MaintainJob.main(new String[] {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tidemark.store.warehouse must be set");
  }

  private TopologyRun appendAll() throws Exception {
    TopologyRun run = new TopologyRun(folder).parallelism(2);
    run.run(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.perCheckpoint(RECORDS / 20),
        new TopologyRun.Hooks() {});
    return run;
  }

  private JobClient maintain(Map<String, String> changes) throws Exception {
    Map<String, String> options = new HashMap<>(changes);
    options.put("tidemark.store.warehouse", folder.resolve("warehouse").toUri().toString());
    options.put("tidemark.store.catalog-uri", "jdbc:sqlite:" + folder.resolve("catalog.db"));
    options.put("tidemark.orphans.state-dirs", folder.resolve("checkpoints").toUri().toString());
    options.put("tidemark.expire.keep", "1 s");
    options.put("tidemark.expire.min-snapshots", "2");
    options.put("tidemark.retention.10s", "0 s"); // the input has points of long ago
    MaintainConfig config =
        MaintainConfig.from(Configuration.fromMap(options)).withTarget(TARGET_BYTES);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(MaintainJob.required());
    MaintainJob.build(env, config);
    return env.executeAsync("tidemark maintain");
  }

  private static boolean hasFolded(Table table) {
    table.refresh();
    for (var snapshot : table.snapshots()) {
      if ("compact".equals(snapshot.summary().get("tidemark.maintenance"))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasEnded(JobClient job) {
    return job.getJobStatus().join().isGloballyTerminalState();
  }

  private static void await(BooleanSupplier condition) throws Exception {
    CommonTestUtils.waitUntilCondition(condition::getAsBoolean, 50);
  }

  private static String partition(DataFile file) {
    return file.partition().toString();
  }

  private static List<DataFile> files(Table table) throws Exception {
    table.refresh();
    List<DataFile> found = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> found.add(task.file().copy()));
    }
    return found;
  }
}
