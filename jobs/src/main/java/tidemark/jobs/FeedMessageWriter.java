package tidemark.jobs;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import tidemark.operators.feed.FeedMessage;

/** A feed record as a Kafka record: the partition it names, no key, and its bytes, not copied. */
final class FeedMessageWriter implements KafkaRecordSerializationSchema<FeedMessage> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  FeedMessageWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      FeedMessage message, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, message.partition(), null, message.bytes());
  }
}
