package tidemark.operators.store;

import java.io.IOException;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.partial.PartialBatch;

/**
 * Runs a {@link StoreWriter}: rows in, and before each barrier the {@link WriterResult} of the
 * epoch out, as bytes. Nothing is left over between epochs, so there is no state.
 */
final class StoreOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<PartialBatch, byte[]>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final StoreConfig settings;
  private final StoreStage.Counted counted;

  private transient StoreWriter writer;
  private transient StreamRecord<byte[]> record;

  StoreOperator(StoreConfig settings, StoreStage.Counted counted) {
    this.settings = settings;
    this.counted = counted;
  }

  @Override
  public void open() throws Exception {
    super.open();
    IcebergThreads.endWithJob(getRuntimeContext());
    var task = getRuntimeContext().getTaskInfo();
    writer =
        new StoreWriter(
            settings,
            "%s-%s".formatted(task.getIndexOfThisSubtask(), task.getAttemptNumber()),
            counted,
            getMetricGroup());
    record = new StreamRecord<>(null);
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> element) throws IOException {
    writer.write(element.getValue());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws IOException {
    output.collect(record.replace(writer.closeEpoch().toBytes()));
  }

  /** Nothing may follow the end of the input, so its rows do not wait for a barrier. */
  @Override
  public void endInput() throws IOException {
    output.collect(record.replace(writer.closeEpoch().toBytes()));
  }

  @Override
  public void close() throws Exception {
    if (writer != null) {
      writer.close();
    }
    super.close();
  }
}
