package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole job but Kafka, on RocksDB, into real tables on the local disk. */
class MainTopologyITCase {
  private static final int RECORDS = 2_000;
  private static final int RECORDS_PER_CHECKPOINT = RECORDS / 5;
  private static final long SEED = 20261121;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @ParameterizedTest(name = "parallelism {0}")
  @ValueSource(ints = {1, 2, 3, 4})
  void tablesEqualTheRecomputationAtAnyParallelism(int parallelism) throws Exception {
    FailOnce.disarm();
    assertTablesAreExact(run(parallelism));
  }

  @Test
  void aFailureAfterACheckpointChangesNothing() throws Exception {
    FailOnce.arm();
    TopologyRun run = run(2);
    assertThat(FailOnce.hasFailed()).isTrue();
    try (StoredTables tables = run.tables()) {
      assertThat(tables.summaries().stream().map(summary -> summary.get("tidemark.fence")))
          .as("checkpoints that the runs were restored from")
          .contains("0")
          .anySatisfy(restored -> assertThat(restored).isNotNull().isNotEqualTo("0"));
    }
    assertTablesAreExact(run);
  }

  private static void assertTablesAreExact(TopologyRun run) throws Exception {
    List<Expected.Sent> sent = new GeneratedInput(SEED).allPoints(RECORDS);
    try (StoredTables tables = run.tables()) {
      Map<Expected.Key, Expected.Row> expected = Expected.rows(sent);
      List<Map<String, String>> summaries = tables.summaries();
      assertThat(summaries).hasSizeGreaterThan(2);
      assertThat(summaries)
          .extracting(summary -> summary.get("tidemark.lineage"))
          .containsOnly(summaries.get(0).get("tidemark.lineage"));
      assertThat(summaries.stream().filter(summary -> !summary.containsKey("tidemark.fence")))
          .extracting(summary -> summary.get("tidemark.checkpoint"))
          .doesNotHaveDuplicates();
      Map<String, String> last = summaries.get(summaries.size() - 1);
      String points = Integer.toString(sent.size());
      assertThat(last)
          .containsEntry("tidemark.total-points-accepted", points)
          .containsEntry("tidemark.total-points-stored", points)
          .containsEntry("tidemark.watermark-kind", "heartbeat")
          .containsEntry(
              "tidemark.offsets", "{\"points\":{\"0\":500,\"1\":500,\"2\":500,\"3\":500}}");
      assertThat(Long.parseLong(last.get("tidemark.total-points-late"))).isPositive();
      assertThat(Expected.differences(expected, tables.rows())).as("seed %s", SEED).isEmpty();
      assertLedgerHoldsAtEachCommit(tables);
      assertLedgerIs(Expected.pointsByMinute(sent), tables);
    }
  }

  /** Every point that was accepted is stored or in a window that the watermark has not ended. */
  private static void assertLedgerHoldsAtEachCommit(StoredTables tables) throws Exception {
    for (Snapshot snapshot : tables.snapshots()) {
      // the first fence reflects nothing yet
      long watermarkMs =
          Long.parseLong(
              snapshot.summary().getOrDefault("tidemark.watermark-ms", "" + Long.MIN_VALUE));
      tables
          .ledger(snapshot.snapshotId())
          .forEach(
              (minute, points) -> {
                String where = "%s at %s".formatted(minute, snapshot.summary());
                long accepted = points.get("accepted");
                assertThat(points.get("received")).as(where).isEqualTo(accepted);
                assertThat(points.get("stored")).as(where).isEqualTo(points.get("closed"));
                if (minute.startMs() + 60_000L - 1 <= watermarkMs) {
                  assertThat(points.get("closed")).as(where).isEqualTo(accepted);
                }
              });
    }
  }

  private static void assertLedgerIs(Map<Expected.Minute, Long> expected, StoredTables tables)
      throws Exception {
    List<Snapshot> snapshots = tables.snapshots();
    var ledger = tables.ledger(snapshots.get(snapshots.size() - 1).snapshotId());
    assertThat(ledger.keySet()).isEqualTo(expected.keySet());
    ledger.forEach(
        (minute, points) -> {
          long sent = expected.get(minute);
          assertThat(points)
              .as(minute.toString())
              .isEqualTo(
                  Map.of("accepted", sent, "received", sent, "closed", sent, "stored", sent));
        });
  }

  private TopologyRun run(int parallelism) throws Exception {
    TopologyRun run = new TopologyRun(folder).parallelism(parallelism).restartOnce();
    run.run(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.perCheckpoint(RECORDS_PER_CHECKPOINT),
        FailOnce.HOOKS);
    return run;
  }
}
