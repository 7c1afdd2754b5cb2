package tidemark.jobs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;

/**
 * Fails once at the first record after its second completed checkpoint, if it was armed. One in a
 * JVM at a time.
 */
final class FailOnce implements MapFunction<IntakeRecord, IntakeRecord>, CheckpointListener {
  private static final long serialVersionUID = 1L;
  private static final AtomicBoolean IS_DONE = new AtomicBoolean(true);

  /** Puts it behind the source. */
  static final TopologyRun.Hooks HOOKS =
      new TopologyRun.Hooks() {
        @Override
        public DataStream<IntakeRecord> records(DataStream<IntakeRecord> records) {
          return records
              .map(new FailOnce())
              .returns(IntakeRecordSerializer.TYPE)
              .uid("test-failure");
        }
      };

  private int completed;

  private FailOnce() {}

  static void arm() {
    IS_DONE.set(false);
  }

  static void disarm() {
    IS_DONE.set(true);
  }

  /** Whether it has failed since it was armed. */
  static boolean hasFailed() {
    return IS_DONE.get();
  }

  @Override
  public IntakeRecord map(IntakeRecord record) {
    if (completed >= 2 && IS_DONE.compareAndSet(false, true)) {
      throw new IllegalStateException("injected failure at offset " + record.offset());
    }
    return record;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    completed++;
  }
}
