package tidemark.jobs;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import tidemark.operators.archive.StartOffsets;

/**
 * Where the archive begins to read without restored state. Not the connector's own initializer of
 * offsets: for partitions that are not named it asks for what the group has committed, and the
 * archive could not tell that it began behind records.
 *
 * <p>An offset that Kafka does not have leads to the first that it has.
 */
record ArchiveStart(StartOffsets starts) implements OffsetsInitializer {

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : partitions) {
      SortedMap<Integer, Long> ofTopic =
          starts.offsets().getOrDefault(partition.topic(), new TreeMap<>());
      offsets.put(
          partition,
          ofTopic.getOrDefault(partition.partition(), KafkaPartitionSplit.EARLIEST_OFFSET));
    }
    return offsets;
  }

  @Override
  @SuppressWarnings("deprecation") // the connector asks for it
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.EARLIEST;
  }
}
