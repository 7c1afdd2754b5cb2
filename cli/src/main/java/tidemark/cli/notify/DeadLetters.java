package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.cli.notify.Delivery.Outcome;

/**
 * Alerts that a webhook did not get: the record as it was, and in its headers, as UTF-8 text, why.
 * Nothing of an address but its host is among them.
 *
 * <p>For one thread; connects when the first one comes, and anew after a failure.
 */
final class DeadLetters implements AutoCloseable {
  static final String WEBHOOK = "tidemark-webhook";
  static final String HOST = "tidemark-webhook-host";
  static final String REASON = "tidemark-reason";
  static final String ATTEMPTS = "tidemark-attempts";

  /** Of HTTP; {@code none} if the last try had no answer. */
  static final String LAST_STATUS = "tidemark-last-status";

  private static final int DELIVERY_MS = 60_000;
  private static final int REQUEST_MS = 15_000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final String topic;
  private final Map<String, Object> config = new HashMap<>();

  /** Null until the first letter, and after a failure. */
  private Producer<byte[], byte[]> producer;

  DeadLetters(String bootstrapServers, String topic) {
    this.topic = topic;
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "tidemark-notify");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 9 << 20);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS);
  }

  /**
   * Returns when all replicas have it.
   *
   * @throws KafkaException if they have not, or nobody knows
   */
  void add(ConsumerRecord<byte[], byte[]> record, Webhook webhook, Outcome outcome)
      throws InterruptedException {
    RecordHeaders headers = new RecordHeaders(record.headers().toArray());
    int status = outcome.last().status();
    put(headers, WEBHOOK, webhook.name());
    put(headers, HOST, webhook.host());
    put(headers, REASON, outcome.last().reason());
    put(headers, ATTEMPTS, Integer.toString(outcome.attempts()));
    put(
        headers,
        LAST_STATUS,
        status == WebhookAnswer.NO_STATUS ? "none" : Integer.toString(status));
    try {
      if (producer == null) {
        producer =
            new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
      }
      // without the record's time: the topic keeps it from now on
      RecordMetadata unused =
          producer
              .send(new ProducerRecord<>(topic, null, null, record.key(), record.value(), headers))
              .get();
    } catch (ExecutionException e) {
      close();
      throw new KafkaException("a dead letter did not reach topic " + topic, e.getCause());
    } catch (KafkaException e) {
      close();
      throw e;
    }
  }

  private static void put(RecordHeaders headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(CLOSE_LIMIT);
      producer = null;
    }
  }
}
