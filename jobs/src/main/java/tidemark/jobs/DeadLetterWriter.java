package tidemark.jobs;

import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import tidemark.operators.DeadLetter;

/**
 * A dead letter as a Kafka record.
 *
 * <pre>
 * key      topic/partition/offset of the refused record
 * value    its bytes as they were
 * headers  tidemark-reason          reason, or reason:points separated by commas
 *          tidemark-stage           decode or admit
 *          tidemark-source-topic, tidemark-source-partition, tidemark-source-offset
 *          tidemark-refused-points  decimal; 0 if the record was not readable
 * </pre>
 */
final class DeadLetterWriter implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  DeadLetterWriter(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, Long timestamp) {
    String key = "%s/%s/%s".formatted(letter.topic(), letter.partition(), letter.offset());
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, utf8(key), letter.value());
    Headers headers = record.headers();
    headers.add("tidemark-reason", utf8(letter.reasons()));
    headers.add("tidemark-stage", utf8(letter.stage()));
    headers.add("tidemark-source-topic", utf8(letter.topic()));
    headers.add("tidemark-source-partition", utf8(Integer.toString(letter.partition())));
    headers.add("tidemark-source-offset", utf8(Long.toString(letter.offset())));
    headers.add("tidemark-refused-points", utf8(Long.toString(letter.refusedPoints())));
    return record;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
