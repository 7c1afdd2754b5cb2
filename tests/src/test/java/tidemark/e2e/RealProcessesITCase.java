package tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.cluster.LocalGateway;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;
import tidemark.gateway.Audit;
import tidemark.gateway.AuditReport;
import tidemark.gateway.AuditRequest;
import tidemark.gateway.CatalogReader;
import tidemark.gateway.Epoch;
import tidemark.gateway.QueryResult;
import tidemark.gateway.SqlReader;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Points through a real broker, a real Flink cluster and a real object store, with a TaskManager
 * killed by SIGKILL and a stop with savepoint on the way: what SQL answers equals a recomputation
 * from what was sent, row for row; and so does what the gateway answers all the while, from tables
 * and feed together.
 */
class RealProcessesITCase {
  private static final long SEED = 4;
  private static final int PARTITIONS = 4;
  private static final int BATCHES = 900;
  // a minute before midnight UTC, long ago: a broker refuses records of the future
  private static final long START_MS = 1_772_409_540_000L;
  private static final long STEP_MS = 250;
  private static final byte[] GARBAGE = {7, 1, 2, 3};
  private static final long END_MS = START_MS + BATCHES * STEP_MS + 7_200_000;

  @TempDir Path folder;

  private final SentPoints sent = new SentPoints(SEED);
  private final List<Future<RecordMetadata>> pending = new ArrayList<>();
  private int batchesSent;

  @Test
  void killedAndResumedTheTablesEqualTheRecomputation() throws SQLException {
    LocalClusterOptions options =
        LocalClusterOptions.of(Path.of("..")).withCheckpointInterval(Duration.ofSeconds(2));
    StartedProcess gatewayProcess;
    try (LocalCluster cluster = LocalCluster.at(folder.resolve("run"), options)) {
      cluster.up();
      keepOldRecords(cluster);
      String jobId = cluster.submit(Map.of());
      cluster.awaitRunning(jobId);
      GatewayAccess access = cluster.gateway().ensureRunning(SentPoints.ORG);
      gatewayProcess = processNamed(cluster, LocalGateway.NAME);
      try (GatewayClient gateway = new GatewayClient(sent, access);
          KafkaProducer<byte[], byte[]> producer = producer(cluster);
          CatalogReader catalog = CatalogReader.open(cluster.catalogProperties())) {
        sendGarbage(producer);
        send(producer, BATCHES / 3);
        long completeMs = lastCompleteMs();
        gateway.awaitAllUntil("rollups_10s", 10, completeMs);
        awaitAccepted(catalog, 1);
        cluster.killTaskManager();
        gateway.assertAllUntil("rollups_10s", 10, completeMs);
        cluster.startTaskManager();
        gateway.assertAllUntil("rollups_10s", 10, completeMs);
        send(producer, BATCHES / 3);
        gateway.awaitAllUntil("rollups_10s", 10, lastCompleteMs());
        awaitAccepted(catalog, sent.count());

        send(producer, BATCHES / 6);
        String savepoint = cluster.stopWithSavepoint(jobId);
        send(producer, BATCHES - batchesSent);
        heartbeat(producer, END_MS);
        cluster.submitFrom(savepoint, Map.of());
        awaitWatermark(catalog, END_MS - 1);

        Epoch epoch = catalog.status().epoch().orElseThrow();
        assertThat(epoch.count(EpochKeys.TOTAL + "points-accepted")).isEqualTo(sent.count());
        assertThat(epoch.count(EpochKeys.TOTAL + "points-stored")).isEqualTo(sent.count());
        assertThat(epoch.watermarkKind()).isEqualTo("heartbeat");

        gateway.awaitAllUntil("rollups_10s", 10, closedToMs(10));
        gateway.awaitAllUntil("rollups_1m", 60, closedToMs(60));
        gateway.awaitAllUntil("rollups_1h", 3600, closedToMs(3600));
        gateway.assertPercentile(0.5);
        gateway.assertPercentile(0.99);
        assertThat(gateway.mostHotRows()).isPositive();
      }
      assertAnswers(cluster.catalogProperties());
      assertAuditIsWell(cluster.catalogProperties());
      assertDeadLetter(cluster);
      assertThat(gatewayProcess.isAlive()).isTrue();
    }
    assertThat(gatewayProcess.isAlive()).isFalse();
  }

