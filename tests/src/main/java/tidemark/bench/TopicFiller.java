package tidemark.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.cli.cluster.NewTopics;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Writes a {@link Workload} into a topic, uncompressed, event time advancing, and a heartbeat in
 * each partition behind each window.
 *
 * <p>A series always goes to the same partition. Broker time of a record is the end of its window.
 * About 60 ns per point on one core.
 */
final class TopicFiller {
  private static final String MAX_RECORD_BYTES = Integer.toString(8 << 20);
  private static final List<Header> NATIVE = header(IntakeHeaders.NATIVE);
  private static final List<Header> OTLP = header(IntakeHeaders.OTLP);
  private static final List<Header> HEARTBEAT = header(IntakeHeaders.HEARTBEAT);

  private final String bootstrapServers;
  private final String topic;
  private final Workload workload;
  private final RecordWriter records;
  private final long[] nextOffset;
  private final Callback failOnError;
  private volatile Exception failure;

  TopicFiller(String bootstrapServers, String topic, int partitions, Workload workload) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
    this.workload = workload;
    nextOffset = new long[partitions];
    records = RecordWriter.of(workload);
    failOnError =
        (metadata, exception) -> {
          if (exception != null) {
            failure = exception;
          }
        };
  }

  /** Format and org, which OTLP has no place for. */
  private static List<Header> header(String format) {
    return List.of(
        new RecordHeader(IntakeHeaders.FORMAT, format.getBytes(US_ASCII)),
        new RecordHeader(IntakeHeaders.ORG, Workload.ORG.getBytes(US_ASCII)));
  }

  /**
   * Creates the topic and writes everything.
   *
   * @return by number of windows, from 0 to all of them, and partition: the offset behind them
   */
  List<long[]> fill() throws InterruptedException, ExecutionException {
    createTopic(bootstrapServers, topic, nextOffset.length);
    List<long[]> marks = new ArrayList<>();
    marks.add(nextOffset.clone());
    try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
      for (int window = 0; window < workload.windows(); window++) {
        sendWindow(producer, window);
        marks.add(nextOffset.clone());
        requireNoFailure();
      }
    }
    requireNoFailure();
    return marks;
  }

  /** Makes a topic that keeps records whose times lie in the past. */
  static void createTopic(String bootstrapServers, String topic, int partitions)
      throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      NewTopic created = new NewTopic(topic, partitions, (short) 1);
      created.configs(Map.of("retention.ms", "-1", "max.message.bytes", MAX_RECORD_BYTES));
      NewTopics.create(admin, List.of(created));
    }
  }

  static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "acks",
            "all",
            "linger.ms",
            "5",
            "batch.size",
            Integer.toString(1 << 20),
            "buffer.memory",
            Integer.toString(64 << 20),
            "max.request.size",
            MAX_RECORD_BYTES,
            "max.block.ms",
            "120000",
            "delivery.timeout.ms",
            "300000");
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void requireNoFailure() {
    if (failure != null) {
      throw new IllegalStateException(
          "cannot write to topic %s: %s".formatted(topic, failure), failure);
    }
  }

  private void sendWindow(KafkaProducer<byte[], byte[]> producer, int window) {
    long endMs = workload.windowStartMs(window) + Workload.WINDOW_MS;
    List<Header> format = workload.is(Trait.OTLP) ? OTLP : NATIVE;
    for (int slice = 0; slice < workload.slices(); slice++) {
      for (int group = 0; group < workload.groups(); group++) {
        byte[] value = records.record(group, window, slice);
        send(producer, group % nextOffset.length, endMs, format, value);
      }
    }
    for (int partition = 0; partition < nextOffset.length; partition++) {
      send(producer, partition, endMs, HEARTBEAT, Heartbeat.bytes(endMs, nextOffset.length));
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer,
      int partition,
      long brokerTimeMs,
      List<Header> headers,
      byte[] value) {
    var unused = // the callback tells
        producer.send(
            new ProducerRecord<>(topic, partition, brokerTimeMs, null, value, headers),
            failOnError);
    nextOffset[partition]++;
  }
}
