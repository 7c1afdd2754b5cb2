package tidemark.cli.heartbeat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.broker.TestBroker;
import tidemark.cli.process.Waiting;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

/** Against a real broker, by the system's clock. */
final class HeartbeatInjectorITCase {
  private static final String POINTS = "points";
  private static final String CONTROL = "control";
  private static final long DELAY_MS = 1_500;

  private final AtomicBoolean goesOn = new AtomicBoolean(true);
  private final AtomicLong lastAskedMs = new AtomicLong();
  private CompletableFuture<Void> ended;
  private TestBroker broker;

  @BeforeEach
  void startBroker(@TempDir Path folder) throws InterruptedException {
    broker = new TestBroker(folder);
    broker.createTopic(POINTS, 2, Map.of());
    broker.createTopic(
        CONTROL, 1, Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));
  }

  @AfterEach
  void end() {
    goesOn.set(false);
    ended.join(); // throws what the injector threw
    broker.close();
  }

  private void inject(String... topics) {
    HeartbeatConfig config =
        new HeartbeatConfig(
            broker.bootstrapServers(), List.of(topics), Duration.ofMillis(DELAY_MS));
    HeartbeatInjector injector = new HeartbeatInjector(config, new WatchedClock());
    ended = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                injector.run(goesOn::get);
                ended.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                ended.completeExceptionally(e);
              }
            },
            "injector")
        .start();
  }

  private static void await(String what, BooleanSupplier condition) {
    new Waiting(Duration.ofSeconds(60), Duration.ofMillis(100), () -> {})
        .until(what, List.of(), condition);
  }

  /** Values by partition, in their order; checks what holds of every one of them. */
  private SortedMap<Integer, List<String>> beats(String topic) {
    SortedMap<Integer, List<String>> beats = new TreeMap<>();
    SortedMap<Integer, Long> lastMs = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.records(topic)) {
      assertThat(record.headers().lastHeader(IntakeHeaders.FORMAT).value())
          .isEqualTo("heartbeat".getBytes(UTF_8));
      assertThat(record.key()).isEqualTo("heartbeat".getBytes(UTF_8));
      long ms = Heartbeat.parse(record.value());
      assertThat((ms + DELAY_MS) % 1_000).isZero();
      assertThat(ms).isLessThanOrEqualTo(record.timestamp() - DELAY_MS);
      assertThat(ms).isGreaterThan(lastMs.getOrDefault(record.partition(), 0L));
      lastMs.put(record.partition(), ms);
      beats
          .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
          .add(new String(record.value(), UTF_8));
    }
    return beats;
  }

  @Test
  void everyPartitionOfBothTopicsGetsRisingTimes() {
    inject(POINTS, CONTROL);
    await("beats", () -> isBeating(beats(POINTS), 2, 3) && isBeating(beats(CONTROL), 1, 3));
    assertThat(beats(POINTS).values())
        .allSatisfy(values -> assertThat(values).allMatch(value -> value.endsWith("/2")));
    assertThat(beats(CONTROL).get(0)).allMatch(value -> value.endsWith("/1"));
  }

  private static boolean isBeating(
      SortedMap<Integer, List<String>> beats, int partitions, int count) {
    return beats.size() == partitions
        && beats.values().stream().allMatch(values -> values.size() >= count);
  }

  @Test
  void newPartitionsAreFoundAndCounted() throws InterruptedException {
    inject(POINTS);
    await("beats", () -> isBeating(beats(POINTS), 2, 1));
    broker.addPartitions(POINTS, 5);
    await("beats of new partitions", () -> isBeating(beats(POINTS), 5, 2));
    for (int partition = 2; partition < 5; partition++) {
      assertThat(beats(POINTS).get(partition)).allMatch(value -> value.endsWith("/5"));
    }
    assertThat(beats(POINTS).get(0)).last().asString().endsWith("/5");
  }

  @Test
  void aTopicThatIsNotThereDoesNotHoldTheOther() {
    inject("absent", POINTS);
    await("beats", () -> isBeating(beats(POINTS), 2, 4));
    List<String> values = beats(POINTS).get(0);
    long firstMs = Heartbeat.parse(values.get(0).getBytes(UTF_8));
    long fourthMs = Heartbeat.parse(values.get(3).getBytes(UTF_8));
    assertThat(fourthMs - firstMs).isLessThanOrEqualTo(5_000);
  }

  @Test
  void aBrokerThatIsAwayGetsNoOldBeats() {
    inject(POINTS);
    await("beats", () -> isBeating(beats(POINTS), 2, 2));
    broker.close();
    long awayMs = Clock.systemUTC().millis();
    await("rounds without a broker", () -> lastAskedMs.get() > awayMs + 7_000);
    broker.start();
    long backMs = Clock.systemUTC().millis();
    await("a beat of now", () -> lastBeatMs() > backMs);
    assertThat(
            beats(POINTS).get(0).stream()
                .mapToLong(value -> Heartbeat.parse(value.getBytes(UTF_8)) + DELAY_MS)
                .filter(ms -> ms > awayMs && ms < backMs))
        .as("beats of the time away")
        .hasSizeLessThanOrEqualTo(2);
  }

  private long lastBeatMs() {
    List<String> values = beats(POINTS).getOrDefault(0, List.of("0"));
    return Heartbeat.parse(values.get(values.size() - 1).getBytes(UTF_8));
  }

  /** The system's clock, which remembers when it was asked last. */
  private final class WatchedClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public long millis() {
      long nowMs = Clock.systemUTC().millis();
      lastAskedMs.set(nowMs);
      return nowMs;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis());
    }
  }
}
