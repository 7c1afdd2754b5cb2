package tidemark.operators.store;

import java.io.IOException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.partial.PartialBatch;

/**
 * Runs a {@link StoreWriter}: rows in, and before each barrier the {@link WriterResult} of the
 * epoch out, as bytes. Nothing is left over between epochs, so there is no state.
 *
 * <p>A watermark closes windows, so rows come with it in one rush. What of them fills a file is
 * written from the task's mailbox, a step at a time between two batches of input.
 */
final class StoreOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<PartialBatch, byte[]>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final StoreConfig settings;
  private final StoreStage.Counted counted;

  private transient StoreWriter writer;
  private transient StreamRecord<byte[]> record;
  private transient MailboxExecutor mailbox;
  private transient boolean isStepDue; // in the mailbox

  StoreOperator(StoreConfig settings, StoreStage.Counted counted) {
    this.settings = settings;
    this.counted = counted;
  }

  @Override
  public void setMailboxExecutor(MailboxExecutor executor) {
    super.setMailboxExecutor(executor);
    mailbox = executor;
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
  public void processWatermark(Watermark mark) throws Exception {
    super.processWatermark(mark);
    stepSoon();
  }

  private void stepSoon() {
    if (!isStepDue && writer.hasStep()) {
      isStepDue = true;
      mailbox.execute(this::step, "store: write a step of a file");
    }
  }

  private void step() throws IOException {
    isStepDue = false;
    writer.step();
    stepSoon();
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
    try {
      if (writer != null) {
        writer.close();
      }
    } finally {
      super.close();
    }
  }
}
