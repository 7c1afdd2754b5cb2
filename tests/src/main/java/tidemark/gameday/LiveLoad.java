package tidemark.gameday;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.NativeBatchWriter;

/**
 * A load of now: at each full second of the clock the points of the second before, and behind them,
 * in the injector's form, a heartbeat that promises the second before that. One partition can be
 * stalled: it gets no heartbeats, and if asked for no points, while all others go on.
 *
 * <p>{@link Load} has the same series; its times lie hours back, which no delay can be measured
 * with. Series, values, lateness and partitions follow from the seed. One point in a hundred is
 * late, by up to three seconds, half a minute or three minutes; each second brings a series that
 * was never seen before. Keeps every point. Thread-safe; a thread of its own sends.
 */
final class LiveLoad implements AutoCloseable {
  /** What heartbeats are behind the clock, as {@code ./tidemark heartbeat} has it. */
  static final long HEARTBEAT_DELAY_MS = 1_000;

  static final long SECOND_MS = 1_000;
  private static final long[] LATENESS_MS = {3_000, 30_000, 180_000};
  private static final int ONE_LATE_IN = 100;
  private static final int MAX_PENDING = 200;
  private static final Duration LINGER = Duration.ofMillis(2);

  /** What becomes of the points of a partition without heartbeats. */
  enum StalledPoints {
    /** They come as before. */
    GO_ON,
    /** They go to the other partitions. */
    GO_ELSEWHERE
  }

  private final int partitions;
  private final Random random;
  private final Map<String, List<Integer>> seriesByOrg = new HashMap<>();
  private final int pointsPerSeries;
  private final LoadProducer producer;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final PointLog points = new PointLog();
  private final BeatLog beats = new BeatLog();
  private long secondMs;
  private int nextFresh;
  private int nextPartition;
  private int stalled = BeatLog.NO_PARTITION;
  private StalledPoints stalledPoints = StalledPoints.GO_ON;
  private Future<?> sending;

  /** Prepares to send; nothing is sent before {@link #start}. */
  LiveLoad(
      String bootstrapServers,
      String topic,
      int partitions,
      long seed,
      int series,
      int pointsPerSecond) {
    this.partitions = partitions;
    this.random = new Random(seed);
    this.pointsPerSeries = Math.max(1, pointsPerSecond / series);
    for (int number = 0; number < series; number++) {
      Series one = Series.ofNumber(number);
      seriesByOrg.computeIfAbsent(one.org(), org -> new ArrayList<>()).add(points.addSeries(one));
    }
    nextFresh = series;
    producer = new LoadProducer(bootstrapServers, topic, LINGER);
  }

  /** Points of each series in a second. */
  int pointsPerSeries() {
    return pointsPerSeries;
  }

  void start() {
    long nowMs = System.currentTimeMillis();
    secondMs = nowMs - Math.floorMod(nowMs, SECOND_MS);
    sending =
        timer.scheduleAtFixedRate(
            this::sendSeconds, secondMs + SECOND_MS - nowMs, SECOND_MS, TimeUnit.MILLISECONDS);
  }

  /** From the next beat on; one partition at a time. */
  synchronized void stall(int partition, StalledPoints what) {
    stalled = partition;
    stalledPoints = what;
  }

  /** From the next beat on all partitions have heartbeats. */
  synchronized void unstall() {
    stalled = BeatLog.NO_PARTITION;
  }

  /** All seconds that are over by now. */
  private synchronized void sendSeconds() {
    // never early: a time must not be promised before it is over
    while (System.currentTimeMillis() < nextTickMs()) {
      Thread.onSpinWait(); // of a millisecond at most: two clocks
    }
    while (System.currentTimeMillis() >= nextTickMs()) {
      sendSecond();
    }
  }

  private long nextTickMs() {
    return secondMs + SECOND_MS;
  }

  private void sendSecond() {
    long startedMs = System.currentTimeMillis();
    seriesByOrg.values().forEach(this::sendOrg);
    sendOrg(List.of(points.addSeries(Series.ofNumber(nextFresh++))));
    secondMs += SECOND_MS;
    long untilMs = secondMs - HEARTBEAT_DELAY_MS;
    beats.add(new BeatLog.Beat(untilMs, startedMs, System.currentTimeMillis(), stalled));
    for (int partition = 0; partition < partitions; partition++) {
      if (partition != stalled) {
        producer.heartbeat(partition, secondMs, Heartbeat.bytes(untilMs, partitions));
      }
    }
    producer.controlHeartbeat(Heartbeat.bytes(untilMs, 1));
    producer.awaitTakenIfMoreThan(MAX_PENDING);
  }

  private void sendOrg(List<Integer> numbers) {
    NativeBatchWriter writer = new NativeBatchWriter(points.series().get(numbers.get(0)).org());
    int partition = partition();
    for (int number : numbers) {
      Series one = points.series().get(number);
      int index = writer.series(one.type(), one.metric(), one.tags());
      for (int i = 0; i < pointsPerSeries; i++) {
        long timestampMs = secondMs + random.nextInt((int) SECOND_MS) - lateMs();
        double value = one.value(random);
        writer.point(index, timestampMs, value);
        points.add(number, timestampMs, value, beats.size(), partition);
      }
    }
    Future<RecordMetadata> unused =
        producer.points(partition, secondMs + SECOND_MS, writer.toBytes());
  }

  private int partition() {
    int partition = nextPartition++ % partitions;
    return partition == stalled && stalledPoints == StalledPoints.GO_ELSEWHERE
        ? nextPartition++ % partitions
        : partition;
  }

  private long lateMs() {
    if (random.nextInt(ONE_LATE_IN) != 0) {
      return 0;
    }
    return 1 + (long) (random.nextDouble() * LATENESS_MS[random.nextInt(LATENESS_MS.length)]);
  }

  /** What the last heartbeat of all has promised. */
  synchronized long promisedMs() {
    return secondMs - HEARTBEAT_DELAY_MS;
  }

  /** Sends no more, and waits until the broker has all. */
  void finish() {
    requireAlive();
    boolean unused = sending.cancel(false);
    synchronized (this) {
      producer.awaitTaken();
    }
  }

  /**
   * Lets time go on without points, to close what is open.
   *
   * @param untilMs what heartbeats promise; the topics must take records of that time
   */
  synchronized void jump(long untilMs) {
    long nowMs = System.currentTimeMillis();
    beats.add(new BeatLog.Beat(untilMs, nowMs, nowMs, BeatLog.NO_PARTITION));
    IntStream.range(0, partitions)
        .forEach(
            partition ->
                producer.heartbeat(partition, untilMs, Heartbeat.bytes(untilMs, partitions)));
    producer.controlHeartbeatAt(untilMs, Heartbeat.bytes(untilMs, 1));
    producer.awaitTaken();
  }

  /** Fails if sending has failed. */
  void requireAlive() {
    if (sending == null) {
      throw new ProcessFailedException("the load was not started");
    }
    LoadProducer.requireAlive(sending);
  }

  /** What was sent; once {@link #finish} has returned. */
  synchronized PointLog points() {
    return points;
  }

  /** When and how far it was promised; once {@link #finish} has returned. */
  synchronized BeatLog beats() {
    return beats;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    producer.close();
  }
}
