package tidemark.cli.heartbeat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Where heartbeats go, and what they promise.
 *
 * @param bootstrapServers of the broker
 * @param topics whose partitions, asked of the broker, all get them
 * @param delay how far behind the clock the promised time is: what producers may need from a
 *     point's time until Kafka has it
 */
public record HeartbeatConfig(String bootstrapServers, List<String> topics, Duration delay) {
  /** How long a beat may be on its way before it is given up, for a later one. */
  private static final int DELIVERY_MS = 4_000;

  private static final int REQUEST_MS = 3_000;

  /** Longest time that a topic nobody knows yet can hold up the others in a round. */
  private static final int BLOCK_MS = 300;

  /** Within this, a new partition is found. */
  private static final int METADATA_MS = 1_000;

  public HeartbeatConfig {
    topics = List.copyOf(topics);
    if (bootstrapServers.isBlank()
        || topics.isEmpty()
        || topics.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "broker and topics must not be blank, got '%s' and %s"
              .formatted(bootstrapServers, topics));
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must be at least 0, got " + delay);
    }
  }

  /**
   * In order and without doubles, also when a beat is sent again. Buffers are small, for each
   * partition has one beat on its way at most.
   */
  Map<String, Object> producerConfig() {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "tidemark-heartbeat");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 512);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 4L << 20);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS);
    config.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MS);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, METADATA_MS);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return config;
  }
}
