package tidemark.jobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Begins at the offsets of ranges, and where a partition has none, at the first that there is: it
 * came later. What Kafka does not have any more is an error: going on behind it would be a loss
 * that nobody sees.
 */
final class StartAt implements OffsetsInitializer {
  private static final long serialVersionUID = 1L;

  private final ArrayList<TopicRange> ranges;

  StartAt(List<TopicRange> ranges) {
    this.ranges = new ArrayList<>(ranges);
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    partitions.forEach(partition -> offsets.put(partition, KafkaPartitionSplit.EARLIEST_OFFSET));
    for (TopicRange range : ranges) {
      offsets.replace(range.topicPartition(), range.from());
    }
    return offsets;
  }

  @Override
  @SuppressWarnings("deprecation") // the connector asks for it
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
