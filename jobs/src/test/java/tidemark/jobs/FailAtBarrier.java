package tidemark.jobs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.partial.PartialBatch;

/**
 * Looks on beside the store and fails once in a run: at a barrier behind which the checkpoint can
 * no longer be complete, when rows have come since the one before. By then all operators of its
 * task have done what they do before a barrier, so those rows are sent, and will be sent again.
 */
final class FailAtBarrier
    implements MapFunction<PartialBatch, PartialBatch>, CheckpointedFunction, CheckpointListener {
  private static final long serialVersionUID = 1L;
  private static final AtomicBoolean HAS_FAILED = new AtomicBoolean();

  private int completed;
  private int rowBatches;

  private FailAtBarrier() {}

  /** Lets the run fail once. */
  static void beside(DataStream<PartialBatch> rows) {
    HAS_FAILED.set(false);
    rows.map(new FailAtBarrier())
        .returns(PartialBatchSerializer.TYPE)
        .uid("test-failure")
        .sinkTo(new DiscardingSink<>())
        .uid("test-failure-end");
  }

  static boolean hasFailed() {
    return HAS_FAILED.get();
  }

  @Override
  public PartialBatch map(PartialBatch batch) {
    if (batch.kind() == PartialBatch.Kind.PARTIALS && batch.tierSeconds() > 0) {
      rowBatches++;
    }
    return batch;
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    if (completed >= 2 && rowBatches > 0 && HAS_FAILED.compareAndSet(false, true)) {
      throw new IllegalStateException("injected failure at barrier " + context.getCheckpointId());
    }
    rowBatches = 0;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {}

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    completed++;
  }
}
