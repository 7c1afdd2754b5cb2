package tidemark.jobs;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import tidemark.operators.IntakeRecord;
import tidemark.operators.replay.ReplayProgress;

/**
 * The connector's reader, but each partition ends where the job says. Tells at each checkpoint how
 * much is left. State and memory are the connector's: an offset for each partition, and one fetch.
 *
 * <p>What Kafka has dropped by the time that it is asked for ends the job at once: no restart would
 * bring it back.
 */
final class KafkaRangeReader implements SourceReader<IntakeRecord, KafkaPartitionSplit> {
  private final SourceReader<IntakeRecord, KafkaPartitionSplit> kafka;
  private final SourceReaderContext context;
  private final Map<TopicPartition, TopicRange> ranges = new HashMap<>();

  KafkaRangeReader(
      SourceReader<IntakeRecord, KafkaPartitionSplit> kafka,
      SourceReaderContext context,
      List<TopicRange> ranges) {
    this.kafka = kafka;
    this.context = context;
    ranges.forEach(range -> this.ranges.put(range.topicPartition(), range));
  }

  @Override
  public void start() {
    kafka.start();
  }

  @Override
  public InputStatus pollNext(ReaderOutput<IntakeRecord> output) throws Exception {
    try {
      return kafka.pollNext(output);
    } catch (RuntimeException e) {
      InvalidOffsetException dropped =
          ExceptionUtils.findThrowable(e, InvalidOffsetException.class).orElseThrow(() -> e);
      throw new SuppressRestartsException(
          new IllegalStateException(
              "Kafka dropped records of %s before they were read, which would be missing: read them from the archive, or begin later"
                  .formatted(dropped.partitions()),
              e));
    }
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    kafka.addSplits(splits.stream().map(this::ending).toList());
  }

  private KafkaPartitionSplit ending(KafkaPartitionSplit split) {
    TopicPartition partition = split.getTopicPartition();
    long start = split.getStartingOffset();
    TopicRange range = ranges.get(partition);
    if (range == null) {
      return new KafkaPartitionSplit(partition, start, Math.max(0, start));
    }
    if (start > range.to() && range.from() >= 0) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              "the restored state has read %s up to offset %d and was to end at %d: let it end at a later one"
                  .formatted(partition, start, range.to())));
    }
    return new KafkaPartitionSplit(partition, start, range.to());
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpoint) {
    List<KafkaPartitionSplit> splits = kafka.snapshotState(checkpoint);
    long left = 0;
    for (KafkaPartitionSplit split : splits) {
      long end = split.getStoppingOffset().orElse(0L);
      left += Math.max(0, end - Math.max(0, split.getStartingOffset()));
    }
    long records = context.metricGroup().getIOMetricGroup().getNumRecordsInCounter().getCount();
    context.sendSourceEventToCoordinator(new ReplayProgress(records, left));
    return splits;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return kafka.isAvailable();
  }

  @Override
  public void notifyNoMoreSplits() {
    kafka.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    kafka.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    kafka.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    kafka.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    kafka.pauseOrResumeSplits(toPause, toResume);
  }

  @Override
  public void close() throws Exception {
    kafka.close();
  }
}
