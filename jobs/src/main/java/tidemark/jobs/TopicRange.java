package tidemark.jobs;

import java.io.Serializable;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * Offsets of one partition of a topic that a bounded job reads.
 *
 * @param from first that is wanted; {@link #FIRST_THERE} for the first that Kafka has
 * @param to behind the last that is wanted
 */
record TopicRange(String topic, int partition, long from, long to) implements Serializable {
  static final long FIRST_THERE = KafkaPartitionSplit.EARLIEST_OFFSET;

  TopicRange {
    if ((from < 0 && from != FIRST_THERE) || to < 0 || from > to) {
      throw new IllegalArgumentException(
          "a range of %s/%d must begin at 0 or above and not end before, got %d to %d"
              .formatted(topic, partition, from, to));
    }
  }

  TopicPartition topicPartition() {
    return new TopicPartition(topic, partition);
  }

  /** How many offsets there are; not known, hence 0, if nobody knows where it begins. */
  long size() {
    return from < 0 ? 0 : to - from;
  }
}
