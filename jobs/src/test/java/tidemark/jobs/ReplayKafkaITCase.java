package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
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

/** What a live job made of records, and what a replay makes of them from a real Kafka. */
class ReplayKafkaITCase {
  private static final long SEED = 20261123;
  private static final int RECORDS = 3_500;
  private static final long STEP_MS = 5_000;
  private static final long HOUR_MS = 3_600_000L;
  private static final long MIDNIGHT_MS = 1_795_824_000_000L;
  private static final ReplayInput INPUT = new ReplayInput(SEED, STEP_MS);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  @TempDir static Path folder;
  @TempDir static Path brokerFolder;

  private static StoreConfig store;
  private static TestBroker broker;

  /** Main, from a live run; a Kafka with the same records and some that came later. */
  @BeforeAll
  static void runLive() throws Exception {
    store = TopologyRun.store(folder);
    new TopologyRun(folder)
        .parallelism(2)
        .run(INPUT::record, RECORDS, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});
    broker = new TestBroker(brokerFolder);
    send(broker);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static void send(TestBroker to) throws Exception {
    to.createTopicOfAnyTime("points", ReplayInput.PARTITIONS);
    try (KafkaProducer<byte[], byte[]> producer = to.producer()) {
      INPUT.send(producer, "points", 0, RECORDS + 500);
    }
  }

  @ParameterizedTest(name = "parallelism {0}")
  @ValueSource(ints = {1, 3})
  void aReplayFromKafkaEqualsWhatItReplays(int parallelism) throws Exception {
    String branch = "all-" + parallelism;
    FailOnce.arm();
    replay(broker, branch, Map.of(), parallelism);
    assertThat(FailOnce.hasFailed()).isTrue();
    try (StoredTables tables = tables()) {
      Map<Expected.Key, Expected.Row> main = tables.rows();
      assertThat(main).hasSizeGreaterThan(1_000);
      assertThat(Expected.differences(Expected.rows(INPUT.allPoints(RECORDS)), main)).isEmpty();
      assertThat(Expected.differences(main, tables.rows(branch))).as("seed %s", SEED).isEmpty();
      assertThat(tables.ledger(tables.rollups().snapshot(branch).snapshotId()))
          .isEqualTo(tables.ledger(tables.rollups().currentSnapshot().snapshotId()));
      Map<String, String> last = tables.rollups().snapshot(branch).summary();
      Map<String, String> base = tables.rollups().currentSnapshot().summary();
      assertThat(last)
          .containsEntry("tidemark.watermark-ms", Long.toString(Long.MAX_VALUE))
          .containsEntry("tidemark.offsets", base.get("tidemark.offsets"))
          .containsEntry("tidemark.total-records-read", base.get("tidemark.total-records-read"));
    }
  }

  /** Points may be ten minutes ahead of their records, so these are needed and older ones not. */
  @Test
  void whatKafkaHasDroppedIsToldOrNotNeeded(@TempDir Path otherFolder) throws Exception {
    FailOnce.disarm();
    long fromMs = MIDNIGHT_MS + 2 * HOUR_MS;
    Map<String, String> options =
        Map.of("tidemark.replay.from", Instant.ofEpochMilli(fromMs).toString());
    try (TestBroker other = new TestBroker(otherFolder)) {
      send(other);
      Map<Integer, Long> first = firstSince(fromMs - 600_000);
      Map<Integer, Long> dropped = new HashMap<>(first);
      dropped.replaceAll((partition, offset) -> offset - 1);
      other.deleteBefore("points", dropped);
      replay(other, "since", options, 2);
      List<Expected.Sent> wanted =
          INPUT.allPoints(RECORDS).stream().filter(point -> point.timestampMs() >= fromMs).toList();
      try (StoredTables tables = tables()) {
        assertThat(wanted).hasSizeGreaterThan(10_000);
        assertThat(Expected.differences(Expected.rows(wanted), tables.rows("since"))).isEmpty();
        Map<String, String> last = tables.rollups().snapshot("since").summary();
        assertThat(Long.parseLong(last.get("tidemark.total-records-read")))
            .as("what is older is not read")
            .isLessThan(RECORDS - first.get(0) * ReplayInput.PARTITIONS);
        assertThat(last).containsEntry("tidemark.total-points-accepted", "" + wanted.size());
      }

      other.deleteBefore("points", Map.of(3, first.get(3)));
      assertThatThrownBy(() -> replay(other, "dropped", options, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Kafka has points/3 from offset " + first.get(3) + " of 2026-")
          .hasMessageContaining(
              "wanted is all from broker time " + Instant.ofEpochMilli(fromMs - 600_000))
          .hasMessageContaining("replay from the archive");
      assertThatThrownBy(() -> replay(other, "dropped", Map.of(), 1))
          .hasMessageContaining("wanted is all from offset 0 on");
      try (StoredTables tables = tables()) {
        assertThat(tables.rollups().refs()).doesNotContainKey("dropped");
      }
    }
  }

  /** By partition: offset of the first record of a broker time. */
  private static Map<Integer, Long> firstSince(long brokerTimeMs) {
    Map<Integer, Long> first = new HashMap<>();
    for (long index = 0; first.size() < ReplayInput.PARTITIONS; index++) {
      IntakeRecord record = INPUT.record(index);
      if (record.brokerTimeMs() >= brokerTimeMs) {
        first.putIfAbsent(record.partition(), record.offset());
      }
    }
    return first;
  }

  @Test
  void aKafkaThatLacksTheEndIsRefused(@TempDir Path otherFolder) throws Exception {
    try (TestBroker other = new TestBroker(otherFolder)) {
      other.createTopicOfAnyTime("points", ReplayInput.PARTITIONS);
      assertThatThrownBy(() -> replay(other, "ends", Map.of(), 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Kafka has points/0 up to offset 0 only")
          .hasMessageContaining("was counted up to " + RECORDS / ReplayInput.PARTITIONS);
    }
  }

  private static StoredTables tables() {
    return new StoredTables(folder.resolve("warehouse"), folder.resolve("catalog.db"));
  }

  private static void replay(
      TestBroker from, String branch, Map<String, String> more, int parallelism) throws Exception {
    Configuration options = Configuration.fromMap(more);
    options.set(ReplayOptions.BRANCH, branch);
    options.set(SourceOptions.BOOTSTRAP_SERVERS, from.bootstrapServers());
    options.set(SourceOptions.TOPIC, "points");
    Configuration settings = ReplayJob.required();
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(1));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    MainConfig config = MainConfig.from(options);
    KafkaReplay plan;
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      plan = KafkaReplay.make(catalog, ReplayRequest.from(options), options, config);
    }
    DataStream<IntakeRecord> records =
        ReplayJob.kafkaRecords(env, options, config, plan.ranges())
            .map(new SlowUntilFailed())
            .returns(IntakeRecordSerializer.TYPE)
            .uid("test-slow");
    ReplayJob.append(
        FailOnce.HOOKS.records(records),
        ReplayPlan.withoutArchive(plan.origin(), plan.rules()),
        config,
        store.onBranch(branch));
    env.execute();
  }
}
