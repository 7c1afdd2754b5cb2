package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.StoredTables;

/**
 * Random statements give what plain loops over the points give, from stored rows alone, from hot
 * ones alone, and from both sides of the seam. {@code -Dtidemark.query.seeds=5000} runs more.
 */
class QueryLawsTest {
  private static final int SEEDS = Integer.getInteger("tidemark.query.seeds", 500);
  private static final String LINEAGE = "lineage-1";
  private static final UUID JOB = new UUID(1, 2);

  /** Stored rows, in files that are left to the engine. */
  private static final String UNSCANNED = "unscanned";

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, QuerySession> sessions = new HashMap<>();
  private List<SampleRow> merged;
  private long watermarkMs;

  /** A closed checkpoint. */
  private record Epoch(long checkpoint, long watermarkMs, List<SampleRow> rows) {}

  @BeforeEach
  void open() {
    Random random = new Random(7);
    SampleWorld world = SampleWorld.of(random, 3, 6_000, 3 * 3_600_000L);
    FedTopic both = new FedTopic(2, Integer.MAX_VALUE);
    FedTopic feedOnly = new FedTopic(2, Integer.MAX_VALUE);
    List<Epoch> epochs = new ArrayList<>();
    for (FedTopic topic : List.of(both, feedOnly)) {
      epochs.clear();
      Random moves = new Random(8);
      SampleJob job = new SampleJob(world, moves, topic, JOB, 1_000, 0, SampleJob.State.START, 2);
      for (long checkpoint = 1; !job.isDone(); checkpoint++) {
        for (int i = moves.nextInt(5); i >= 0; i--) {
          job.take(120);
        }
        SampleJob.State state = job.pass(checkpoint);
        epochs.add(new Epoch(checkpoint, state.watermarkMs(), job.takeClosed()));
      }
      watermarkMs = job.watermarkMs();
    }
    merged =
        SampleRow.merged(
            epochs.stream()
                .flatMap(epoch -> epoch.rows().stream())
                .filter(row -> row.series().org().equals("acme"))
                .toList());
    start("stored", world, epochs, Optional.empty());
    start(UNSCANNED, world, epochs, Optional.empty());
    start("both", world, epochs.subList(0, epochs.size() / 2), Optional.of(both));
    start("hot", world, List.of(), Optional.of(feedOnly));
  }

  private void start(String name, SampleWorld world, List<Epoch> epochs, Optional<FedTopic> topic) {
    Path folder = directory.resolve(name);
    assertThat(folder.toFile().mkdirs()).isTrue();
    StoredTables tables = StoredTables.local(folder);
    if (name.equals(UNSCANNED)) {
      tables.writeGzip();
    }
    opened.add(tables);
    SampleHistory history = new SampleHistory(tables);
    history.fence(LINEAGE, JOB, 0);
    if (!epochs.isEmpty()) {
      tables.commitSeries(
          world.series().stream().map(series -> series.stored(SampleWorld.START_MS)).toList());
    }
    for (Epoch epoch : epochs) {
      history.epoch(LINEAGE, JOB, epoch.checkpoint(), epoch.watermarkMs(), epoch.rows());
    }
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", folder.resolve("cache").toString());
    QueryGateway gateway =
        QueryGateway.start(
            GatewayConfig.from(properties), topic.map(feed -> (FeedSource) feed), 1 << 20);
    opened.add(gateway);
    topic.ifPresent(
        feed -> {
          for (int i = 0; i < feed.partitions(); i++) {
            feed.read(i, Integer.MAX_VALUE);
          }
        });
    sessions.put(name, gateway.open("acme"));
  }

  @AfterEach
  void close() throws Exception {
    sessions.values().forEach(QuerySession::close);
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @Test
  void groupsAreWhatThePointsSay() {
    List<String> failures = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      QueryCase query = QueryCases.of(new Random(seed));
      String name = List.of("stored", "hot", "both", UNSCANNED).get(seed % 4);
      String what = "seed " + seed + ", " + name + ", " + query.sql() + " " + query.parameters();
      try {
        query.check(
            merged,
            watermarkMs,
            Asking.ask(sessions.get(name), query.sql(), query.parameters().toArray()),
            what);
      } catch (AssertionError | RuntimeException e) {
        failures.add(what + "\n    " + e.getMessage());
      }
    }
    System.out.println("QueryLawsTest seeds 0 to " + (SEEDS - 1));
    assertThat(failures).isEmpty();
  }

  @Test
  void rowsAreThoseOfTheirTier() {
    for (int seed = 0; seed < SEEDS / 10; seed++) {
      Random random = new Random(seed);
      int tier = List.of(10, 60, 3600).get(random.nextInt(3));
      boolean isNamed = random.nextBoolean();
      String relation =
          isNamed
              ? Map.of(10, "rollups_10s", 60, "rollups_1m", 3600, "rollups_1h").get(tier)
              : "points";
      String host = "h" + random.nextInt(3);
      int limit = 1 + random.nextInt(200);
      String sql =
          "SELECT time, series_id, count, sum, min, max, last, service FROM %s WHERE host = '%s'%s"
                  .formatted(relation, host, isNamed ? "" : " AND resolution = " + tier)
              + " ORDER BY time DESC, series_id LIMIT "
              + limit;
      String name = List.of("stored", "hot", "both").get(random.nextInt(3));
      List<List<Object>> expected =
          merged.stream()
              .filter(row -> row.tier() == tier && row.series().tags().get("host").equals(host))
              .sorted(
                  Comparator.comparingLong(SampleRow::startMs)
                      .reversed()
                      .thenComparingLong(row -> row.series().id()))
              .limit(limit)
              .map(QueryLawsTest::shown)
              .toList();
      List<List<Object>> answer = Asking.ask(sessions.get(name), sql);
      answer.forEach(row -> row.set(0, ((OffsetDateTime) row.get(0)).toInstant().toEpochMilli()));
      assertThat(answer).as("seed %s, %s: %s", seed, name, sql).isEqualTo(expected);
    }
  }

  private static List<Object> shown(SampleRow row) {
    List<Object> shown = new ArrayList<>();
    shown.add(row.startMs());
    shown.add(row.series().id());
    shown.add((long) row.points().size());
    shown.add(row.sum());
    shown.add(row.min().orElse(null));
    shown.add(row.max().orElse(null));
    shown.add(row.newest().map(SamplePoint::value).orElse(null));
    shown.add(row.series().tags().get("Service"));
    return shown;
  }
}
