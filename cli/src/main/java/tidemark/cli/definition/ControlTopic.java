package tidemark.cli.definition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;

/**
 * The topic of definitions, which has one partition: all that it holds, and new versions at its
 * end.
 *
 * <p>Opens a connection for each call, and gives up after half a minute. Whoever reads and then
 * writes holds a lock meanwhile: two that write one version each would leave it to compaction which
 * of them counts.
 *
 * @param bootstrapServers of the broker
 */
public record ControlTopic(String bootstrapServers, String topic) {
  private static final Logger LOG = LoggerFactory.getLogger(ControlTopic.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final byte[] FORMAT = IntakeHeaders.DEFINITION.getBytes(UTF_8);

  /** All that the topic holds up to its present end, without what no reader takes. */
  public DefinitionSet read() {
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis());
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = onlyPartition(consumer.partitionsFor(topic));
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      DefinitionSet set = DefinitionSet.empty();
      long giveUpNanos = System.nanoTime() + LIMIT.toNanos();
      while (consumer.position(partition) < end) {
        if (System.nanoTime() - giveUpNanos > 0) {
          throw new ProcessFailedException(
              "topic %s was read to %d of %d only in %d s"
                  .formatted(topic, consumer.position(partition), end, LIMIT.toSeconds()));
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          set = with(set, record);
        }
      }
      return set;
    } catch (KafkaException e) {
      throw failed("read", e);
    }
  }

  private TopicPartition onlyPartition(List<PartitionInfo> partitions) {
    if (partitions.size() != 1) {
      throw new ProcessFailedException(
          "topic %s at %s must have one partition, found %d: its records have one order"
              .formatted(topic, bootstrapServers, partitions.size()));
    }
    return new TopicPartition(topic, 0);
  }

  /** As every reader of the topic does it. */
  private static DefinitionSet with(DefinitionSet set, ConsumerRecord<byte[], byte[]> record) {
    Header format = record.headers().lastHeader(IntakeHeaders.FORMAT);
    if (record.value() == null
        || format == null
        || !IntakeHeaders.DEFINITION.equals(new String(format.value(), UTF_8))) {
      return set;
    }
    try {
      return set.with(DefinitionCodec.ofJson(record.value()), record.timestamp());
    } catch (IllegalArgumentException e) {
      LOG.warn("record {} of {} is no definition that counts", record.offset(), record.topic(), e);
      return set;
    }
  }

  /**
   * Writes versions, and waits until all replicas have them.
   *
   * @return what was written, each with the start that counts
   */
  public List<Definition> publish(List<Definition> definitions) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LIMIT.toMillis());
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis());
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) LIMIT.toMillis() / 2);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      definitions.forEach(definition -> sent.add(producer.send(message(definition))));
      List<Definition> published = new ArrayList<>();
      for (int i = 0; i < sent.size(); i++) {
        long brokerTimeMs = sent.get(i).get().timestamp();
        Definition definition = definitions.get(i);
        published.add(definition.withFrom(DefinitionSet.effectiveFromMs(definition, brokerTimeMs)));
      }
      return published;
    } catch (ExecutionException e) {
      throw failed("write", e.getCause());
    } catch (KafkaException e) {
      throw failed("write", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  private ProducerRecord<byte[], byte[]> message(Definition definition) {
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(
            topic,
            0,
            DefinitionKey.of(definition).text().getBytes(UTF_8),
            DefinitionCodec.toJson(definition));
    message.headers().add(IntakeHeaders.FORMAT, FORMAT);
    return message;
  }

  private ProcessFailedException failed(String what, Throwable cause) {
    return new ProcessFailedException(
        "cannot %s topic %s at %s: %s".formatted(what, topic, bootstrapServers, cause.getMessage()),
        cause);
  }
}
