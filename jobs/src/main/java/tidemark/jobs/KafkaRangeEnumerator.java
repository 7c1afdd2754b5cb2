package tidemark.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.replay.ReplayEstimate;
import tidemark.operators.replay.ReplayProgress;

/**
 * Gives each task all of its partitions at once, when it registers, and tells it that there are no
 * more. Partitions that tasks have in their own restored state are not given again.
 *
 * <p>Every ten seconds it logs how far all tasks are together. Metrics, group {@code
 * tidemark.replay} of the coordinator: {@code percentDone}, {@code secondsLeft}.
 */
final class KafkaRangeEnumerator
    implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRangeEnumerator.class);
  private static final long LOG_INTERVAL_MS = 10_000;

  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private final ReplayEstimate estimate;
  private final Map<TopicPartition, KafkaPartitionSplit> given = new HashMap<>();
  private final SortedMap<Integer, List<KafkaPartitionSplit>> waiting = new TreeMap<>(); // by task
  private final Map<Integer, ReplayProgress> progress = new TreeMap<>();

  /**
   * @param state partitions that tasks have already, and where others begin
   */
  KafkaRangeEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context,
      List<TopicRange> ranges,
      KafkaSourceEnumState state) {
    this.context = context;
    estimate = new ReplayEstimate(ranges.stream().mapToLong(TopicRange::size).sum());
    state.assignedSplits().forEach(split -> given.put(split.getTopicPartition(), split));
    Map<TopicPartition, KafkaPartitionSplit> left = new HashMap<>();
    for (TopicRange range : ranges) {
      TopicPartition partition = range.topicPartition();
      left.put(partition, new KafkaPartitionSplit(partition, range.from(), range.to()));
    }
    state.unassignedSplits().forEach(split -> left.put(split.getTopicPartition(), split));
    left.keySet().removeAll(given.keySet());
    List<KafkaPartitionSplit> sorted = new ArrayList<>(left.values());
    sorted.sort(
        Comparator.comparing(KafkaPartitionSplit::getTopic)
            .thenComparingInt(KafkaPartitionSplit::getPartition));
    for (int i = 0; i < sorted.size(); i++) {
      waiting
          .computeIfAbsent(i % context.currentParallelism(), task -> new ArrayList<>())
          .add(sorted.get(i));
    }
  }

  @Override
  public void start() {
    var group = context.metricGroup();
    if (group != null) {
      var own = group.addGroup("tidemark").addGroup("replay");
      own.gauge("percentDone", estimate::percentDone);
      own.gauge("secondsLeft", estimate::secondsLeft);
    }
    context.callAsync(
        () -> LOG_INTERVAL_MS,
        (interval, failure) -> tell(Duration.ofMillis(LOG_INTERVAL_MS)),
        LOG_INTERVAL_MS,
        LOG_INTERVAL_MS);
  }

  private void tell(Duration passed) {
    if (progress.size() < context.currentParallelism()) {
      return; // somebody has not said yet what is left
    }
    long left = 0;
    long records = 0;
    for (ReplayProgress each : progress.values()) {
      left += each.weightLeft();
      records += each.records();
    }
    estimate.update(left, passed);
    LOG.info("{} records since the start, {}", records, estimate.text("offsets", 1));
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    // tasks get all they read without asking
  }

  @Override
  public void addReader(int subtask) {
    List<KafkaPartitionSplit> splits = waiting.remove(subtask);
    if (splits != null) {
      splits.forEach(split -> given.put(split.getTopicPartition(), split));
      context.assignSplits(new SplitsAssignment<>(Map.of(subtask, splits)));
    }
    LOG.info("task {} is given {} partitions", subtask, splits == null ? 0 : splits.size());
    context.signalNoMoreSplits(subtask);
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
    splits.forEach(split -> given.remove(split.getTopicPartition()));
    waiting.computeIfAbsent(subtask, key -> new ArrayList<>()).addAll(splits);
    progress.remove(subtask);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (event instanceof ReplayProgress told) {
      progress.put(subtask, told);
    }
  }

  @Override
  public KafkaSourceEnumState snapshotState(long checkpoint) {
    List<KafkaPartitionSplit> left = new ArrayList<>();
    waiting.values().forEach(left::addAll);
    return new KafkaSourceEnumState(List.copyOf(given.values()), left, true);
  }

  @Override
  public void close() {}
}
