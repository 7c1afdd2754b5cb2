package tidemark.jobs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import tidemark.operators.DeadLetter;

/**
 * A dead letter as a Kafka record.
 *
 * <pre>
 * key      topic/partition/offset of the refused record
 * value    its bytes as they were, or the first of them
 * headers  tidemark-reason          reason, or reason:points separated by commas
 *          tidemark-stage           decode or admit
 *          tidemark-source-topic, tidemark-source-partition, tidemark-source-offset
 *          tidemark-refused-points  decimal; 0 if the record was not readable
 *          tidemark-value-bytes     decimal; only if the value was cut: its whole length
 * </pre>
 */
final class DeadLetterWriter implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  private final int maxBytes;

  /**
   * @param maxBytes longest value; a broker that refuses a letter would stop the job
   */
  DeadLetterWriter(String topic, int maxBytes) {
    this.topic = topic;
    this.maxBytes = maxBytes;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, Long timestamp) {
    String key = "%s/%s/%s".formatted(letter.topic(), letter.partition(), letter.offset());
    byte[] value = letter.value();
    boolean isCut = value.length > maxBytes;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, utf8(key), isCut ? Arrays.copyOf(value, maxBytes) : value);
    Headers headers = record.headers();
    headers.add("tidemark-reason", utf8(letter.reasons()));
    headers.add("tidemark-stage", utf8(letter.stage()));
    headers.add("tidemark-source-topic", utf8(letter.topic()));
    headers.add("tidemark-source-partition", utf8(Integer.toString(letter.partition())));
    headers.add("tidemark-source-offset", utf8(Long.toString(letter.offset())));
    headers.add("tidemark-refused-points", utf8(Long.toString(letter.refusedPoints())));
    if (isCut) {
      headers.add("tidemark-value-bytes", utf8(Integer.toString(value.length)));
    }
    return record;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
