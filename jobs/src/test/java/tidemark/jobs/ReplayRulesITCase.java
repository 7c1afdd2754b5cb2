package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.wire.IntakeHeaders;

/**
 * A live job under more than a hundred changes of rules, and replays of its archive: by the rules
 * as they were, and by those of now from the beginning on.
 */
class ReplayRulesITCase {
  private static final long SEED = 20261122;
  private static final int RECORDS = 2_000;
  private static final ReplayInput INPUT = new ReplayInput(SEED);
  private static final GeneratedDefinitions DEFINITIONS =
      new GeneratedDefinitions(SEED, RECORDS / 5);
  private static final DefinitionLimits LIMITS = DefinitionLimits.DEFAULTS;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  @TempDir static Path folder;

  private static StoreConfig store;

  @BeforeAll
  static void runLive() throws Exception {
    store = TopologyRun.store(folder);
    new TopologyRun(folder)
        .parallelism(2)
        .definitions(
            new GeneratedDefinitions.Records(SEED, RECORDS / 5),
            DEFINITIONS.size(),
            RateLimiterStrategy.noOp())
        .run(INPUT::record, RECORDS, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      INPUT.archive(folder.resolve("archive"), catalog, RECORDS);
    }
  }

  @Test
  void rulesAsTheyWereGiveWhatTheLiveJobHas() throws Exception {
    replay("were", "as-were", 2);
    try (StoredTables tables = tables()) {
      Map<Expected.Key, Expected.Row> main = tables.rows();
      assertThat(Expected.differences(expected(DEFINITIONS.applied(points())), main)).isEmpty();
      assertThat(main.keySet().stream().map(Expected.Key::metric))
          .contains("metric.1@by-host", "metric.3@instead");
      assertThat(Expected.differences(main, tables.rows("were"))).as("seed %s", SEED).isEmpty();
      assertThat(tables.ledger(tables.rollups().snapshot("were").snapshotId()))
          .isEqualTo(tables.ledger(tables.rollups().currentSnapshot().snapshotId()));
    }
  }

  @Test
  void rulesAsTheyAreCountFromTheBeginning() throws Exception {
    replay("are", "as-are", 3);
    Map<Expected.Key, Expected.Row> wanted = expected(DEFINITIONS.appliedAsOfNow(points()));
    Set<ReplayOrigin.Rule> names = new TreeSet<>();
    for (Expected.Key key : wanted.keySet()) {
      int at = key.metric().indexOf('@');
      if (at >= 0) {
        names.add(new ReplayOrigin.Rule(key.org(), key.metric().substring(at + 1)));
      }
    }
    assertThat(names).isNotEmpty();
    try (StoredTables tables = tables();
        TableCatalog catalog = new TableCatalog(store.catalog())) {
      assertThat(Expected.differences(wanted, tables.rows("are"))).as("seed %s", SEED).isEmpty();
      ReplayOrigin origin = ReplayBranch.origin(catalog.rollups(), "are").orElseThrow();
      assertThat(origin.controlEnd()).isEqualTo(DEFINITIONS.size());
      assertThat(origin.rules()).containsAll(names);
      for (ReplayOrigin.Rule name : names) {
        assertThat(origin.covers(10, name.org(), "m@" + name.name())).isTrue();
      }
      assertThat(origin.covers(10, "acme", "m@never-defined")).isFalse();
      assertThat(origin.covers(10, "acme", "m")).isTrue();
    }
  }

