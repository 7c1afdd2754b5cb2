package tidemark.operators.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.verdict.VerdictCodec;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Verdict;

/** All subtasks of one watch operator over RocksDB; keeps what they sent. */
final class WatchHarness implements AutoCloseable {
  static final int MAX_PARALLELISM = 8;
  static final KeyGroups KEY_GROUPS = new KeyGroups(MAX_PARALLELISM);
  static final WatchConfig CONFIG = new WatchConfig(3_600_000L, 300_000L, 10_000L, 1 << 16);

  /** A point of a series. */
  record Point(SeriesIdentity series, MetricType type, long timestampMs, double value) {
    long paneMs() {
      return timestampMs - Math.floorMod(timestampMs, 10_000L);
    }
  }

  private final List<WatchOperator> operators = new ArrayList<>();
  private final List<KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch>>
      subtasks = new ArrayList<>();
  private final List<MockEnvironment> environments = new ArrayList<>();
  private final Map<String, List<Metric>> metrics = new TreeMap<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private final List<PartialBatch> passed = new ArrayList<>();

  private WatchHarness() {}

  static WatchHarness start(WatchConfig config) throws Exception {
    return start(config, 1, 1, null);
  }

  /** Restores what {@link #snapshot} of a run at another parallelism gave; null for a new start. */
  static WatchHarness start(
      WatchConfig config, int parallelism, int before, OperatorSubtaskState state)
      throws Exception {
    return start(config, parallelism, before, state, WatchedGroups.MAX_RESTING);
  }

