package tidemark.jobs;

import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import tidemark.operators.IntakeRecord;

/** Waits for checkpoints as long as {@link FailOnce} is to come: a few records to each. */
final class SlowUntilFailed implements MapFunction<IntakeRecord, IntakeRecord>, CheckpointListener {
  private static final long serialVersionUID = 1L;
  private static final int RECORDS_PER_CHECKPOINT = 200;

  private int records;

  @Override
  public IntakeRecord map(IntakeRecord record) {
    if (!FailOnce.hasFailed() && ++records > RECORDS_PER_CHECKPOINT) {
      LockSupport.parkNanos(20_000_000L); // barriers pass between two records
    }
    return record;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    records = 0;
  }
}