  private static StartedProcess processNamed(LocalCluster cluster, String name) {
    return cluster.processes().stream()
        .filter(process -> process.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** End of the last window of a tier that the last heartbeat closes. */
  private static long closedToMs(int tierSeconds) {
    return END_MS / (tierSeconds * 1000L) * (tierSeconds * 1000L);
  }

  /** End of the last 10 s window that the heartbeats sent so far close. */
  private long lastCompleteMs() {
    long heartbeatMs = START_MS + (batchesSent / 4 * 4 - 1) * STEP_MS - 1_000;
    return (heartbeatMs - 1) / 10_000 * 10_000;
  }

  private void assertAnswers(Map<String, String> catalogProperties) {
    try (SqlReader reader = SqlReader.open(catalogProperties)) {
      assertTier(reader, "rollups_10s", 10);
      assertTier(reader, "rollups_1m", 60);
      assertTier(reader, "rollups_1h", 3600);
      for (double q : new double[] {0.5, 0.9, 0.99}) {
        Map<String, Double> wanted = sent.quantiles(q);
        QueryResult answer =
            reader.query(
                ("SELECT metric, percentile(sketch, %s) FROM rollups_1m"
                        + " WHERE type = 'distribution' GROUP BY metric")
                    .formatted(q));
        assertThat(answer.rows()).hasSameSizeAs(wanted.keySet());
        for (List<Object> row : answer.rows()) {
          assertThat((Double) row.get(1))
              .as("p%s of %s, seed %s", q * 100, row.get(0), SEED)
              .isCloseTo(wanted.get((String) row.get(0)), withPercentage(0.55));
        }
      }
    }
  }

  private void assertAuditIsWell(Map<String, String> catalogProperties) {
    AuditReport report = Audit.run(catalogProperties, AuditRequest.everything());
    assertThat(report.differences()).isEmpty();
    assertThat(report.counts().accepted()).isEqualTo(sent.count());
    assertThat(report.counts().stored()).isEqualTo(sent.count());
    assertThat(report.counts().openMinutes()).isZero();
    assertThat(report.counts().seriesMinutes()).isEqualTo(sent.rows(60).size());
    assertThat(report.counts().seriesHours()).isEqualTo(sent.rows(3600).size());
  }

  private void assertTier(SqlReader reader, String table, int tier) {
    QueryResult answer =
        reader.query(
            ("SELECT metric, tags['host'], epoch_ms(window_start), type, count, sum, min, max, last,"
                    + " epoch_ms(last_at) FROM %s WHERE org = 'acme'")
                .formatted(table));
    Map<SentPoints.Key, SentPoints.Row> actual = new HashMap<>();
    for (List<Object> row : answer.rows()) {
      SentPoints.Row previous =
          actual.put(
              new SentPoints.Key(tier, (String) row.get(0), (String) row.get(1), (Long) row.get(2)),
              new SentPoints.Row(
                  (String) row.get(3),
                  (Long) row.get(4),
                  (Double) row.get(5),
                  (Double) row.get(6),
                  (Double) row.get(7),
                  (Double) row.get(8),
                  (Long) row.get(9)));
      assertThat(previous).as("second row for one key in %s", table).isNull();
    }
    Map<SentPoints.Key, SentPoints.Row> wanted = sent.rows(tier);
    Set<SentPoints.Key> keys = new HashSet<>(wanted.keySet());
    keys.addAll(actual.keySet());
    List<String> differences =
        keys.stream()
            .filter(key -> !Objects.equals(wanted.get(key), actual.get(key)))
            .limit(5)
            .map(key -> "%s: wanted %s, got %s".formatted(key, wanted.get(key), actual.get(key)))
            .toList();
    assertThat(differences).as("%s, seed %s", table, SEED).isEmpty();
  }

  /** By default the broker would delete records as old as these. */
  private static void keepOldRecords(LocalCluster cluster) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, LocalCluster.POINTS_TOPIC);
    AlterConfigOp forEver =
        new AlterConfigOp(new ConfigEntry("retention.ms", "-1"), AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      assertThat(
              admin
                  .incrementalAlterConfigs(Map.of(topic, List.of(forEver)))
                  .all()
                  .toCompletionStage())
          .succeedsWithin(Duration.ofMinutes(1));
    }
  }

