package tidemark.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.cli.cluster.NewTopics;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;

/**
 * Makes what a main job with rules or monitors needs beside the points of a {@link Workload}: a
 * control topic of its own, and the topics that verdicts and alerts go to.
 *
 * <p>Definitions stand in the topic a minute of event time before the first window. Behind them
 * come the heartbeats, so that no window has to wait for this topic.
 */
final class ControlTopicFiller {
  static final String VERDICTS_TOPIC = "verdicts";
  static final String ALERTS_TOPIC = "alerts";
  private static final long BEFORE_MS = 60_000;

  private final Map<String, Object> broker;

  ControlTopicFiller(String bootstrapServers) {
    broker = Map.of("bootstrap.servers", bootstrapServers, "acks", "all");
  }

  static String topic(Variant variant) {
    return "control-" + variant.label();
  }

  void createVerdictTopics() throws InterruptedException, ExecutionException {
    create(VERDICTS_TOPIC, ALERTS_TOPIC);
  }

  void fill(Variant variant, Workload workload) throws InterruptedException, ExecutionException {
    String topic = topic(variant);
    create(topic);
    List<Future<?>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
      long beforeMs = workload.windowStartMs(0) - BEFORE_MS;
      for (Definition definition : BenchDefinitions.of(variant, workload)) {
        sent.add(
            producer.send(
                record(
                    topic,
                    beforeMs,
                    DefinitionKey.of(definition).text(),
                    IntakeHeaders.DEFINITION,
                    DefinitionCodec.toJson(definition))));
      }
      for (int window = 0; window < workload.windows(); window++) {
        long endMs = workload.windowStartMs(window) + Workload.WINDOW_MS;
        sent.add(
            producer.send(
                record(
                    topic,
                    endMs,
                    DefinitionKey.HEARTBEAT,
                    IntakeHeaders.HEARTBEAT,
                    Heartbeat.bytes(endMs))));
      }
    }
    for (Future<?> each : sent) {
      each.get();
    }
  }

  /** With one partition each; record times lie in the past and are kept as they are. */
  private void create(String... topics) throws InterruptedException, ExecutionException {
    List<NewTopic> created = new ArrayList<>();
    for (String topic : topics) {
      created.add(new NewTopic(topic, 1, (short) 1).configs(Map.of("retention.ms", "-1")));
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.get("bootstrap.servers")))) {
      NewTopics.create(admin, created);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, long brokerTimeMs, String key, String format, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, 0, brokerTimeMs, key.getBytes(US_ASCII), value);
    record.headers().add(IntakeHeaders.FORMAT, format.getBytes(US_ASCII));
    return record;
  }
}
