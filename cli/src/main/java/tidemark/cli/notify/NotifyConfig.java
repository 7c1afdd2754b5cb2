package tidemark.cli.notify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Where alerts come from, and where those go that nobody takes.
 *
 * @param bootstrapServers of the broker
 * @param topic of the alerts
 * @param deadLettersTopic for alerts that a webhook did not get
 * @param start of a webhook that has never been read for
 * @param webhooks with a name each
 */
public record NotifyConfig(
    String bootstrapServers,
    String topic,
    String deadLettersTopic,
    Start start,
    List<Webhook> webhooks) {
  private static final String GROUP_PREFIX = "tidemark-notify-";

  /** Of one request to the broker: bounds the heap, with one such answer for each webhook. */
  private static final int FETCH_BYTES = 1 << 20;

  private static final int MAX_RECORDS = 100;
  private static final int ANSWER_MS = 30_000;

  /** Within this, a new partition is found. */
  private static final int METADATA_MS = 30_000;

  private static final int RECONNECT_MS = 5_000;

  /** Where a new webhook begins. */
  public enum Start {
    /** With what comes from now on. */
    NEWEST,
    /** With the oldest alert that the topic still has. */
    EARLIEST
  }

  public NotifyConfig {
    webhooks = List.copyOf(webhooks);
    if (bootstrapServers.isBlank() || topic.isBlank() || deadLettersTopic.isBlank()) {
      throw new IllegalArgumentException(
          "broker and topics must not be blank, got '%s', '%s' and '%s'"
              .formatted(bootstrapServers, topic, deadLettersTopic));
    }
  }

  /**
   * Offsets are kept by hand, and a position that the topic no longer has is told and not mended
   * silently.
   */
  Map<String, Object> consumerConfig(Webhook webhook) {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, GROUP_PREFIX + webhook.name());
    config.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP_PREFIX + webhook.name());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_RECORDS);
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MS);
    config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MS);
    config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return config;
  }
}
