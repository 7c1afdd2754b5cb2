package tidemark.jobs;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * What Kafka has of a topic's partitions at one moment.
 *
 * @param partitions by number
 */
record TopicOffsets(String topic, SortedMap<Integer, Partition> partitions) {
  /** Any broker time: everything that is there. */
  static final long ANY_TIME = Long.MIN_VALUE;

  /**
   * One partition.
   *
   * @param first the first offset that is there, or would be
   * @param end offset that the next record gets
   * @param since first offset of a record of the broker time that was asked for or later; empty if
   *     there is none
   * @param sinceMs that record's broker time; empty if there is none
   */
  record Partition(long first, long end, OptionalLong since, OptionalLong sinceMs) {
    /** Where to begin so that no record of that time or later is missed. */
    long start() {
      return since.orElse(end);
    }
  }

  /**
   * Asks the brokers, and waits for an answer as long as an admin client does, one minute.
   *
   * @param timeMs broker time from which on records are wanted, or {@link #ANY_TIME}
   * @throws IllegalStateException if they do not answer or do not have the topic
   */
  static TopicOffsets ask(String bootstrapServers, String topic, long timeMs)
      throws InterruptedException {
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client)) {
      int count = TopicPartitions.count(bootstrapServers, topic);
      // the end before the start: whoever begins at the end must not miss what came in between
      var ends = offsets(admin, topic, count, OffsetSpec.latest());
      var since =
          offsets(
              admin,
              topic,
              count,
              timeMs == ANY_TIME
                  ? OffsetSpec.earliest()
                  : OffsetSpec.forTimestamp(Math.max(0, timeMs)));
      var firsts = offsets(admin, topic, count, OffsetSpec.earliest());
      SortedMap<Integer, Partition> partitions = new TreeMap<>();
      for (TopicPartition partition : ends.keySet()) {
        partitions.put(
            partition.partition(),
            partition(firsts.get(partition), ends.get(partition), since.get(partition)));
      }
      return new TopicOffsets(topic, partitions);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the offsets of topic %s could not be had from %s: %s; see that the brokers run and have it"
              .formatted(topic, bootstrapServers, e.getCause().getMessage()),
          e);
    }
  }

  private static Partition partition(
      ListOffsetsResultInfo first, ListOffsetsResultInfo end, ListOffsetsResultInfo since) {
    return new Partition(
        first.offset(),
        end.offset(),
        since.offset() < 0 ? OptionalLong.empty() : OptionalLong.of(since.offset()),
        since.timestamp() < 0 ? OptionalLong.empty() : OptionalLong.of(since.timestamp()));
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, String topic, int count, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    return new HashMap<>(
        admin
            .listOffsets(
                IntStream.range(0, count)
                    .boxed()
                    .collect(
                        Collectors.toMap(
                            partition -> new TopicPartition(topic, partition), partition -> spec)))
            .all()
            .get());
  }
}
