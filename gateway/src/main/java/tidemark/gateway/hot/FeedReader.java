package tidemark.gateway.hot;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.partial.SeriesEntry;

/**
 * Reads the feed topic from its beginning into {@link HotRows}, in a thread of its own. Topics of
 * an hour or so are meant: what is already stored is dropped again at the next eviction.
 *
 * <p>A broker that is away is waited for. No group, no offsets committed: every gateway reads all.
 */
public final class FeedReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration END = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final HotRows rows;
  private final Consumer<List<SeriesEntry>> series;
  private final Thread thread;
  private volatile boolean isEnding;
  private volatile long lagRecords = -1;

  /**
   * @param consumer assigned to these partitions, at their beginning; closed by this reader
   * @param series told of new series after each poll that brought any
   */
  private FeedReader(
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      HotRows rows,
      Consumer<List<SeriesEntry>> series) {
    this.consumer = consumer;
    this.partitions = partitions;
    this.rows = rows;
    this.series = series;
    thread = new Thread(this::run, "feed");
    thread.setDaemon(true);
  }

  /** A topic, before it is read: how many partitions it has must be known first. */
  public static final class Topic implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    private Topic(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
      this.consumer = consumer;
      this.partitions = partitions;
    }

    public int partitions() {
      return partitions.size();
    }

    /** Begins to read; from here on the reader owns the connection. */
    public FeedReader read(HotRows rows, Consumer<List<SeriesEntry>> series) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      FeedReader reader = new FeedReader(consumer, partitions, rows, series);
      reader.thread.start();
      return reader;
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  /**
   * Finds the topic.
   *
   * @throws KafkaException if no broker answers within a minute
   */
  public static Topic find(String bootstrapServers, String topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                // records that retention took before they were read would be missing in silence
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new KafkaException("there is no topic " + topic);
      }
      return new Topic(consumer, partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void run() {
    try (consumer) {
      while (!isEnding) {
        poll();
      }
    } catch (WakeupException e) {
      LOG.debug("the feed reader was woken up to end", e);
    } catch (SQLException | RuntimeException e) {
      LOG.error("the feed is not read any more: answers show stored rows only", e);
      lagRecords = -1;
    }
  }

  private void poll() throws SQLException {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    for (ConsumerRecord<byte[], byte[]> each : records) {
      rows.accept(each.partition(), each.value());
    }
    List<SeriesEntry> found = rows.takeSeries();
    if (!found.isEmpty()) {
      series.accept(found);
    }
    rows.show();
    long lag = 0;
    for (TopicPartition partition : partitions) {
      OptionalLong own = consumer.currentLag(partition);
      lag = own.isEmpty() || lag < 0 ? -1 : lag + own.getAsLong();
    }
    lagRecords = lag;
  }

  /** Records in the topic that were not read yet; -1 if unknown. */
  public long lagRecords() {
    return lagRecords;
  }

  public boolean isAlive() {
    return thread.isAlive();
  }

  @Override
  public void close() {
    isEnding = true;
    consumer.wakeup();
    try {
      thread.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
