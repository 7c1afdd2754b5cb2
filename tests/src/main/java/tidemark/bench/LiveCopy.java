package tidemark.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Copies a filled topic record by record into another one as if its points came now: its first
 * windows at once, and each further one evenly over the time that it is given. Offsets and times of
 * records stay what they were.
 */
final class LiveCopy implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long MAX_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String bootstrapServers;
  private final String from;
  private final List<long[]> marks;
  private final int windowsAtOnce;
  private final long windowNanos;
  private final String to;
  private final Thread thread = new Thread(this::run, "live-copy");
  private long startNanos; // of the first window that takes its time
  private volatile boolean isClosed;
  private volatile Exception failure;

  /**
   * @param from topic that holds it all
   * @param to topic that is made
   * @param marks by number of windows and partition: the offset behind them
   * @param windowMs time for each window behind those that come at once
   */
  LiveCopy(
      String bootstrapServers,
      String from,
      String to,
      List<long[]> marks,
      int windowsAtOnce,
      long windowMs) {
    this.bootstrapServers = bootstrapServers;
    this.from = from;
    this.to = to;
    this.marks = List.copyOf(marks);
    this.windowsAtOnce = windowsAtOnce;
    windowNanos = TimeUnit.MILLISECONDS.toNanos(windowMs);
  }

  /** Makes the topic and begins; whoever reads it may begin at once. */
  void start() throws InterruptedException, ExecutionException {
    TopicFiller.createTopic(bootstrapServers, to, marks.get(0).length);
    startNanos = System.nanoTime();
    thread.setDaemon(true);
    thread.start();
  }

  /** Why it ended early, if it did. */
  Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  private void run() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "enable.auto.commit",
            "false",
            "max.partition.fetch.bytes", // so that partitions take turns
            Integer.toString(1 << 16));
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer = TopicFiller.producer(bootstrapServers)) {
      List<TopicPartition> partitions = new ArrayList<>();
      long left = 0;
      for (int partition = 0; partition < marks.get(0).length; partition++) {
        partitions.add(new TopicPartition(from, partition));
        left += marks.get(marks.size() - 1)[partition];
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (left > 0 && !isClosed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          awaitTurn(record);
          send(record, producer);
          left--;
        }
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void send(ConsumerRecord<byte[], byte[]> record, KafkaProducer<byte[], byte[]> producer) {
    ProducerRecord<byte[], byte[]> copy =
        new ProducerRecord<>(
            to,
            record.partition(),
            record.timestamp(),
            record.key(),
            record.value(),
            record.headers());
    Future<RecordMetadata> unused =
        producer.send(
            copy,
            (metadata, exception) -> {
              if (exception != null) {
                failure = exception;
              }
            });
  }

  private void awaitTurn(ConsumerRecord<byte[], byte[]> record) {
    int window = windowsAtOnce;
    while (marks.get(window)[record.partition()] <= record.offset()) {
      window++;
    }
    if (window == windowsAtOnce) {
      return; // behind none of those that take their time
    }
    long begin = marks.get(window - 1)[record.partition()];
    long end = marks.get(window)[record.partition()];
    double windows =
        window - 1 - windowsAtOnce + (record.offset() - begin) / (double) (end - begin);
    long dueNanos = startNanos + (long) (windows * windowNanos);
    for (long wait = dueNanos - System.nanoTime();
        wait > 0 && !isClosed;
        wait = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(wait, MAX_PARK_NANOS));
    }
  }

  @Override
  public void close() {
    isClosed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
