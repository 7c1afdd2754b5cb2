package tidemark.gateway.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Reads the control topic from its beginning, in a thread of its own. No rule is told of before its
 * end was reached once: a version that was read may have been removed since. Heartbeats in it say
 * how far it is known; without them it is asked each second whether there is more.
 *
 * <p>A broker that is away, or a topic that is not there yet, is waited for, and what was known
 * stays known. No group, no offsets committed.
 */
public final class ControlReader implements Rules {
  /** Value of the header of records with a definition. */
  public static final String DEFINITION = "definition";

  private static final Logger LOG = LoggerFactory.getLogger(ControlReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration ASK = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(10);

  /** By so much the broker's clock may be behind this machine's. */
  private static final long SKEW_MS = 5_000;

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final Clock clock;
  private final RuleBook book = new RuleBook();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean isWhole;
  private long askedMs = Long.MIN_VALUE;

  private ControlReader(Consumer<byte[], byte[]> consumer, String topic, Clock clock) {
    this.consumer = consumer;
    this.topic = topic;
    this.clock = clock;
    thread = new Thread(this::run, "rules");
    thread.setDaemon(true);
  }

  /** Begins to look for the topic, and to read it. */
  public static ControlReader start(String bootstrapServers, String topic) {
    return start(
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer()),
        topic,
        Clock.systemUTC());
  }

  /**
   * The same over a connection that is there.
   *
   * @param consumer closed by the reader
   */
  static ControlReader start(Consumer<byte[], byte[]> consumer, String topic, Clock clock) {
    ControlReader reader = new ControlReader(consumer, topic, clock);
    reader.thread.start();
    return reader;
  }

  @Override
  public KnownRules of(String org) {
    return isWhole ? book.of(org) : KnownRules.NONE;
  }

  @Override
  public List<MonitorSpan> monitorsOf(String org) {
    return isWhole ? book.monitorsOf(org) : List.of();
  }

  @Override
  public int unreadable() {
    return book.unreadable();
  }

  private void run() {
    try (consumer) {
      Optional<TopicPartition> partition = find();
      if (partition.isPresent()) {
        consumer.assign(List.of(partition.get()));
        consumer.seekToBeginning(List.of(partition.get()));
        while (ending.getCount() > 0) {
          consumer.poll(POLL).forEach(this::take);
          askForEnd(partition.get());
        }
      }
    } catch (WakeupException e) {
      LOG.debug("the reader of the control topic was woken up to end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("topic {} is not read any more: new windows are answered without rules", topic, e);
    }
  }

  /** The topic's only partition, as soon as it is there; empty if this reader ends before. */
  private Optional<TopicPartition> find() throws InterruptedException {
    boolean isFirst = true;
    while (ending.getCount() > 0) {
      int partitions = partitions();
      if (partitions == 1) {
        return Optional.of(new TopicPartition(topic, 0));
      }
      if (isFirst) {
        LOG.info(
            "topic {} must have one partition, found {}: no rules until it has", topic, partitions);
        isFirst = false;
      }
      if (ending.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    return Optional.empty();
  }

  private int partitions() {
    try {
      return consumer.partitionsFor(topic).size();
    } catch (WakeupException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.debug("topic {} cannot be found", topic, e);
      return 0;
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> each) {
    Header format = each.headers().lastHeader(IntakeHeaders.FORMAT);
    boolean isDefinition =
        format != null
            && format.value() != null
            && DEFINITION.equals(new String(format.value(), UTF_8));
    if (isDefinition && each.key() != null && each.value() != null) {
      book.accept(new String(each.key(), UTF_8), each.value(), each.timestamp());
    }
    book.readTo(each.timestamp());
  }

  private void askForEnd(TopicPartition partition) {
    long nowMs = clock.millis();
    if (isWhole && nowMs - askedMs < ASK.toMillis()) {
      return;
    }
    askedMs = nowMs;
    try {
      long end = consumer.endOffsets(List.of(partition), ASK).get(partition);
      if (consumer.position(partition, ASK) >= end) {
        book.readTo(nowMs - SKEW_MS);
        isWhole = true;
      }
    } catch (TimeoutException e) {
      LOG.debug("the end of topic {} is not known", topic, e);
    }
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
