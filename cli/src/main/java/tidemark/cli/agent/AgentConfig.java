package tidemark.cli.agent;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What an agent sends, and where.
 *
 * @param bootstrapServers of the broker
 * @param topic that points go to; its partitions are asked of the broker
 * @param org tenant that the points belong to
 * @param host tag of every series
 * @param statusFile see {@link AgentStatus}
 */
public record AgentConfig(
    String bootstrapServers, String topic, String org, String host, Path statusFile) {
  public AgentConfig {
    if (bootstrapServers.isBlank() || topic.isBlank() || org.isBlank() || host.isBlank()) {
      throw new IllegalArgumentException(
          "broker, topic, org and host must not be blank, got '%s', '%s', '%s' and '%s'"
              .formatted(bootstrapServers, topic, org, host));
    }
  }

  /** Acknowledged by all replicas, in order, without doubles. */
  Map<String, Object> producerConfig() {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "tidemark-agent");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 << 20);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return config;
  }
}
