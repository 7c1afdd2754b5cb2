package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionLimits;

/** What a live job made of records, and what a replay of their archive makes of them. */
class ReplayJobITCase {
  private static final long SEED = 20261122;
  private static final int RECORDS = 8_000;
  private static final long HOUR_MS = 3_600_000L;
  private static final long MIDNIGHT_MS = 1_795_824_000_000L;
  private static final ReplayInput INPUT = new ReplayInput(SEED);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  @TempDir static Path folder;

  private static StoreConfig store;

  /** Main, from a live run, and the archive of the same records and some that came later. */
  @BeforeAll
  static void runLive() throws Exception {
    store = TopologyRun.store(folder);
    new TopologyRun(folder)
        .parallelism(2)
        .run(INPUT::record, RECORDS, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      INPUT.archive(folder.resolve("archive"), catalog, RECORDS + 1_000);
    }
  }

  @ParameterizedTest(name = "parallelism {0}")
  @ValueSource(ints = {1, 2, 3})
  void aReplayEqualsWhatItReplays(int parallelism) throws Exception {
    FailOnce.arm();
    replay("all-" + parallelism, Map.of(), parallelism);
    assertThat(FailOnce.hasFailed()).isTrue();
    try (StoredTables tables = tables()) {
      Map<Expected.Key, Expected.Row> main = tables.rows();
      assertThat(main).hasSizeGreaterThan(1_000);
      assertThat(Expected.differences(Expected.rows(INPUT.allPoints(RECORDS)), main)).isEmpty();
      String branch = "all-" + parallelism;
      assertThat(Expected.differences(main, tables.rows(branch))).as("seed %s", SEED).isEmpty();
      assertThat(tables.ledger(tables.rollups().snapshot(branch).snapshotId()))
          .isEqualTo(tables.ledger(tables.rollups().currentSnapshot().snapshotId()));
      assertComplete(tables, branch);
      assertThat(tables.rollups().snapshot(branch).summary().get("tidemark.offsets"))
          .isEqualTo(tables.rollups().currentSnapshot().summary().get("tidemark.offsets"));
    }
  }

  @Test
  void oneOrgAndTwoHoursEqualTheSamePartOfMain() throws Exception {
    FailOnce.disarm();
    replay(
        "part",
        Map.of(
            "tidemark.replay.orgs", "globex",
            "tidemark.replay.metrics", "metric.1, *4",
            "tidemark.replay.from", "2026-11-27T23:00:00Z",
            "tidemark.replay.to", "2026-11-28T01:00:00Z"),
        2);
    List<Expected.Sent> wanted =
        INPUT.allPoints(RECORDS).stream()
            .filter(point -> point.org().equals("globex"))
            .filter(point -> point.metric().equals("metric.1") || point.metric().endsWith("4"))
            .filter(point -> point.timestampMs() >= MIDNIGHT_MS - HOUR_MS)
            .filter(point -> point.timestampMs() < MIDNIGHT_MS + HOUR_MS)
            .toList();
    assertThat(wanted).hasSizeGreaterThan(1_000);
    try (StoredTables tables = tables()) {
      assertThat(Expected.differences(Expected.rows(wanted), tables.rows("part"))).isEmpty();
      assertComplete(tables, "part");
      Map<String, String> last = tables.rollups().snapshot("part").summary();
      assertThat(last).containsEntry("tidemark.total-points-accepted", "" + wanted.size());
      assertThat(Long.parseLong(last.get("tidemark.total-points-skipped"))).isPositive();
    }
  }

  /** Also then it is complete, and says so. */
  @Test
  void aReplayWithoutARowIsComplete() throws Exception {
    FailOnce.disarm();
    replay("nothing", Map.of("tidemark.replay.orgs", "nobody"), 3);
    try (StoredTables tables = tables()) {
      assertThat(tables.rows("nothing")).isEmpty();
      assertComplete(tables, "nothing");
    }
  }

  @Test
  void aBranchIsReplayedOnce() throws Exception {
    FailOnce.disarm();
    Map<String, String> options = Map.of("tidemark.replay.orgs", "nobody");
    replay("once", options, 1);
    assertThatThrownBy(() -> replay("once", options, 1))
        .rootCause()
        .hasMessageContaining("branch once holds epoch");
    assertThatThrownBy(() -> replay("once", Map.of(), 1))
        .hasMessageStartingWith("branch once is there already and was made for ");
    remove("once");
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      assertThat(catalog.rollups().refs()).doesNotContainKeys("once", "replay-base-once");
      assertThat(catalog.series().refs()).doesNotContainKey("once");
    }
    remove("once"); // may be repeated
    replay("once", options, 1);
  }

  private static void remove(String branch) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(ReplayJob.required());
    Configuration options = new Configuration();
    options.set(ReplayOptions.BRANCH, branch);
    ReplayJob.remove(env, ReplayRequest.from(options), store);
    env.execute();
  }

  private static void assertComplete(StoredTables tables, String branch) {
    assertThat(tables.rollups().snapshot(branch).summary())
        .containsEntry("tidemark.watermark-ms", Long.toString(Long.MAX_VALUE));
  }

  private static StoredTables tables() {
    return new StoredTables(folder.resolve("warehouse"), folder.resolve("catalog.db"));
  }

  private static void replay(String branch, Map<String, String> more, int parallelism)
      throws Exception {
    Configuration options = Configuration.fromMap(more);
    options.set(ReplayOptions.BRANCH, branch);
    ReplayRequest request = ReplayRequest.from(options);
    Configuration settings = ReplayJob.required();
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(1));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    MainConfig config = MainConfig.from(options);
    ReplayPlan plan = plan(request);
    DataStream<IntakeRecord> records =
        ReplayJob.records(env, plan, config, request.retryForMs())
            .map(new SlowUntilFailed())
            .returns(IntakeRecordSerializer.TYPE)
            .uid("test-slow");
    int readers = records.getParallelism();
    ReplayJob.append(
        FailOnce.HOOKS.records(records), plan, config, store.onBranch(request.branch()));
    assertThat(readers).isLessThanOrEqualTo(parallelism);
    env.execute();
  }

  private static ReplayPlan plan(ReplayRequest request) throws IOException {
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      return ReplayPlan.make(
          catalog, request, () -> new ControlHistory(List.of(), 0), DefinitionLimits.DEFAULTS);
    }
  }
}