  @Test
  void definitionsThatCameLaterAreNotTakenWhenABranchGoesOn() throws Exception {
    ControlHistory half = new ControlHistory(history().entries(), DEFINITIONS.size() / 2);
    Configuration options = options("half", "as-were");
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      ReplayRequest request = ReplayRequest.from(options);
      ReplayPlan first = ReplayPlan.make(catalog, request, () -> half, LIMITS);
      ReplayPlan later = ReplayPlan.make(catalog, request, ReplayRulesITCase::history, LIMITS);
      assertThat(first.rules().all()).isNotEmpty();
      assertThat(later.rules()).isEqualTo(first.rules());

      options.set(ReplayOptions.BRANCH, "half-again");
      options.set(ReplayOptions.OF, "half");
      options.set(ReplayOptions.RULES, ReplayOptions.Rules.NONE);
      ReplayRequest again = ReplayRequest.from(options);
      assertThat(ReplayPlan.make(catalog, again, ReplayRulesITCase::history, LIMITS).rules())
          .isEqualTo(first.rules());

      ReplayRequest other = ReplayRequest.from(options("half", "as-are"));
      assertThatThrownBy(() -> ReplayPlan.make(catalog, other, ReplayRulesITCase::history, LIMITS))
          .hasMessageContaining("branch half is there already and was made with coarser series");
      assertThatThrownBy(
              () ->
                  ReplayPlan.make(catalog, request, () -> new ControlHistory(List.of(), 3), LIMITS))
          .hasMessageStartingWith("the control topic, which ends at offset 3, has other rules");
      assertThatThrownBy(
              () ->
                  ReplayPlan.make(
                      catalog,
                      request,
                      () -> new ControlHistory(List.of(), DEFINITIONS.size()),
                      LIMITS))
          .hasMessageContaining("has other rules than when the branch was made");
    }
  }

  @Test
  void theControlTopicIsReadAsItStandsInKafka() throws Exception {
    try (TestBroker broker = new TestBroker(Files.createDirectory(folder.resolve("kafka")))) {
      broker.createTopicOfAnyTime("control", 1);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        for (IntakeRecord record : DEFINITIONS.records()) {
          send(producer, record.format(), record.brokerTimeMs(), record.value());
        }
        send(producer, IntakeHeaders.DEFINITION, 1, "no JSON".getBytes(StandardCharsets.UTF_8));
        send(producer, IntakeHeaders.DEFINITION, 1, null);
      }
      Configuration options = new Configuration();
      options.setString("tidemark.source.bootstrap-servers", broker.bootstrapServers());
      options.setString("tidemark.control.topic", "control");
      ControlHistory read = ControlHistory.read(options, MainConfig.from(options).control());
      assertThat(read.end()).isEqualTo(DEFINITIONS.size() + 2);
      ReplayOrigin origin =
          new ReplayOrigin(
              1,
              "",
              "{}",
              ReplayRequest.from(options("x", "as-were")).selection(),
              ReplayOrigin.Coarser.AS_IT_WAS,
              read.end(),
              Set.of(),
              "");
      assertThat(read.rules(origin, LIMITS)).isEqualTo(history().rules(origin, LIMITS));
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String format, long timeMs, byte[] value)
      throws Exception {
    RecordHeaders headers = new RecordHeaders();
    headers.add(IntakeHeaders.FORMAT, format.getBytes(StandardCharsets.UTF_8));
    producer.send(new ProducerRecord<>("control", 0, timeMs, null, value, headers)).get();
  }

  private static ControlHistory history() {
    List<ControlHistory.Entry> entries = new ArrayList<>();
    for (IntakeRecord record : DEFINITIONS.records()) {
      if (record.format().equals(IntakeHeaders.DEFINITION)) {
        entries.add(
            ControlHistory.entry(record.offset(), record.brokerTimeMs(), record.value())
                .orElseThrow());
      }
    }
    return new ControlHistory(entries, DEFINITIONS.size());
  }

  private static List<Expected.Sent> points() {
    return INPUT.allPoints(RECORDS);
  }

  private static Map<Expected.Key, Expected.Row> expected(List<Expected.Sent> points) {
    Map<Expected.Key, Expected.Row> rows = new HashMap<>(Expected.rows(points));
    rows.keySet().removeIf(key -> key.metric().endsWith("@minutes") && key.tier() != 60);
    return rows;
  }

  private static Configuration options(String branch, String rules) {
    Configuration options = new Configuration();
    options.set(ReplayOptions.BRANCH, branch);
    options.setString("tidemark.replay.rules", rules);
    return options;
  }

  private static StoredTables tables() {
    return new StoredTables(folder.resolve("warehouse"), folder.resolve("catalog.db"));
  }

  private static void replay(String branch, String rules, int parallelism) throws Exception {
    FailOnce.arm();
    Configuration options = options(branch, rules);
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
    ReplayPlan plan;
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      plan = ReplayPlan.make(catalog, request, ReplayRulesITCase::history, LIMITS);
    }
    ReplayJob.append(
        FailOnce.HOOKS.records(
            ReplayJob.records(env, plan, config, request.retryForMs())
                .map(new SlowUntilFailed())
                .returns(IntakeRecordSerializer.TYPE)
                .uid("test-slow")),
        plan,
        config,
        store.onBranch(branch));
    env.execute();
    assertThat(FailOnce.hasFailed()).isTrue();
  }
}
