package tidemark.gateway.verdicts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.query.QueryGateway;
import tidemark.gateway.rules.Rules;
import tidemark.serde.verdict.VerdictJson;
import tidemark.state.MetricType;
import tidemark.state.monitor.Verdict;

/** A gateway over one stored row, and a topic of verdicts in Kafka's own consumer for tests. */
final class VerdictGateway implements AutoCloseable {
  private static final String TOPIC = "tidemark-verdicts";

  /** Another org's, for which nobody else asks. */
  static final String END_ORG = "end";

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final StoredTables tables;
  private final QueryGateway gateway;
  private final long[] offsets;

  /**
   * @param partitions that the topic will have
   */
  VerdictGateway(Path directory, Rules rules, int partitions, int maxRows) {
    offsets = new long[partitions];
    tables = StoredTables.local(directory);
    RowKey key = RowKey.of("cpu", 1, MetricType.GAUGE);
    tables.commit(
        1,
        Rows.WINDOW.plusSeconds(600).toEpochMilli(),
        List.of(Rows.rollup(key.in(10, Rows.WINDOW), Rows.points(1, 2))),
        List.of(Rows.series(key, Map.of("host", "h1"))));
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    VerdictSource source =
        new VerdictSource() {
          @Override
          public int maxRows() {
            return maxRows;
          }

          @Override
          public Reading read(VerdictRows rows) {
            return VerdictReader.start(consumer, TOPIC, rows);
          }
        };
    gateway =
        QueryGateway.start(
            GatewayConfig.from(properties), Optional.empty(), rules, source, 1 << 20);
  }

  QueryGateway gateway() {
    return gateway;
  }

  /** From here on the topic is there; returns when it is read. */
  VerdictGateway makeTopic() {
    Map<TopicPartition, Long> starts = new HashMap<>();
    List<PartitionInfo> infos = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      starts.put(new TopicPartition(TOPIC, i), 0L);
      infos.add(new PartitionInfo(TOPIC, i, Node.noNode(), new Node[0], new Node[0]));
    }
    consumer.updateBeginningOffsets(starts);
    consumer.updateEndOffsets(starts);
    consumer.updatePartitions(TOPIC, infos);
    await(() -> consumer.assignment().size() == offsets.length, "the topic to be found");
    return this;
  }

  /** By its id, as the job does. */
  void send(Verdict verdict) {
    send(Math.floorMod(verdict.id().hashCode(), offsets.length), VerdictJson.of(verdict));
  }

  void send(int partition, byte[] value) {
    consumer.addRecord(
        new ConsumerRecord<>(TOPIC, partition, offsets[partition]++, new byte[0], value));
  }

  /** Returns when all that was sent was read: an end comes behind it in each partition. */
  void awaitRead() {
    String run = UUID.randomUUID().toString();
    for (int i = 0; i < offsets.length; i++) {
      send(i, VerdictJson.of(SampleVerdicts.end(END_ORG, run + i)));
    }
    await(
        () ->
            ask(END_ORG, "SELECT count(*) FROM verdicts WHERE starts_with(id, $1)", run)
                .get(0)
                .get(0)
                .equals((long) offsets.length),
        "all verdicts to be read");
  }

  static void await(BooleanSupplier condition, String what) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for %s", what).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  List<List<Object>> ask(String org, String sql, Object... parameters) {
    List<List<Object>> rows = new ArrayList<>();
    try (Session session = gateway.open(org);
        PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of(parameters))) {
      while (answer.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < answer.columns().size(); i++) {
          row.add(answer.value(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    gateway.close();
    tables.close();
  }
}
