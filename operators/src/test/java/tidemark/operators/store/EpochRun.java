package tidemark.operators.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.EpochReport.Position;

/** One run of an {@link EpochOperator} over the tables of a folder. */
final class EpochRun implements AutoCloseable {
  private final OneInputStreamOperatorTestHarness<byte[], byte[]> harness;
  private final StoreFolder store;

  private EpochRun(OneInputStreamOperatorTestHarness<byte[], byte[]> harness, StoreFolder store) {
    this.harness = harness;
    this.store = store;
  }

  static EpochRun fresh(StoreFolder store) throws Exception {
    return start(store, store.config(), null, 0L);
  }

  static EpochRun restored(StoreFolder store, OperatorSubtaskState state, long checkpoint)
      throws Exception {
    return start(store, store.config(), state, checkpoint);
  }

  static EpochRun start(
      StoreFolder store, StoreConfig config, OperatorSubtaskState state, long checkpoint)
      throws Exception {
    var harness = new OneInputStreamOperatorTestHarness<byte[], byte[]>(new EpochOperator(config));
    harness.setup(BytePrimitiveArraySerializer.INSTANCE);
    boolean isOpen = false;
    try {
      if (state != null) {
        harness.setRestoredCheckpointId(checkpoint);
        harness.initializeState(state);
      }
      harness.open();
      isOpen = true;
    } finally {
      if (!isOpen) {
        harness.close();
      }
    }
    return new EpochRun(harness, store);
  }

  /** What a writer brings: one file with one row, and a file of series if wanted. */
  void write(boolean hasSeries) throws Exception {
    write(
        new WriterResult(
            List.of(store.rollupFile()),
            hasSeries ? List.of(store.seriesFile()) : List.of(),
            report(1, 100L, true)));
  }

  void write(WriterResult result) throws Exception {
    harness.processElement(new StreamRecord<>(result.toBytes()));
  }

  static EpochReport report(long points, long nextOffset, boolean isProven) {
    return new EpochReport(
        new TreeMap<>(Map.of(EpochReport.POINTS_ACCEPTED, points)),
        new TreeMap<>(Map.of("points/0", new Position(nextOffset, isProven))));
  }

  void watermark(long timestampMs) throws Exception {
    harness.processWatermark(timestampMs);
  }

  void endInput() throws Exception {
    harness.endInput();
  }

  /** The barrier passes; nobody knows yet whether the checkpoint succeeds. */
  OperatorSubtaskState barrier(long checkpoint) throws Exception {
    return harness.snapshot(checkpoint, checkpoint);
  }

  void complete(long checkpoint) throws Exception {
    harness.notifyOfCompletedCheckpoint(checkpoint);
  }

  /** An epoch of one row from its file to its commit; the state that its checkpoint holds. */
  OperatorSubtaskState epoch(long checkpoint) throws Exception {
    write(false);
    OperatorSubtaskState state = barrier(checkpoint);
    complete(checkpoint);
    return state;
  }

  void time(long processingTimeMs) throws Exception {
    harness.setProcessingTime(processingTimeMs);
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