  /** As above, with so many refused groups that a task remembers. */
  static WatchHarness start(
      WatchConfig config, int parallelism, int before, OperatorSubtaskState state, int maxResting)
      throws Exception {
    WatchHarness harness = new WatchHarness();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      WatchOperator operator = new WatchOperator(config, KEY_GROUPS, maxResting);
      MockEnvironment environment = harness.environment(parallelism, subtask);
      var one =
          new KeyedOneInputStreamOperatorTestHarness<>(
              operator, KEY_GROUPS.selector(), Types.INT, environment);
      harness.environments.add(environment);
      one.setStateBackend(new EmbeddedRocksDBStateBackend());
      one.setup(new PartialBatchSerializer());
      if (state != null) {
        one.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, before, parallelism, subtask));
      }
      one.open();
      harness.operators.add(operator);
      harness.subtasks.add(one);
    }
    return harness;
  }

  private MockEnvironment environment(int parallelism, int subtask) {
    TestingMetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  if (List.of(group.getScopeComponents()).contains("watch")) {
                    metrics.computeIfAbsent(name, key -> new ArrayList<>()).add(metric);
                  }
                })
            .build();
    return new MockEnvironmentBuilder()
        .setTaskName("watch")
        .setManagedMemorySize(64L << 20)
        .setMaxParallelism(MAX_PARALLELISM)
        .setParallelism(parallelism)
        .setSubtaskIndex(subtask)
        .setMetricGroup(
            TaskManagerMetricGroup.createTaskManagerMetricGroup(
                    registry, "host", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionAttemptID.randomId(), "watch"))
        .build();
  }

  int parallelism() {
    return subtasks.size();
  }

  void define(DefinitionSet definitions) throws Exception {
    broadcast(PartialBatch.Kind.DEFINITIONS, definitions.toBytes());
  }

  void status(IntakeStatus status) throws Exception {
    broadcast(PartialBatch.Kind.STATUS, status.toBytes());
  }

  private void broadcast(PartialBatch.Kind kind, byte[] bytes) throws Exception {
    for (int subtask = 0; subtask < subtasks.size(); subtask++) {
      int group =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                  MAX_PARALLELISM, subtasks.size(), subtask)
              .getStartKeyGroup();
      subtasks
          .get(subtask)
          .processElement(
              new StreamRecord<>(PartialBatch.of(kind, group, PartialBatch.OPEN, bytes)));
    }
    collect();
  }

  void announce(SeriesIdentity series, MetricType type) throws Exception {
    long[] hash = series.hash();
    PartialBatch batch = new PartialBatch(64);
    batch.reset(PartialBatch.Kind.SERIES, KEY_GROUPS.groupOf(hash[0]), PartialBatch.OPEN);
    SeriesCodec.append(new SeriesEntry(hash[0], hash[1], type, series, 0L, 0L), batch);
    process(batch);
  }

  /** Sends points as the rows of 10 s that a roll up makes of them. */
  void rows(List<Point> points) throws Exception {
    Map<Integer, List<Point>> byGroup = new TreeMap<>();
    for (Point point : points) {
      byGroup
          .computeIfAbsent(KEY_GROUPS.groupOf(point.series().hash()[0]), key -> new ArrayList<>())
          .add(point);
    }
    for (Map.Entry<Integer, List<Point>> group : byGroup.entrySet()) {
      process(rows(group.getKey(), group.getValue()));
    }
  }

  static PartialBatch rows(int keyGroup, List<Point> points) {
    MetricNames names = new MetricNames(1);
    PartialTable table = new PartialTable(16);
    for (Point point : points) {
      int name = names.number(point.type(), point.series().org(), point.series().metric());
      int entry = table.entry(point.series().hash()[0], name, point.type(), point.paneMs());
      double[] value = {point.value()};
      switch (point.type()) {
        case COUNTER -> table.addDeltas(entry, value, 0, 1);
        case GAUGE -> table.addReadings(entry, new long[] {point.timestampMs()}, value, 0, 1);
        case DISTRIBUTION -> table.addSamples(entry, value, 0, 1);
      }
    }
    PartialWriter writer = new PartialWriter(names, new PartialBatch(64));
    writer.begin(keyGroup, 10);
    PartialRow row = new PartialRow();
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      writer.write(row);
    }
    return writer.batch();
  }

  void process(PartialBatch batch) throws Exception {
    int subtask =
        KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
            MAX_PARALLELISM, subtasks.size(), batch.keyGroup());
    subtasks.get(subtask).processElement(new StreamRecord<>(batch));
    collect();
  }

  void watermark(long timestampMs) throws Exception {
    for (var subtask : subtasks) {
      subtask.processWatermark(timestampMs);
    }
    collect();
  }

  /** What comes before the barrier's state is written. */
  void beforeBarrier() throws Exception {
    for (var subtask : subtasks) {
      subtask.prepareSnapshotPreBarrier(1L);
    }
    collect();
  }

  OperatorSubtaskState snapshot() throws Exception {
    beforeBarrier();
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (var subtask : subtasks) {
      states.add(subtask.snapshot(1L, 1L));
    }
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(OperatorSubtaskState[]::new));
  }

  private void collect() {
    for (var subtask : subtasks) {
      for (PartialBatch batch : subtask.extractOutputValues()) {
        if (batch.kind() == PartialBatch.Kind.VERDICTS) {
          VerdictCodec.read(batch, verdicts::add);
        } else {
          passed.add(batch);
        }
      }
      subtask.getOutput().clear();
      var side = subtask.getSideOutput(WatchOperator.ALERTS);
      if (side != null) {
        side.forEach(record -> alerts.add(record.getValue()));
        side.clear();
      }
    }
  }

  /** Verdicts since the last call. */
  List<Verdict> verdicts() {
    List<Verdict> taken = List.copyOf(verdicts);
    verdicts.clear();
    return taken;
  }

  /** Alerts since the last call. */
  List<Alert> alerts() {
    List<Alert> taken = List.copyOf(alerts);
    alerts.clear();
    return taken;
  }

  /** Batches that are no verdicts, since the last call. */
  List<PartialBatch> passed() {
    List<PartialBatch> taken = List.copyOf(passed);
    passed.clear();
    return taken;
  }

  /** A counter or gauge of the stage, over all subtasks. */
  long metric(String name) {
    return metrics.get(name).stream()
        .mapToLong(
            metric ->
                metric instanceof Counter counter
                    ? counter.getCount()
                    : ((Number) ((Gauge<?>) metric).getValue()).longValue())
        .sum();
  }

  /** Entries in RocksDB over all subtasks. */
  int stateEntries() {
    return operators.stream()
        .mapToInt(
            operator ->
                ((RocksDBKeyedStateBackend<?>) operator.<Integer>getKeyedStateBackend())
                    .numKeyValueStateEntries())
        .sum();
  }

  @Override
  public void close() throws Exception {
    for (var subtask : subtasks) {
      subtask.close();
    }
    for (MockEnvironment environment : environments) {
      environment.close();
    }
  }
}
