package tidemark.cli.heartbeat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes, at each full second of the clock, that second less the delay into every partition.
 *
 * <p>The watermark of the job is made of nothing else: whatever has an earlier time and comes later
 * is late, is counted as late, and makes a row of its own. A beat that cannot be sent is left out;
 * the next one says more. If the clock goes back, nothing is written until it is past where it was.
 *
 * <p>Runs in the thread that calls {@link #run}; holds one beat for each partition at most.
 */
public final class HeartbeatInjector {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatInjector.class);
  private static final long SECOND_MS = 1_000;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  /** After so many, a new producer: an idempotent one can be beyond recovery. */
  private static final int MAX_ROUNDS_IN_VAIN = 15;

  private final HeartbeatConfig config;
  private final Clock clock;
  private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;
  private final List<TopicHeartbeats> topics;
  private long lastMs;

  public HeartbeatInjector(HeartbeatConfig config, Clock clock) {
    this(config, clock, KafkaProducer::new);
  }

  HeartbeatInjector(
      HeartbeatConfig config,
      Clock clock,
      Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
    this.config = config;
    this.clock = clock;
    this.producers = producers;
    this.topics = config.topics().stream().map(TopicHeartbeats::new).toList();
  }

  /** Goes on while it is told to. */
  public void run(BooleanSupplier goesOn) throws InterruptedException {
    Producer<byte[], byte[]> producer = producers.apply(config.producerConfig());
    try {
      LOG.info(
          "heartbeats go to {} at {}, {} ms behind the clock",
          config.topics(),
          config.bootstrapServers(),
          config.delay().toMillis());
      while (goesOn.getAsBoolean()) {
        long secondMs = (Math.floorDiv(clock.millis(), SECOND_MS) + 1) * SECOND_MS;
        sleepUntil(secondMs);
        round(producer, secondMs);
        if (topics.stream().anyMatch(topic -> topic.roundsInVain() > MAX_ROUNDS_IN_VAIN)) {
          producer = replace(producer);
        }
      }
    } finally {
      producer.close(CLOSE_LIMIT);
    }
  }

  /** Never returns early: a time must not be promised before it is over. */
  private void sleepUntil(long ms) throws InterruptedException {
    for (long left = ms - clock.millis(); left > 0 && left <= SECOND_MS; ) {
      TimeUnit.MILLISECONDS.sleep(left);
      left = ms - clock.millis();
    }
  }

  /** One beat for each partition, unless as much has been promised before. */
  void round(Producer<byte[], byte[]> producer, long secondMs) throws InterruptedException {
    long untilMs = Math.min(secondMs, clock.millis()) - config.delay().toMillis();
    if (untilMs <= lastMs) {
      return;
    }
    lastMs = untilMs;
    for (TopicHeartbeats topic : topics) {
      topic.write(producer, untilMs);
    }
  }

  /** The same producer if there cannot be another now, for want of an address. */
  private Producer<byte[], byte[]> replace(Producer<byte[], byte[]> stuck) {
    topics.forEach(TopicHeartbeats::forgetProducer);
    try {
      Producer<byte[], byte[]> fresh = producers.apply(config.producerConfig());
      stuck.close(Duration.ZERO);
      return fresh;
    } catch (KafkaException e) {
      LOG.warn("there can be no new producer for {}: trying on", config.bootstrapServers(), e);
      return stuck;
    }
  }
}
