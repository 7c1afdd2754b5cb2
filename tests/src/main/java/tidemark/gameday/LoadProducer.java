package tidemark.gameday;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.annotation.Nullable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Sends a load's records: each once (idempotent producer, all acknowledgements), in order within a
 * partition, and each must be taken: one that the broker refuses ends the game. Keeps a future for
 * each record until {@link #awaitTaken}. Not thread-safe.
 */
final class LoadProducer implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> pending = new ArrayList<>();

  /**
   * @param linger how long a record may wait for others
   */
  LoadProducer(String bootstrapServers, String topic, Duration linger) {
    this.topic = topic;
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "enable.idempotence",
                "true",
                "linger.ms",
                Long.toString(linger.toMillis()),
                "delivery.timeout.ms",
                "600000"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends a batch of points; its record's time is given, too. */
  Future<RecordMetadata> points(int partition, long timeMs, byte[] batch) {
    return send(record(partition, IntakeHeaders.NATIVE, timeMs, batch));
  }

  /** Sends a heartbeat into a partition of the points topic. */
  void heartbeat(int partition, long timeMs, byte[] value) {
    Future<RecordMetadata> unused = send(record(partition, IntakeHeaders.HEARTBEAT, timeMs, value));
  }

  /** Sends a heartbeat of which the broker, or the producer's clock, tells the record's time. */
  void controlHeartbeat(byte[] value) {
    Future<RecordMetadata> unused = send(control(null, value));
  }

  /** Sends a heartbeat whose record has a time of its own, if the topic takes such. */
  void controlHeartbeatAt(long timeMs, byte[] value) {
    Future<RecordMetadata> unused = send(control(timeMs, value));
  }

  private static ProducerRecord<byte[], byte[]> control(@Nullable Long timeMs, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            LocalCluster.CONTROL_TOPIC, 0, timeMs, DefinitionKey.HEARTBEAT.getBytes(UTF_8), value);
    record.headers().add(IntakeHeaders.FORMAT, IntakeHeaders.HEARTBEAT.getBytes(UTF_8));
    return record;
  }

  private ProducerRecord<byte[], byte[]> record(
      int partition, String format, long timeMs, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, timeMs, null, value);
    record.headers().add(IntakeHeaders.FORMAT, format.getBytes(UTF_8));
    return record;
  }

  private Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> taken = producer.send(record);
    pending.add(taken);
    return taken;
  }

  /** Waits until the broker has all, if more than so many were sent since the last time. */
  void awaitTakenIfMoreThan(int records) {
    if (pending.size() > records) {
      awaitTaken();
    }
  }

  /** Waits until the broker has all that was sent. */
  void awaitTaken() {
    try {
      for (Future<RecordMetadata> record : pending) {
        record.get();
      }
      pending.clear();
    } catch (ExecutionException e) {
      throw new ProcessFailedException("the broker did not take a record: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  /** Fails if a task that goes on for ever has ended by itself. */
  static void requireAlive(Future<?> sending) {
    if (sending.isDone() && !sending.isCancelled()) {
      try {
        sending.get(0, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new ProcessFailedException("the load has failed: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_LIMIT);
  }
}
