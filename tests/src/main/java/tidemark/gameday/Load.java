package tidemark.gameday;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.NativeBatchWriter;

/**
 * A producer that sends a second's points each second, with a heartbeat into every partition behind
 * them, and adds up what must be stored of them.
 *
 * <p>Series, values, lateness and partitions follow from the seed, times from the clock: they lie
 * four hours back, since a last heartbeat ahead of them must not be of the future, and begin half a
 * minute before a full hour. One point in fifty is late, by up to a second, a minute, ten minutes
 * or an hour; each second brings a series that was never seen before. Each record is sent once
 * (idempotent producer, all acknowledgements) and must be taken: a record that the broker refuses
 * ends the game.
 */
final class Load implements AutoCloseable {
  private static final long[] LATENESS_MS = {1_000, 60_000, 600_000, 3_600_000};
  private static final int ONE_LATE_IN = 50;
  private static final int MAX_BEHIND_SECONDS = 30;

  private static final Duration LINGER = Duration.ofMillis(20);

  private static final long BACK_MS = 4 * 3_600_000L;
  private static final long BEFORE_HOUR_MS = 30_000;

  /** Far enough for every window of the coarsest tier to close. */
  private static final long END_AHEAD_MS = 2 * 3_600_000L;

  private final int partitions;
  private final Random random;
  private final Map<String, List<Series>> seriesByOrg = new HashMap<>();
  private final int pointsPerSeries;
  private final LoadProducer producer;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final SentRows sent = new SentRows();
  private final Optional<SentRecords> records;
  private long secondMs;
  private int nextFresh;
  private int nextPartition;
  private ScheduledFuture<?> sending;

  /**
   * Prepares to send; nothing is sent before {@link #start}.
   *
   * @param pointsPerSecond of all series together; at least one point of each series
   * @param nowMs time of the machine
   * @param records gets what each record holds
   */
  Load(
      String bootstrapServers,
      String topic,
      int partitions,
      long seed,
      int series,
      int pointsPerSecond,
      long nowMs,
      Optional<SentRecords> records) {
    this.records = records;
    this.partitions = partitions;
    this.random = new Random(seed);
    this.pointsPerSeries = Math.max(1, pointsPerSecond / series);
    for (int number = 0; number < series; number++) {
      Series one = Series.ofNumber(number);
      seriesByOrg.computeIfAbsent(one.org(), org -> new ArrayList<>()).add(one);
    }
    nextFresh = series;
    secondMs = (nowMs - BACK_MS) / 3_600_000L * 3_600_000L - BEFORE_HOUR_MS;
    producer = new LoadProducer(bootstrapServers, topic, LINGER);
  }

  void start() {
    sending = timer.scheduleAtFixedRate(this::sendSecond, 1, 1, TimeUnit.SECONDS);
  }

  /** Points handed to the broker so far. */
  synchronized long points() {
    return sent.points();
  }

  /** Everything before this time was handed to the broker, but for late points. */
  synchronized long sentUntilMs() {
    return secondMs;
  }

  /** Sends so many seconds' points at once, instead of {@link #start}. */
  void sendAtOnce(int seconds) {
    for (int i = 0; i < seconds; i++) {
      sendSecond();
    }
  }

  /** Sends the next second's points. */
  private synchronized void sendSecond() {
    seriesByOrg.forEach(this::sendOrg);
    Series fresh = Series.ofNumber(nextFresh++);
    sendOrg(fresh.org(), List.of(fresh));
    secondMs += 1000;
    heartbeat(secondMs);
    producer.awaitTakenIfMoreThan(MAX_BEHIND_SECONDS * partitions);
  }

  private void sendOrg(String org, List<Series> series) {
    NativeBatchWriter writer = new NativeBatchWriter(org);
    SentRows rows = new SentRows();
    for (Series one : series) {
      int index = writer.series(one.type(), one.metric(), one.tags());
      for (int i = 0; i < pointsPerSeries; i++) {
        long timestampMs = secondMs + random.nextInt(1000) - lateMs();
        double value = one.value(random);
        writer.point(index, timestampMs, value);
        sent.add(one, timestampMs, value);
        if (records.isPresent()) {
          rows.add(one, timestampMs, value);
        }
      }
    }
    int partition = nextPartition++ % partitions;
    long timeMs = secondMs;
    if (records.isPresent()) {
      Future<RecordMetadata> unused =
          records
              .get()
              .send(partition, rows, () -> producer.points(partition, timeMs, writer.toBytes()));
    } else {
      Future<RecordMetadata> unused = producer.points(partition, timeMs, writer.toBytes());
    }
  }

  private long lateMs() {
    if (random.nextInt(ONE_LATE_IN) != 0) {
      return 0;
    }
    return 1 + (long) (random.nextDouble() * LATENESS_MS[random.nextInt(LATENESS_MS.length)]);
  }

  private void heartbeat(long untilMs) {
    byte[] value = Heartbeat.bytes(untilMs);
    for (int partition = 0; partition < partitions; partition++) {
      producer.heartbeat(partition, untilMs, value);
    }
    producer.controlHeartbeat(value); // no rule will come before that time, either
  }

  /**
   * Ends the load and closes every window with a last heartbeat.
   *
   * @return the watermark at which all that was sent is stored
   */
  long finish() {
    requireAlive();
    if (sending != null) {
      boolean unused = sending.cancel(false);
    }
    synchronized (this) {
      long endMs = secondMs + END_AHEAD_MS;
      heartbeat(endMs);
      producer.awaitTaken();
      return endMs - 1;
    }
  }

  /** Sends so many seconds' points more when it has ended: all of them are late. */
  void sendLate(int seconds) {
    synchronized (this) {
      sendAtOnce(seconds);
      producer.awaitTaken();
    }
  }

  /** Fails if sending has failed. */
  void requireAlive() {
    if (sending != null) {
      LoadProducer.requireAlive(sending);
    }
  }

  /** What must be stored; once {@link #finish} has returned. */
  synchronized SentRows sent() {
    return sent;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    producer.close();
  }
}
