package tidemark.operators.rollup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.TestPartials;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;

/** All subtasks of one rollup operator over RocksDB; keeps what they sent. */
final class RollupHarness implements AutoCloseable {
  static final int MAX_PARALLELISM = 8;
  static final KeyGroups KEY_GROUPS = new KeyGroups(MAX_PARALLELISM);
  static final RollupConfig ROOMY = new RollupConfig(64L << 20, 50_000, 1 << 16);

  private final List<RollupOperator> operators = new ArrayList<>();
  private final List<KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch>>
      subtasks = new ArrayList<>();
  private final List<PartialBatch> sent = new ArrayList<>();

  private RollupHarness() {}

  static RollupHarness start(Tier tier, RollupConfig config) throws Exception {
    return start(tier, config, 1, 1, null);
  }

  /** Restores what {@link #snapshot} of a run at another parallelism gave; null for a new start. */
  static RollupHarness start(
      Tier tier, RollupConfig config, int parallelism, int before, OperatorSubtaskState state)
      throws Exception {
    RollupHarness harness = new RollupHarness();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      RollupOperator operator = RollupOperator.ofPoints(tier, config, KEY_GROUPS);
      var one =
          new KeyedOneInputStreamOperatorTestHarness<>(
              operator, KEY_GROUPS.selector(), Types.INT, MAX_PARALLELISM, parallelism, subtask);
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

  void process(List<TestPartials.Point> points) throws Exception {
    processBatches(TestPartials.batches(KEY_GROUPS, points));
  }

  void processBatches(List<PartialBatch> batches) throws Exception {
    IntUnaryOperator subtaskOf =
        group ->
            KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(
                MAX_PARALLELISM, subtasks.size(), group);
    for (PartialBatch batch : batches) {
      subtasks
          .get(subtaskOf.applyAsInt(batch.keyGroup()))
          .processElement(new StreamRecord<>(batch));
    }
    collect();
  }

  void watermark(long timestampMs) throws Exception {
    for (var subtask : subtasks) {
      subtask.processWatermark(timestampMs);
    }
    collect();
  }

  OperatorSubtaskState snapshot(long checkpoint) throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (var subtask : subtasks) {
      subtask.prepareSnapshotPreBarrier(checkpoint);
    }
    collect();
    for (var subtask : subtasks) {
      states.add(subtask.snapshot(checkpoint, checkpoint));
    }
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(OperatorSubtaskState[]::new));
  }

  private void collect() {
    for (var subtask : subtasks) {
      subtask.extractOutputValues().forEach(sent::add);
      subtask.getOutput().clear();
    }
  }

  List<PartialBatch> sent() {
    return sent;
  }

  List<TestPartials.Row> rows() {
    return TestPartials.rows(sent);
  }

  /** Points of the ledger rows sent under that name. */
  Map<TestPartials.LedgerKey, Long> ledger(String label) {
    Map<TestPartials.LedgerKey, Long> points = TestPartials.ledger(sent);
    points.keySet().removeIf(key -> !key.label().equals(label));
    return points;
  }

  /** Late points of all reports sent. */
  long reportedLate() {
    return sent.stream()
        .filter(batch -> batch.kind() == PartialBatch.Kind.REPORT)
        .mapToLong(
            batch ->
                EpochReport.ofBytes(batch.bytes(), batch.length()).count(EpochReport.POINTS_LATE))
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
  }
}
