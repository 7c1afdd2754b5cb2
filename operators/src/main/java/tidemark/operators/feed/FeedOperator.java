package tidemark.operators.feed;

import java.util.HexFormat;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.KeyGroups;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.PartialBatch;

/**
 * Makes each batch of closed rows or series a record of the feed, in the order in which the store
 * gets them. Rows of the ledger and reports are not fed; how far intake is, is fed by the first
 * task.
 *
 * <p>A key group's batches go to partition {@code key group % partitions}; the first word of a task
 * and its watermarks, of which one for each second of event time is enough, go to all partitions.
 * Costs one copy of each batch; never looks at a row. No state.
 *
 * <p>It must be chained to the last roll-up stage, as it is unless chaining is switched off: there
 * {@code prepareSnapshotPreBarrier} goes from stage to stage, so late rows that the stages before
 * send at a barrier come before this one counts it. And Flink tells a task which checkpoint it was
 * restored from only if some operator of its chain has state.
 *
 * <p>Metrics, group {@code tidemark.feed}: {@code recordsFed}, {@code bytesFed}, before
 * compression.
 */
final class FeedOperator extends AbstractStreamOperator<FeedMessage>
    implements OneInputStreamOperator<PartialBatch, FeedMessage> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(FeedOperator.class);
  private static final long SECOND_MS = 1_000L;
  private static final int STATUS_PARTITION = 0;

  private final KeyGroups keyGroups;
  private final FeedPartitions topic;
  private final int firstKeyGroup;

  private transient long restored;
  private transient FeedWriter writer;
  private transient int partitions;
  private transient long after;
  private transient long fedSecond;
  private transient StreamRecord<FeedMessage> element;

  private transient Counter recordsFed;
  private transient Counter bytesFed;

  /**
   * @param firstKeyGroup number under which key group 0 of this chain is told
   */
  FeedOperator(KeyGroups keyGroups, FeedPartitions topic, int firstKeyGroup) {
    this.keyGroups = keyGroups;
    this.topic = topic;
    this.firstKeyGroup = firstKeyGroup;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = context.getRestoredCheckpointId().orElse(0L);
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("feed");
    recordsFed = group.counter("recordsFed");
    bytesFed = group.counter("bytesFed");
    element = new StreamRecord<>(null);
    after = restored;
    fedSecond = Math.floorDiv(Long.MIN_VALUE, SECOND_MS);
    partitions = topic.count();
    KeyGroupRange range = keyGroups.rangeOf(getRuntimeContext().getTaskInfo());
    writer =
        new FeedWriter(
            uuidOf(getRuntimeContext().getJobInfo().getJobId()),
            UUID.randomUUID(),
            getProcessingTimeService().getCurrentProcessingTime(),
            restored,
            firstKeyGroup + range.getStartKeyGroup(),
            firstKeyGroup + range.getEndKeyGroup());
    LOG.info("feeding {} partitions as {}", partitions, writer);
    sendToAll(FeedRecord.started(writer)); // what follows in the chain is open already
  }

  /** The id whose hexadecimal text is that of the job, which commits carry. */
  private static UUID uuidOf(JobID job) {
    String hex = job.toHexString();
    return new UUID(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) {
    PartialBatch batch = input.getValue();
    if (isFed(batch)) {
      send(batch.keyGroup() % partitions, FeedRecord.batch(writer, after, batch));
    } else if (batch.kind() == PartialBatch.Kind.STATUS && writer.firstKeyGroup() == 0) {
      send(STATUS_PARTITION, FeedRecord.status(writer, after, batch)); // all tasks get the same
    }
  }

  private static boolean isFed(PartialBatch batch) {
    return switch (batch.kind()) {
      case PARTIALS -> batch.tierSeconds() > 0; // 0 is the ledger, and OPEN is no window's
      case SERIES -> true;
      case REPORT, DEFINITIONS, STATUS, VERDICTS, ANNOUNCED -> false;
    };
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long second = Math.floorDiv(mark.getTimestamp(), SECOND_MS);
    if (second > fedSecond) {
      fedSecond = second;
      sendToAll(FeedRecord.watermark(writer, after, mark.getTimestamp()));
    }
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    after = checkpointId;
  }

  private void sendToAll(byte[] record) {
    for (int partition = 0; partition < partitions; partition++) {
      send(partition, record);
    }
  }

  private void send(int partition, byte[] record) {
    recordsFed.inc();
    bytesFed.inc(record.length);
    output.collect(element.replace(new FeedMessage(partition, record)));
  }
}
