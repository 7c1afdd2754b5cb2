package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rules that are added, changed and removed more than a hundred times while points flow, late ones
 * among them, with a failure in between: every row of every series and tier is what the points and
 * the words of the design say, whichever of the two topics is read faster.
 */
class RulesITCase {
  private static final int RECORDS = 2_000;
  private static final int SECONDS = RECORDS / 5;
  private static final long SEED = 20261122;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @ParameterizedTest(name = "parallelism {0}, checkpoints until all rules are read {1}")
  @CsvSource({"1, 1", "3, 10", "2, 4"})
  void everyRowIsWhatPointsAndRulesSay(int parallelism, int checkpoints) throws Exception {
    FailOnce.arm();
    GeneratedDefinitions definitions = new GeneratedDefinitions(SEED + parallelism, SECONDS);
    assertThat(definitions.changes()).isGreaterThan(100);
    TopologyRun run =
        new TopologyRun(folder)
            .parallelism(parallelism)
            .restartOnce()
            .definitions(
                new GeneratedDefinitions.Records(SEED + parallelism, SECONDS),
                definitions.size(),
                RateLimiterStrategy.perCheckpoint(definitions.size() / checkpoints + 1));
    run.run(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.perCheckpoint(RECORDS / 5),
        FailOnce.HOOKS);

    assertThat(FailOnce.hasFailed()).isTrue();
    List<Expected.Sent> sent = new GeneratedInput(SEED).allPoints(RECORDS);
    Map<Expected.Key, Expected.Row> expected =
        new HashMap<>(Expected.rows(definitions.applied(sent)));
    expected.keySet().removeIf(key -> key.metric().endsWith("@minutes") && key.tier() != 60);
    assertThat(expected.keySet().stream().map(Expected.Key::metric))
        .contains("metric.1@by-host", "metric.2@all", "metric.3@instead", "metric.4@minutes");
    try (StoredTables tables = run.tables()) {
      assertThat(Expected.differences(expected, tables.rows())).as("seed %s", SEED).isEmpty();
      assertLedgerHolds(tables);
    }
  }

  /** Every point that a window has closed is stored as its own series, or dropped by a rule. */
  private static void assertLedgerHolds(StoredTables tables) throws Exception {
    List<Snapshot> snapshots = tables.snapshots();
    long dropped = 0;
    for (Map<String, Long> points :
        tables.ledger(snapshots.get(snapshots.size() - 1).snapshotId()).values()) {
      long stored = points.getOrDefault("stored", 0L);
      assertThat(points.get("received")).isEqualTo(points.get("accepted"));
      assertThat(stored + points.getOrDefault("dropped", 0L)).isEqualTo(points.get("closed"));
      dropped += points.getOrDefault("dropped", 0L);
    }
    assertThat(dropped).isPositive();
  }
}
