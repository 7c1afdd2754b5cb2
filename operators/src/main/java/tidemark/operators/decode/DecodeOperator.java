package tidemark.operators.decode;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.OtlpDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.RecordDecoder;
import tidemark.state.Refusal;

/**
 * Decodes one record after the other into one reused {@link IntakeBatch}. Heartbeats end here: they
 * have done their work in the source's watermark.
 *
 * <p>How far each partition was read goes to a side output before each watermark, and each second:
 * whoever gets both knows what proves the watermark, and which partition holds it.
 *
 * <p>Metrics, group {@code tidemark.decode}: {@code recordsRead}, {@code recordsRefused}, {@code
 * heartbeats}, {@code bytesRead}.
 */
public final class DecodeOperator extends AbstractStreamOperator<IntakeBatch>
    implements OneInputStreamOperator<IntakeRecord, IntakeBatch>, ProcessingTimeCallback {
  /** One {@link IntakeStatus} of this task's partitions at a time. */
  public static final OutputTag<PartialBatch> STATUS =
      new OutputTag<>("intake-status", PartialBatchSerializer.TYPE);

  private static final long serialVersionUID = 1L;
  private static final long STATUS_INTERVAL_MS = 1_000;
  private static final int ANY_GROUP = 0;
  private static final IntakeRecord NO_RECORD = new IntakeRecordSerializer().createInstance();

  private final DecodeConfig settings;

  private transient IntakeBatch batch;
  private transient StreamRecord<IntakeBatch> out;
  private transient RecordDecoder nativeDecoder;
  private transient RecordDecoder otlpDecoder;
  private transient PartitionNames partitions;
  private transient ScheduledFuture<?> nextStatus;

  private transient Counter recordsRead;
  private transient Counter recordsRefused;
  private transient Counter heartbeats;
  private transient Counter bytesRead;

  public DecodeOperator(DecodeConfig settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    batch = new IntakeBatch();
    out = new StreamRecord<>(batch);
    nativeDecoder = new NativeBatchDecoder();
    otlpDecoder = new OtlpDecoder();
    partitions = new PartitionNames();
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("decode");
    recordsRead = group.counter("recordsRead");
    recordsRefused = group.counter("recordsRefused");
    heartbeats = group.counter("heartbeats");
    bytesRead = group.counter("bytesRead");
    scheduleStatus();
  }

  private void scheduleStatus() {
    long nowMs = getProcessingTimeService().getCurrentProcessingTime();
    nextStatus = getProcessingTimeService().registerTimer(nowMs + STATUS_INTERVAL_MS, this);
  }

  @Override
  public void onProcessingTime(long time) {
    tellStatus();
    scheduleStatus();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    tellStatus();
    super.processWatermark(mark);
  }

  private void tellStatus() {
    if (!partitions.isEmpty()) {
      byte[] status = partitions.status().toBytes();
      output.collect(
          STATUS,
          new StreamRecord<>(
              PartialBatch.of(PartialBatch.Kind.STATUS, ANY_GROUP, PartialBatch.OPEN, status)));
    }
  }

  @Override
  public void close() throws Exception {
    if (nextStatus != null) {
      nextStatus.cancel(false);
    }
    super.close();
  }

  @Override
  public void processElement(StreamRecord<IntakeRecord> element) {
    IntakeRecord record = element.getValue();
    PartitionNames.Partition partition = partitions.of(record);
    partition.nextOffset = record.offset() + 1;
    if (record.isHeartbeat() && record.heartbeatMs() != IntakeRecord.BAD_HEARTBEAT) {
      partition.hasHeartbeats = true;
      partition.heartbeatMs = Math.max(partition.heartbeatMs, record.heartbeatMs());
      partitions.expect(
          record.topic(),
          Heartbeat.partitions(record.array(), record.valueStart(), record.valueLength()));
      heartbeats.inc();
      batch.ledger().read(partition.name, record.offset() + 1, true, partition.newestMs);
      return;
    }
    partition.newestMs = Math.max(partition.newestMs, record.brokerTimeMs());
    batch
        .ledger()
        .read(partition.name, record.offset() + 1, partition.hasHeartbeats, partition.newestMs);
    batch.ledger().count(EpochReport.RECORDS_READ, 1);
    recordsRead.inc();
    bytesRead.inc(record.valueLength());
    batch.begin(record);
    decode(record, batch.points());
    if (batch.points().isRecordRefused()) {
      recordsRefused.inc();
      batch.ledger().count(EpochReport.RECORDS_REFUSED, 1);
    }
    output.collect(out);
  }

  /**
   * Heartbeats go no further, but where they stood does: an empty batch leads the later stages to
   * the ledger, also when no other record came.
   */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (!batch.ledger().isEmpty()) {
      batch.begin(NO_RECORD);
      output.collect(out);
    }
  }

  private void decode(IntakeRecord record, PointBlock points) {
    if (record.isHeartbeat()) {
      points.refuseRecord(Refusal.BAD_HEARTBEAT);
    } else if (record.valueLength() == 0) {
      points.refuseRecord(Refusal.EMPTY);
    } else if (record.valueLength() > settings.maxRecordBytes()) {
      points.refuseRecord(Refusal.OVERSIZED);
    } else if (record.format().equals(IntakeHeaders.NATIVE)) {
      decode(nativeDecoder, record, points);
    } else if (record.format().equals(IntakeHeaders.OTLP)) {
      decode(otlpDecoder, record, points);
    } else {
      points.refuseRecord(Refusal.UNKNOWN_FORMAT);
    }
  }

  private static void decode(RecordDecoder decoder, IntakeRecord record, PointBlock points) {
    decoder.decode(record.array(), record.valueStart(), record.valueLength(), record.org(), points);
  }

  /** One entry per partition that this task has read since it started. */
  private static final class PartitionNames {
    private static final class Partition {
      final String name;
      boolean hasHeartbeats;
      long heartbeatMs = IntakeStatus.UNKNOWN;
      long nextOffset;
      long newestMs = Long.MIN_VALUE;

      Partition(String name) {
        this.name = name;
      }
    }

    private final Map<String, Map<Integer, Partition>> byTopic = new HashMap<>();
    private final SortedMap<String, Integer> expected = new TreeMap<>();

    boolean isEmpty() {
      return byTopic.isEmpty();
    }

    /** Notes how many partitions a heartbeat says that the topic has; 0 if it says nothing. */
    void expect(String topic, int count) {
      if (count > 0) {
        expected.merge(topic, count, Math::max);
      }
    }

    IntakeStatus status() {
      SortedMap<String, IntakeStatus.Partition> read = new TreeMap<>();
      for (Map<Integer, Partition> topic : byTopic.values()) {
        for (Partition each : topic.values()) {
          read.put(each.name, new IntakeStatus.Partition(each.nextOffset, each.heartbeatMs));
        }
      }
      return new IntakeStatus(read, expected, IntakeStatus.UNKNOWN, new TreeSet<>());
    }

    Partition of(IntakeRecord record) {
      return byTopic
          .computeIfAbsent(record.topic(), topic -> new HashMap<>())
          .computeIfAbsent(
              record.partition(),
              number -> new Partition(record.topic() + "/" + record.partition()));
    }
  }
}
