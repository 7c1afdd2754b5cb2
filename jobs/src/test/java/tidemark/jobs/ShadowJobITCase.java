package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.JsonUtil;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.IntakeRecord;
import tidemark.operators.compare.CompareConfig;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watermark.HeartbeatWatermarks;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/**
 * A shadow beside the live job, on a real Kafka whose input never pauses: hours of event time pass
 * in seconds, and some points come late by up to 30 days.
 */
class ShadowJobITCase {
  private static final long SEED = 20261124;
  private static final long STEP_MS = 5_000;
  private static final int CHUNK = 40;
  private static final long HOUR_MS = 3_600_000L;
  private static final ReplayInput INPUT = new ReplayInput(SEED, STEP_MS);

  private static final AggregationRule RULE =
      new AggregationRule(
          "acme",
          "by-zone",
          1,
          0,
          new SeriesFilter(new TextPattern("*"), List.of()),
          AggregationRule.TagChoice.KEEP,
          new TreeSet<>(List.of("zone")),
          EnumSet.allOf(MetricType.class),
          new TreeSet<>(List.of(10, 60, 3600)),
          false,
          1_000);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(6)
              .build());

  @TempDir static Path folder;
  @TempDir static Path brokerFolder;

  private static StoreConfig store;
  private static TestBroker broker;
  private static Thread sending;
  private static volatile boolean isEnding;
  private static JobClient main;

  @BeforeAll
  static void runLive() throws Exception {
    store = TopologyRun.store(folder);
    broker = new TestBroker(brokerFolder);
    broker.createTopicOfAnyTime("points", ReplayInput.PARTITIONS);
    broker.createTopicOfAnyTime("control", 1);
    sending = new Thread(ShadowJobITCase::send, "sending");
    sending.start();
    main = startMain();
    await(() -> watermarkMs("main") > 0);
  }

  private static void send() {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      long startMs = INPUT.record(0).brokerTimeMs();
      sendControl(
          producer, startMs - 60_000, IntakeHeaders.DEFINITION, DefinitionCodec.toJson(RULE));
      for (long from = 0; !isEnding; from += CHUNK) {
        INPUT.send(producer, "points", from, from + CHUNK);
        long nowMs = INPUT.record(from + CHUNK - 1).brokerTimeMs();
        sendControl(producer, nowMs, IntakeHeaders.HEARTBEAT, Heartbeat.bytes(nowMs, 1));
        LockSupport.parkNanos(300_000_000L); // an hour in six seconds
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sendControl(
      KafkaProducer<byte[], byte[]> producer, long brokerTimeMs, String format, byte[] value)
      throws Exception {
    RecordHeaders headers = new RecordHeaders();
    headers.add(IntakeHeaders.FORMAT, format.getBytes(StandardCharsets.UTF_8));
    producer.send(new ProducerRecord<>("control", 0, brokerTimeMs, null, value, headers)).get();
  }

  @AfterAll
  static void stop() throws Exception {
    main.cancel().get(30, TimeUnit.SECONDS);
    isEnding = true;
    sending.join();
    broker.close();
  }

  private static JobClient startMain() throws Exception {
    StreamExecutionEnvironment env = environment("", 2);
    Configuration options = options("any");
    MainConfig config = MainConfig.from(options);
    DataStream<IntakeRecord> records =
        env.fromSource(
                KafkaConnectors.source(options, config.decode()),
                HeartbeatWatermarks.strategy(config.watermark()),
                "source")
            .uid(OperatorUid.SOURCE.uid());
    DataStream<IntakeRecord> definitions =
        env.fromSource(
                KafkaConnectors.control(options, config),
                HeartbeatWatermarks.strategy(config.watermark()),
                "control topic")
            .uid(OperatorUid.CONTROL_SOURCE.uid())
            .setParallelism(1);
    StoreStage.append(
        MainTopology.append(records, definitions, config).writers(),
        store,
        OperatorUid.STORE_EPOCH.uid());
    return env.executeAsync("tidemark");
  }

  private static StreamExecutionEnvironment environment(String savepoint, int parallelism) {
    Configuration settings = MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM);
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    if (!savepoint.isEmpty()) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(parallelism);
    return env;
  }

  private static Configuration options(String branch) {
    Configuration options = new Configuration();
    options.setString("tidemark.shadow.branch", branch);
    options.setString("tidemark.source.bootstrap-servers", broker.bootstrapServers());
    options.setString("tidemark.source.topic", "points");
    options.setString("tidemark.control.topic", "control");
    options.setString("tidemark.store.warehouse", store.warehouse());
    options.setString("tidemark.store.catalog-uri", store.catalogUri());
    return options;
  }

  /** What a test puts behind the source. */
  private interface Change {
    DataStream<IntakeRecord> of(DataStream<IntakeRecord> records);
  }

  private static final Change NONE = records -> records;

  private static JobClient start(
      Configuration options, String savepoint, Change change, int parallelism) throws Exception {
    StreamExecutionEnvironment env = environment(savepoint, parallelism);
    ShadowPlan plan = ShadowJob.plan(env, options);
    DataStream<IntakeRecord> records = change.of(ShadowJob.records(env, options, plan));
    ShadowJob.append(env, records, options, plan);
    return env.executeAsync("tidemark shadow");
  }

  private static String stopWithSavepoint(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get(3, TimeUnit.MINUTES);
  }

  /** Ends a stopped shadow at an epoch of main. */
  private static void end(Configuration options, String savepoint, Change change) throws Exception {
    Configuration ending = new Configuration(options);
    ending.set(ShadowOptions.ACTION, ShadowOptions.Action.END);
    start(ending, savepoint, change, 1).getJobExecutionResult().get(5, TimeUnit.MINUTES);
  }

  @Test
  void aShadowEqualsMainThoughNeitherPauses() throws Exception {
    Configuration options = options("beside");
    JobClient shadow = start(options, "", NONE, 2);
    long fromMs = origin("beside").selection().fromMs();
    await(() -> watermarkMs("beside") > fromMs + 2 * HOUR_MS);
    assertThatThrownBy(() -> compare("beside")).rootCause().hasMessageContaining("range");
    String savepoint = stopWithSavepoint(shadow);
    end(options, savepoint, NONE);
    assertEqualToMain("beside", fromMs);
    SortedMap<Integer, Long> ends = ends("beside");

    // it goes on, as if it had never been ended, and comes further
    shadow = start(options, savepoint, NONE, 1);
    await(() -> watermarkMs("beside") < Long.MAX_VALUE && isAhead(offsets("beside"), ends));
    end(options, stopWithSavepoint(shadow), NONE);
    assertThat(isAhead(ends("beside"), ends)).isTrue();
    assertEqualToMain("beside", fromMs);
    assertMainIsAlone();
  }

  private static boolean isAhead(
      SortedMap<Integer, Long> offsets, SortedMap<Integer, Long> others) {
    return others.entrySet().stream()
        .allMatch(other -> offsets.getOrDefault(other.getKey(), 0L) > other.getValue());
  }

  private void assertEqualToMain(String branch, long fromMs) throws Exception {
    JsonNode found = compare(branch);
    assertThat(found.path("rows")).isEmpty();
    assertThat(found.path("equal").asBoolean()).isTrue();
    assertThat(found.path("complete").asBoolean()).isTrue();
    assertThat(found.path("counts").path("equal").asInt()).isGreaterThan(1_000);
    assertThat(offsets(branch)).isEqualTo(ends(branch));
    List<Expected.Sent> counted = points(ends(branch), fromMs, index -> true);
    assertThat(counted.stream().filter(point -> point.timestampMs() < fromMs + HOUR_MS))
        .as("points of the first hour")
        .hasSizeGreaterThan(10_000);
    counted.addAll(counted.stream().flatMap(ShadowJobITCase::byZone).toList());
    try (StoredTables tables = tables()) {
      assertThat(Expected.differences(Expected.rows(counted), tables.rows(branch)))
          .as("seed %s", SEED)
          .isEmpty();
    }
  }

  /** What the rule makes of a point. */
  private static Stream<Expected.Sent> byZone(Expected.Sent point) {
    return point.org().equals(RULE.org())
        ? Stream.of(
            new Expected.Sent(
                point.org(),
                point.metric() + "@by-zone",
                point.tags().stream().filter(tag -> tag.startsWith("zone:")).toList(),
                point.type(),
                point.timestampMs(),
                point.value()))
        : Stream.empty();
  }

  /** Nothing that a shadow does shows in main. */
  private static void assertMainIsAlone() throws Exception {
    try (StoredTables tables = tables()) {
      Set<String> lineages = new HashSet<>();
      tables.summaries().forEach(summary -> lineages.add(summary.get("tidemark.lineage")));
      assertThat(lineages).hasSize(1);
      Snapshot head = tables.rollups().currentSnapshot();
      assertThat(head.summary().get("tidemark.heads")).isEqualTo("{}");
    }
    assertThat(broker.consumerGroups()).contains("tidemark", "tidemark-shadow-beside");
  }

  /** One in fifty records of a partition is passed over. */
  @Test
  void aBugInTheShadowIsFound() throws Exception {
    Change bug = records -> records.filter(new PassOver()).uid("test-bug");
    Configuration options = options("wrong");
    options.setString("tidemark.control.topic", ""); // so that no rows of rules are compared
    JobClient shadow = start(options, "", bug, 1);
    long fromMs = origin("wrong").selection().fromMs();
    await(() -> watermarkMs("wrong") > fromMs + HOUR_MS);
    end(options, stopWithSavepoint(shadow), bug);

    JsonNode found = compare("wrong");
    assertThat(found.path("equal").asBoolean()).isFalse();
    SortedMap<Integer, Long> ends = ends("wrong");
    long closedMs =
        JsonUtil.mapper().readTree(found.path("covered").asText()).path("to_ms").asLong();
    List<Expected.Sent> all = within(points(ends, fromMs, index -> true), closedMs);
    List<Expected.Sent> some =
        within(points(ends, fromMs, index -> !PassOver.isConcerned(index)), closedMs);
    long rows = differing(Expected.rows(all), Expected.rows(some));
    long minutes = differing(Expected.pointsByMinute(all), Expected.pointsByMinute(some));
    JsonNode counts = found.path("counts");
    assertThat(rows).isPositive();
    assertThat(counts.path("missing").asLong() + counts.path("different").asLong())
        .as("rows, and three of the ledger for each minute; seed %s", SEED)
        .isEqualTo(rows + 3 * minutes);
    assertThat(counts.path("extra").asLong()).isZero();
  }

  private static <K> long differing(Map<K, ?> all, Map<K, ?> some) {
    return all.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(some.get(entry.getKey())))
        .count();
  }

  private static List<Expected.Sent> within(List<Expected.Sent> points, long endMs) {
    return points.stream().filter(point -> point.timestampMs() < endMs).toList();
  }

  private static final class PassOver implements FilterFunction<IntakeRecord> {
    private static final long serialVersionUID = 1L;

    /**
     * @param index of the record in all
     */
    static boolean isConcerned(long index) {
      return index % ReplayInput.PARTITIONS == 3 && index / ReplayInput.PARTITIONS % 50 == 7;
    }

    @Override
    public boolean filter(IntakeRecord record) {
      return record.isHeartbeat()
          || !isConcerned(record.offset() * ReplayInput.PARTITIONS + record.partition());
    }
  }

  @Test
  void aNameOfAReplayOrAnotherTimeIsRefused() throws Exception {
    Configuration options = options("refused");
    Configuration other = new Configuration(options);
    options.set(ShadowOptions.FROM, "2026-11-28T10:00:00Z");
    ShadowJob.plan(environment("", 1), options);
    other.set(ShadowOptions.FROM, "2026-11-28T11:00:00Z");
    assertThatThrownBy(() -> ShadowJob.plan(environment("", 1), other))
        .hasMessageContaining("the shadow of branch refused counts from 2026-11-28T10:00:00Z on")
        .hasMessageContaining("got 2026-11-28T11:00:00Z");
    options.set(ShadowOptions.ACTION, ShadowOptions.Action.END);
    assertThatThrownBy(() -> ShadowJob.plan(environment("", 1), options))
        .hasMessageContaining("has committed nothing yet");
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      ReplayOrigin origin = ReplayBranch.origin(catalog.rollups(), "refused").orElseThrow();
      ReplayBranch.remove(catalog, "refused");
      ReplayBranch.create(catalog, "refused", origin);
      assertThat(catalog.rollups().properties()).doesNotContainKey("tidemark.shadow.refused");
    }
    options.set(ShadowOptions.ACTION, ShadowOptions.Action.RUN);
    assertThatThrownBy(() -> ShadowJob.plan(environment("", 1), options))
        .hasMessageContaining("branch refused is there already and is no shadow's");
  }

  // ---- what stands in the tables

  /** Points of the time from {@code fromMs} on in all records before these offsets. */
  private static List<Expected.Sent> points(
      SortedMap<Integer, Long> ends, long fromMs, LongPredicate indexes) {
    List<Expected.Sent> points = new ArrayList<>();
    long most = ends.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    for (long index = 0; index < most * ReplayInput.PARTITIONS; index++) {
      int partition = (int) (index % ReplayInput.PARTITIONS);
      if (index / ReplayInput.PARTITIONS < ends.get(partition) && indexes.test(index)) {
        INPUT.points(index).stream()
            .filter(point -> point.timestampMs() >= fromMs)
            .forEach(points::add);
      }
    }
    return points;
  }

  private static ReplayOrigin origin(String branch) throws IOException {
    try (TableCatalog catalog = new TableCatalog(store.catalog())) {
      return ReplayBranch.origin(catalog.rollups(), branch).orElseThrow();
    }
  }

  /** Where the branch is to end. */
  private static SortedMap<Integer, Long> ends(String branch) throws IOException {
    return ReplayPlan.offsets(origin(branch)).get("points");
  }

  /** How far the branch has come. */
  private static SortedMap<Integer, Long> offsets(String branch) {
    try (StoredTables tables = tables()) {
      EpochMarker marker = EpochMarker.of(tables.rollups().snapshot(branch)).orElseThrow();
      return ReplayPlan.offsets(marker.epoch(), marker.summary().get("tidemark.offsets"))
          .get("points");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of the branch's head; the smallest if it has none. */
  private static long watermarkMs(String branch) {
    try (StoredTables tables = tables()) {
      if (!tables.hasRollups() || tables.rollups().snapshot(branch) == null) {
        return Long.MIN_VALUE;
      }
      return Long.parseLong(
          tables
              .rollups()
              .snapshot(branch)
              .summary()
              .getOrDefault("tidemark.watermark-ms", Long.toString(Long.MIN_VALUE)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition) throws Exception {
    Instant limit = Instant.now().plus(Duration.ofMinutes(5));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(limit) || main.getJobStatus().get().isTerminalState()) {
        throw new AssertionError("not in time; main is " + main.getJobStatus().get());
      }
      LockSupport.parkNanos(100_000_000L);
    }
  }

  private static StoredTables tables() {
    return new StoredTables(folder.resolve("warehouse"), folder.resolve("catalog.db"));
  }

  private JsonNode compare(String branch) throws Exception {
    Path report = folder.resolve("compare-%s.json".formatted(branch));
    Files.deleteIfExists(report);
    Configuration settings = CompareJob.required();
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    CompareJob.build(
        env,
        new CompareConfig(
            branch,
            "main",
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            CompareConfig.Completeness.REQUIRED,
            report.toUri().toString(),
            1 << 20),
        store.catalog(),
        1);
    env.execute("compare");
    return JsonUtil.mapper().readTree(Files.readString(report));
  }
}
