package tidemark.gateway.verdicts;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.verdict.VerdictJson;

/**
 * Reads all partitions of a topic of verdicts from their beginning into {@link VerdictRows}, in a
 * thread of its own.
 *
 * <p>A broker that is away, or a topic that is not there yet, is waited for, and partitions that
 * are added are found. Records that are no verdicts are counted, the first one logged. If the
 * engine cannot take rows for want of memory, that is tried again for a while. No group, no offsets
 * committed.
 */
public final class VerdictReader implements VerdictSource.Reading {
  private static final Logger LOG = LoggerFactory.getLogger(VerdictReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TRIES = 10;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final VerdictRows rows;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;
  private boolean hasTrouble;
  private final AtomicLong unreadable = new AtomicLong();

  private VerdictReader(Consumer<byte[], byte[]> consumer, String topic, VerdictRows rows) {
    this.consumer = consumer;
    this.topic = topic;
    this.rows = rows;
    thread = new Thread(this::run, "verdicts");
    thread.setDaemon(true);
  }

  /** Begins to look for the topic, and to read it. */
  static VerdictReader start(String bootstrapServers, String topic, VerdictRows rows) {
    return start(
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "10000"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer()),
        topic,
        rows);
  }

  /**
   * The same over a connection that is there.
   *
   * @param consumer closed by the reader
   */
  public static VerdictReader start(
      Consumer<byte[], byte[]> consumer, String topic, VerdictRows rows) {
    VerdictReader reader = new VerdictReader(consumer, topic, rows);
    reader.thread.start();
    return reader;
  }

  private void run() {
    try (consumer) {
      long lookedNanos = System.nanoTime();
      while (!find() && !ending.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        lookedNanos = System.nanoTime();
      }
      while (ending.getCount() > 0) {
        if (System.nanoTime() - lookedNanos > LOOK_AGAIN.toNanos()) {
          find();
          lookedNanos = System.nanoTime();
        }
        poll();
      }
    } catch (WakeupException e) {
      LOG.debug("the reader of verdicts was woken up to end", e);
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("topic {} is not read any more: answers show no new verdicts", topic, e);
    }
  }

  /** Whether there is anything to read; takes up partitions that are new. */
  private boolean find() {
    List<TopicPartition> found = new ArrayList<>();
    try {
      consumer.partitionsFor(topic, LOOK).stream()
          .map(info -> new TopicPartition(topic, info.partition()))
          .forEach(found::add);
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.debug("topic {} cannot be found", topic, e);
    }
    Set<TopicPartition> known = consumer.assignment();
    found.removeAll(known);
    if (!found.isEmpty()) {
      Set<TopicPartition> all = new HashSet<>(known);
      all.addAll(found);
      consumer.assign(all);
      consumer.seekToBeginning(found);
      hasTrouble = false;
      LOG.info("verdicts are read from {}", found);
    } else if (known.isEmpty() && !hasTrouble) {
      LOG.info("topic {} is not there: no verdicts until it is", topic);
      hasTrouble = true;
    }
    return !consumer.assignment().isEmpty();
  }

  private void poll() throws InterruptedException {
    List<VerdictRow> verdicts = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
        take(each, verdicts);
      }
      hasTrouble = false;
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      if (!hasTrouble) {
        LOG.warn("topic {} cannot be read; it is tried again", topic, e);
        hasTrouble = true;
      }
      ending.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (!verdicts.isEmpty()) {
      keep(verdicts);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, List<VerdictRow> verdicts) {
    try {
      if (record.value() == null) {
        throw new IllegalArgumentException("a record without a value");
      }
      verdicts.add(VerdictRow.of(VerdictJson.verdict(record.value())));
    } catch (IllegalArgumentException e) {
      count(record.partition() + " at offset " + record.offset(), e);
    }
  }

  private void count(String what, Exception why) {
    if (unreadable.getAndIncrement() == 0) {
      LOG.warn("verdict {} of topic {} is left out, as further ones will be", what, topic, why);
    }
  }

  private void keep(List<VerdictRow> verdicts) throws InterruptedException {
    for (int i = 1; i <= TRIES; i++) {
      try {
        rows.add(verdicts);
        return;
      } catch (SQLException e) {
        LOG.warn("{} verdicts could not be kept, try {} of {}", verdicts.size(), i, TRIES, e);
      }
      if (ending.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    for (VerdictRow each : verdicts) {
      try {
        rows.add(List.of(each));
      } catch (SQLException e) {
        count(each.verdict().id(), e);
      }
    }
  }

  @Override
  public boolean isAlive() {
    return thread.isAlive();
  }

  @Override
  public long unreadable() {
    return unreadable.get();
  }

  @Override
  public void close() {
    ending.countDown();
    consumer.wakeup();
    try {
      thread.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
