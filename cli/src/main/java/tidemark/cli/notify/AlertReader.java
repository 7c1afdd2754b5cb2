package tidemark.cli.notify;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.notify.NotifyConfig.Start;

/**
 * The alerts of all partitions for one webhook, from where it was. For one thread.
 *
 * <p>The consumer group only keeps offsets and has no members: partitions are assigned by hand. So
 * a delivery may take as long as it wants, and whoever starts after a crash need not wait for the
 * dead member's session to end. Where a webhook begins is committed before anything is read, so
 * that a crash before its first alert does not move it.
 */
final class AlertReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertReader.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  /** A broker forgets offsets of a group without members days after their last commit. */
  private static final long COMMIT_NANOS = Duration.ofHours(1).toNanos();

  private final Consumer<byte[], byte[]> consumer;
  private final NotifyConfig config;
  private final Timer timer;
  private final WebhookCounters counters;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private boolean isAbsent;
  private boolean isUncommitted;
  private long committedNanos;

  /**
   * @param consumer is closed with this
   */
  AlertReader(
      Consumer<byte[], byte[]> consumer,
      NotifyConfig config,
      Timer timer,
      WebhookCounters counters) {
    this.consumer = consumer;
    this.config = config;
    this.timer = timer;
    this.counters = counters;
  }

  /** What comes next, or nothing; all that came before has been dealt with. */
  ConsumerRecords<byte[], byte[]> poll(Duration limit) throws InterruptedException {
    assign();
    if (assigned.isEmpty()) {
      boolean unused = timer.await(limit);
      return ConsumerRecords.empty();
    }
    if (isUncommitted || timer.nanos() - committedNanos > COMMIT_NANOS) {
      commitAll();
    }
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(limit);
      isUncommitted = !records.isEmpty();
      counters.read.add(records.count());
      return records;
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions().forEach(this::tellLost);
      commitAll();
      return ConsumerRecords.empty();
    }
  }

  /** What was read up to this record has been dealt with. */
  void commit(ConsumerRecord<byte[], byte[]> record) {
    consumer.commitSync(
        Map.of(
            new TopicPartition(record.topic(), record.partition()),
            new OffsetAndMetadata(record.offset() + 1)));
  }

  private void commitAll() {
    Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    for (TopicPartition partition : assigned) {
      positions.put(partition, new OffsetAndMetadata(consumer.position(partition)));
    }
    consumer.commitSync(positions);
    isUncommitted = false;
    committedNanos = timer.nanos();
  }

  /** Takes the partitions that it does not have yet. */
  private void assign() {
    List<TopicPartition> found =
        consumer.partitionsFor(config.topic()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (found.isEmpty()) {
      if (!isAbsent) {
        LOG.warn("topic {} is not there: waiting for it", config.topic());
      }
      isAbsent = true;
      return;
    }
    Set<TopicPartition> fresh = new HashSet<>(found);
    fresh.removeAll(assigned);
    if (fresh.isEmpty()) {
      return;
    }
    if (found.size() > 1) {
      LOG.warn(
          "topic {} has {} partitions: only one keeps alerts in order",
          config.topic(),
          found.size());
    }
    Map<TopicPartition, Long> starts = starts(new HashSet<>(found), fresh);
    assigned.addAll(fresh);
    consumer.assign(assigned);
    starts.forEach(consumer::seek);
    commitAll();
  }

  /** Whatever came after this webhook's first start is for it, also in new partitions. */
  private Map<TopicPartition, Long> starts(Set<TopicPartition> all, Set<TopicPartition> fresh) {
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (Entry<TopicPartition, OffsetAndMetadata> each : consumer.committed(all).entrySet()) {
      if (each.getValue() != null) {
        starts.put(each.getKey(), each.getValue().offset());
      }
    }
    boolean isNew = starts.isEmpty() && !isAbsent;
    starts.keySet().retainAll(fresh);
    Set<TopicPartition> without = new HashSet<>(fresh);
    without.removeAll(starts.keySet());
    if (!without.isEmpty()) {
      boolean isNewest = isNew && config.start() == Start.NEWEST;
      Map<TopicPartition, Long> found =
          isNewest ? consumer.endOffsets(without) : consumer.beginningOffsets(without);
      LOG.info(
          "{} partitions of {} begin at the {} alert",
          found.size(),
          config.topic(),
          isNewest ? "newest" : "oldest");
      starts.putAll(found);
    }
    return starts;
  }

  private void tellLost(TopicPartition partition, long wanted) {
    long beginning = consumer.beginningOffsets(Set.of(partition)).get(partition);
    LOG.error(
        "{}: offset {} was to be read next and {} is the oldest: alerts were removed before they were "
            + "read, so keep them for longer, or the topic was made anew",
        partition,
        wanted,
        beginning);
    counters.lost.add(Math.max(0, beginning - wanted));
    consumer.seek(partition, beginning);
  }

  /** Commits nothing. */
  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
  }
}