  /** A record that is no batch, as the first of partition 1. */
  private void sendGarbage(KafkaProducer<byte[], byte[]> producer) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(LocalCluster.POINTS_TOPIC, 1, START_MS, null, GARBAGE);
    record.headers().add(IntakeHeaders.FORMAT, utf8(IntakeHeaders.NATIVE));
    pending.add(producer.send(record));
    awaitSent();
  }

  /** At least once: the kill may have doubled it, but its key and content are the same. */
  private static void assertDeadLetter(LocalCluster cluster) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", cluster.bootstrapServers(),
            "group.id", "dead-letters-test",
            "auto.offset.reset", "earliest");
    List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(LocalCluster.DEAD_LETTERS_TOPIC));
      new Waiting(Duration.ofMinutes(1), Duration.ofMillis(100), () -> {})
          .until(
              "a dead letter",
              List.of(),
              () -> {
                consumer.poll(Duration.ofMillis(500)).forEach(letters::add);
                return !letters.isEmpty();
              });
    }
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(letter.key()).isEqualTo(utf8(LocalCluster.POINTS_TOPIC + "/1/0"));
              assertThat(letter.value()).isEqualTo(GARBAGE);
              assertThat(letter.headers().lastHeader("tidemark-reason").value())
                  .isEqualTo(utf8("malformed"));
            });
  }

  private static KafkaProducer<byte[], byte[]> producer(LocalCluster cluster) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Sends batches, and behind every fourth of them a heartbeat into every partition. */
  private void send(KafkaProducer<byte[], byte[]> producer, int batches) {
    for (int i = 0; i < batches; i++) {
      long nowMs = START_MS + batchesSent * STEP_MS;
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              LocalCluster.POINTS_TOPIC,
              batchesSent % PARTITIONS,
              nowMs,
              null,
              sent.nextBatch(nowMs));
      record.headers().add(IntakeHeaders.FORMAT, utf8(IntakeHeaders.NATIVE));
      pending.add(producer.send(record));
      batchesSent++;
      if (batchesSent % 4 == 0) {
        heartbeat(producer, nowMs - 1_000);
      }
    }
    awaitSent();
  }

  private void heartbeat(KafkaProducer<byte[], byte[]> producer, long untilMs) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              LocalCluster.POINTS_TOPIC, partition, untilMs, null, utf8(Long.toString(untilMs)));
      record.headers().add(IntakeHeaders.FORMAT, utf8(IntakeHeaders.HEARTBEAT));
      pending.add(producer.send(record));
    }
    ProducerRecord<byte[], byte[]> control =
        new ProducerRecord<>(
            LocalCluster.CONTROL_TOPIC,
            0,
            utf8(DefinitionKey.HEARTBEAT),
            utf8(Long.toString(untilMs)));
    control.headers().add(IntakeHeaders.FORMAT, utf8(IntakeHeaders.HEARTBEAT));
    pending.add(producer.send(control));
    awaitSent();
  }

  private void awaitSent() {
    for (Future<RecordMetadata> record : pending) {
      assertThat(record).succeedsWithin(Duration.ofMinutes(1));
    }
    pending.clear();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void awaitAccepted(CatalogReader catalog, long points) {
    await(
        "a commit with %s points".formatted(points),
        catalog,
        epoch -> epoch.count(EpochKeys.TOTAL + "points-accepted") >= points);
  }

  private static void awaitWatermark(CatalogReader catalog, long watermarkMs) {
    await(
        "a commit with watermark %s ms".formatted(watermarkMs),
        catalog,
        epoch -> epoch.watermarkMs() >= watermarkMs);
  }

  private static void await(String what, CatalogReader catalog, Predicate<Epoch> condition) {
    new Waiting(Duration.ofMinutes(3), Duration.ofMillis(200), () -> {})
        .until(what, List.of(), () -> catalog.status().epoch().filter(condition).isPresent());
  }
}
