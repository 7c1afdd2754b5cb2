package tidemark.jobs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.streaming.api.datastream.DataStream;
import tidemark.operators.archive.ArchivedRecordSerializer;
import tidemark.serde.archive.ArchivedRecord;

/** Fails once at a record behind its first completed checkpoint. One in a JVM at a time. */
final class FailArchiveOnce
    implements MapFunction<ArchivedRecord, ArchivedRecord>, CheckpointListener {
  private static final long serialVersionUID = 1L;
  private static final AtomicBoolean IS_DONE = new AtomicBoolean();

  private int completed;
  private int records;

  private FailArchiveOnce() {}

  static DataStream<ArchivedRecord> behind(DataStream<ArchivedRecord> records) {
    IS_DONE.set(false);
    return records
        .map(new FailArchiveOnce())
        .returns(ArchivedRecordSerializer.TYPE)
        .uid("test-failure")
        .setParallelism(records.getParallelism());
  }

  static boolean hasFailed() {
    return IS_DONE.get();
  }

  @Override
  public ArchivedRecord map(ArchivedRecord record) {
    records++;
    if (completed > 0 && records > 20 && IS_DONE.compareAndSet(false, true)) {
      throw new IllegalStateException("injected failure at offset " + record.offset());
    }
    return record;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    completed++;
    records = 0;
  }
}
