package tidemark.gateway.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/** What is known of rules while the control topic is read, over Kafka's own consumer for tests. */
class ControlReaderTest {
  private static final String TOPIC = "tidemark-control";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:03Z");
  private static final long T0 = Instant.parse("2026-03-01T09:00:00Z").toEpochMilli();

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private ControlReader reader;
  private long offset;

  private void start() {
    reader = ControlReader.start(consumer, TOPIC, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  /** The topic, with so many records in it. */
  private void make(long records) {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, records));
    consumer.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
  }

  @AfterEach
  void close() {
    if (reader != null) {
      reader.close();
    }
  }

  private static void await(BooleanSupplier condition, String what) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for %s", what).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  private void send(String format, String key, byte[] value, long brokerTimeMs) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(IntakeHeaders.FORMAT, format.getBytes(UTF_8));
    consumer.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            0,
            offset++,
            brokerTimeMs,
            TimestampType.LOG_APPEND_TIME,
            key.length(),
            value.length,
            key.getBytes(UTF_8),
            value,
            headers,
            Optional.empty()));
  }

  private void send(Definition definition, long brokerTimeMs) {
    send(
        ControlReader.DEFINITION,
        DefinitionKey.of(definition).text(),
        DefinitionCodec.toJson(definition),
        brokerTimeMs);
  }

  private static AggregationRule rule(String org, int version, long fromMs) {
    return new AggregationRule(
        org,
        "by-service",
        version,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        TagChoice.KEEP,
        new TreeSet<>(Set.of("service")),
        EnumSet.allOf(MetricType.class),
        new TreeSet<>(Set.of(10, 60, 3600)),
        false,
        100);
  }

  private void sendRulesAndWait() {
    await(() -> consumer.assignment().contains(PARTITION), "the topic to be found");
    consumer.schedulePollTask(
        () -> {
          send(rule("acme", 1, 0), T0 + 1);
          send("heartbeat", "heartbeat", new byte[] {1}, T0 + 15_000);
          send(ControlReader.DEFINITION, "rule/acme/other/1", "{}".getBytes(UTF_8), T0 + 20_000);
          send(rule("umbra", 1, T0 + 60_000), T0 + 21_000);
          send(rule("acme", 2, T0 + 100_000), T0 + 22_000);
          send(new Removal(Definition.Kind.RULE, "acme", "by-service", 3, 0), T0 + 3_000_000);
        });
    await(() -> !reader.of("acme").equals(KnownRules.NONE), "the end of the topic");
  }

  @Test
  void versionsOfTheOrgAreKnownOnceTheEndWasReached() {
    make(6);
    start();
    assertThat(reader.of("acme")).isEqualTo(KnownRules.NONE);
    sendRulesAndWait();
    assertThat(reader.of("acme").spans())
        .containsExactly(
            new RuleSpan(rule("acme", 1, T0 + 10_000), T0 + 100_000),
            new RuleSpan(rule("acme", 2, T0 + 100_000), T0 + 3_010_000));
    assertThat(reader.of("umbra").spans())
        .containsExactly(new RuleSpan(rule("umbra", 1, T0 + 60_000), Long.MAX_VALUE));
    assertThat(reader.of("nobody").spans()).isEmpty();
    // asked at 10:00:03 by a clock that may be 5 s ahead
    assertThat(reader.of("acme").toMs())
        .isEqualTo(Instant.parse("2026-03-01T10:00:00Z").toEpochMilli());
  }

  @Test
  void aHeartbeatSaysHowFarRulesAreKnown() {
    make(6);
    start();
    sendRulesAndWait();
    long heartbeatMs = NOW.toEpochMilli() + 61_000; // 10:01:04
    consumer.schedulePollTask(() -> send("heartbeat", "heartbeat", new byte[] {1}, heartbeatMs));
    long knownMs = Instant.parse("2026-03-01T10:01:10Z").toEpochMilli();
    await(() -> reader.of("acme").toMs() == knownMs, "the heartbeat");
    assertThat(reader.of("acme").spans()).hasSize(2);
  }

  @Test
  void aTopicThatComesLaterIsWaitedFor() {
    start();
    assertThat(reader.of("acme")).isEqualTo(KnownRules.NONE);
    make(6);
    sendRulesAndWait();
    assertThat(reader.of("acme").spans()).hasSize(2);
  }

  @Test
  void itEndsWhileItWaits() {
    start();
    reader.close();
    await(consumer::closed, "the connection to be closed");
  }
}
