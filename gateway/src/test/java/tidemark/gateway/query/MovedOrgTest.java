package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.AskException;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;

/**
 * Two jobs with tables of their own in one catalog database, and an org that belongs to the one,
 * then to the other, and to the first again. Answers are held against the points themselves.
 */
class MovedOrgTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String MOVED = "acme";
  private static final String STAYS = "umbra";
  private static final int[] TIERS = {10, 60, 3600};
  private static final Map<Integer, String> RELATIONS =
      Map.of(10, "rollups_10s", 60, "rollups_1m", 3600, "rollups_1h");

  /** Neither is the edge of a window. */
  private static final long AWAY_MS = SampleWorld.START_MS + 2_412_345;

  private static final long BACK_MS = SampleWorld.START_MS + 6_012_678;

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, QuerySession> sessions = new HashMap<>();
  private ShardMap map;
  private SampleWorld world;
  private Group own;
  private Group other;
  private QueryGateway gateway;
  private int arrived;

  /** A job, its tables, and how many of its points they reflect. */
  private final class Group {
    private final int shard;
    private final StoredTables tables;
    private final SampleHistory history;
    private final SampleWorld counted;
    private final SampleJob job;
    private final UUID id;
    private long checkpoint;
    private int stored;

    Group(String name, int shard, String warehouse) {
      this.shard = shard;
      tables = StoredTables.local(directory, name, warehouse);
      opened.add(tables);
      history = new SampleHistory(tables);
      List<SamplePoint> its = world.arriving().stream().filter(this::takes).toList();
      counted = new SampleWorld(world.series(), its, row -> true);
      id = new UUID(7, shard);
      FedTopic unread = new FedTopic(1, Integer.MAX_VALUE);
      job =
          new SampleJob(counted, new Random(shard), unread, id, 1_000, 0, SampleJob.State.START, 1);
      history.fence("lineage-" + shard, id, 0);
    }

    private boolean takes(SamplePoint point) {
      return map.shardOf(point.series().org(), point.timeMs()) == shard;
    }

    /** Takes what has arrived until now, and closes what a watermark passes. */
    void follow(long watermarkMs) {
      int points =
          (int) world.arriving().subList(0, arrived).stream().filter(this::takes).count()
              - job.position();
      if (points > 0) {
        job.take(points);
      }
      job.advance(watermarkMs);
    }

    void commit() {
      SampleJob.State state = job.pass(++checkpoint);
      tables.commitSeries(
          job.takeNewSeries().stream().map(each -> each.stored(SampleWorld.START_MS)).toList());
      history.epoch("lineage-" + shard, id, checkpoint, state.watermarkMs(), job.takeClosed());
      stored = state.position();
    }

    List<SamplePoint> storedOf(String org) {
      return counted.arriving().subList(0, stored).stream()
          .filter(point -> point.series().org().equals(org))
          .toList();
    }

    int files() {
      return Integer.parseInt(
          tables.rollups().currentSnapshot().summary().getOrDefault("total-data-files", "0"));
    }
  }

  @BeforeEach
  void open() {
    world = SampleWorld.of(new Random(11), 2, 4_000, 3 * 3_600_000L);
    map =
        ShardMap.first(1)
            .with(new ShardMap.Move(MOVED, 1, AWAY_MS))
            .with(new ShardMap.Move(MOVED, 0, BACK_MS));
    own = new Group("north", 0, "warehouse-north");
    other = new Group("south", 1, "warehouse-south");
    StoredTables maps = StoredTables.local(directory, "maps", "warehouse-maps");
    opened.add(maps);
    assertThat(ShardMaps.add(maps.shards(), ShardMap.first(1))).isTrue();
    for (int moves = 1; moves <= 2; moves++) {
      ShardMap before = map.before(moves);
      assertThat(
              ShardMaps.add(
                  maps.shards(), new ShardMap(moves + 1, before.shards(), before.moves())))
          .isTrue();
    }
    claim(maps, "north", "0");
    claim(maps, "south", "1");
    start("south");
  }

  private void claim(StoredTables maps, String name, String shards) {
    String uri = own.tables.properties().get("uri");
    ShardClaims.claim(
        maps.shards(),
        new CatalogAddress(uri, name, "file:" + directory.resolve("warehouse-" + name)),
        ShardNumbers.parse(shards, name));
  }

  private void start(String alsoRead) {
    Map<String, String> properties = new HashMap<>(own.tables.properties());
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    properties.put("gateway.catalog-name", "north");
    properties.put("gateway.also-read", alsoRead);
    properties.put("gateway.shards-catalog-name", "maps");
    gateway = QueryGateway.start(GatewayConfig.from(properties), Optional.empty(), 1 << 20);
    for (String org : SampleWorld.ORGS) {
      sessions.put(org, gateway.open(org));
    }
  }

  private void stop() {
    sessions.values().forEach(QuerySession::close);
    gateway.close();
  }

  @AfterEach
  void close() throws Exception {
    stop();
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not seen within %s", LIMIT).isLessThan(endNanos);
      gateway.lookOnce();
      gateway.awaitNews(Duration.ofMillis(20));
    }
  }

  private void awaitCommits() {
    gateway.lookOnce();
    await(
        () ->
            gateway.pins().current().of(MOVED).rollups().values().stream()
                    .mapToInt(List::size)
                    .sum()
                == own.files() + other.files());
    gateway.lookOnce();
  }

  /** More points, and watermarks that are some minutes apart; either may commit or not. */
  private void step(Random random, int points) {
    arrived = Math.min(world.arriving().size(), arrived + points);
    long nowMs =
        world.arriving().subList(0, arrived).stream()
            .mapToLong(SamplePoint::timeMs)
            .max()
            .orElseThrow();
    for (Group group : List.of(own, other)) {
      group.follow(nowMs - random.nextInt(15 * 60_000));
      if (group.checkpoint == 0 || random.nextInt(3) > 0) {
        group.commit();
      }
    }
  }

  private long watermarkMs(String org) {
    Object time = Asking.ask(sessions.get(org), "SELECT watermark FROM freshness").get(0).get(0);
    return time == null ? 0 : ((OffsetDateTime) time).toInstant().toEpochMilli();
  }

  /** Rows of closed windows, as the points in the tables say. */
  private List<List<Object>> expected(String org, int tier, long closedToMs) {
    List<SamplePoint> points = new ArrayList<>(own.storedOf(org));
    points.addAll(other.storedOf(org));
    Map<SampleRow.Key, List<SamplePoint>> windows = new LinkedHashMap<>();
    for (SamplePoint point : points) {
      long startMs = point.timeMs() - Math.floorMod(point.timeMs(), tier * 1000L);
      if (startMs + tier * 1000L <= closedToMs) {
        windows
            .computeIfAbsent(
                new SampleRow.Key(tier, point.series(), startMs), none -> new ArrayList<>())
            .add(point);
      }
    }
    return windows.entrySet().stream()
        .map(
            each ->
                new SampleRow(
                    tier, each.getKey().series(), each.getKey().startMs(), each.getValue()))
        .sorted(
            Comparator.comparingLong(SampleRow::startMs)
                .thenComparingLong(row -> row.series().id()))
        .map(MovedOrgTest::shown)
        .toList();
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
    return shown;
  }

  private List<List<Object>> answer(String org, int tier, long closedToMs) {
    long lastStartMs = closedToMs - tier * 1000L;
    List<List<Object>> rows =
        Asking.ask(
            sessions.get(org),
            "SELECT time, series_id, count, sum, min, max, last FROM %s WHERE time <= '%s' ORDER BY time, series_id"
                .formatted(RELATIONS.get(tier), Instant.ofEpochMilli(lastStartMs)));
    rows.forEach(row -> row.set(0, ((OffsetDateTime) row.get(0)).toInstant().toEpochMilli()));
    return rows;
  }

  @Test
  void answersAreWhatThePointsSayAtAnyCut() {
    for (int seed = 0; seed < 2; seed++) {
      System.out.println("MovedOrgTest seed " + seed);
      Random random = new Random(seed);
      while (arrived < world.arriving().size()) {
        step(random, 400);
        awaitCommits();
        for (String org : SampleWorld.ORGS) {
          long closedToMs = watermarkMs(org) + 1;
          for (int tier : TIERS) {
            assertThat(answer(org, tier, closedToMs))
                .as("seed %s, %s points, %s, tier %s", seed, arrived, org, tier)
                .isEqualTo(expected(org, tier, closedToMs));
          }
          assertThat(count(org, closedToMs))
              .as("seed %s, %s points, %s", seed, arrived, org)
              .isEqualTo(
                  expected(org, 10, closedToMs - closedToMs % 10_000).stream()
                      .mapToLong(row -> (long) row.get(2))
                      .sum());
        }
        assertThat(watermarkMs(STAYS)).isEqualTo(Math.max(0, committedMs(own)));
      }
      assertThat(watermarkMs(MOVED)).isGreaterThan(BACK_MS);
      if (seed == 0) {
        again();
      }
    }
  }

  /** From the beginning in another folder. */
  private void again() {
    stop();
    directory = directory.resolve("again");
    assertThat(directory.toFile().mkdirs()).isTrue();
    arrived = 0;
    open();
  }

  private long committedMs(Group group) {
    return group.history.head().orElseThrow().markers().stream()
        .reduce((first, second) -> second)
        .orElseThrow()
        .watermarkMs();
  }

  /** Over tiers as the gateway chooses them. */
  private long count(String org, long closedToMs) {
    Object sum =
        Asking.ask(
                sessions.get(org),
                "SELECT sum(count) FROM points WHERE time < '%s'"
                    .formatted(Instant.ofEpochMilli(closedToMs - closedToMs % 10_000)))
            .get(0)
            .get(0);
    return sum == null ? 0 : Long.parseLong(sum.toString());
  }

  @Test
  void asOfATimeBothAreAsTheyWereThen() {
    Random random = new Random(3);
    record Then(Instant at, long closedToMs, List<List<Object>> rows) {}
    List<Then> thens = new ArrayList<>();
    while (arrived < world.arriving().size()) {
      step(random, 800);
      own.commit(); // the last of the two, so that its number tells the moment
      awaitCommits();
      long closedToMs = watermarkMs(MOVED) + 1;
      Then then = new Then(Instant.now(), closedToMs, answer(MOVED, 60, closedToMs));
      thens.add(then);
      long atMs = then.at().toEpochMilli();
      await(() -> System.currentTimeMillis() > atMs);
    }
    for (int i = 0; i < thens.size(); i++) {
      Then then = thens.get(i);
      Asking.ask(sessions.get(MOVED), "SET as_of = '" + then.at() + "'");
      assertThat(watermarkMs(MOVED) + 1).as("time %s", i).isEqualTo(then.closedToMs());
      assertThat(answer(MOVED, 60, then.closedToMs())).isEqualTo(then.rows());
    }
    long firstEpoch = own.checkpoint - 2;
    Asking.ask(sessions.get(MOVED), "SET as_of = " + firstEpoch);
    assertThat(answer(MOVED, 60, watermarkMs(MOVED) + 1))
        .hasSizeLessThan(thens.get(thens.size() - 1).rows().size());
    assertThatThrownBy(() -> Asking.ask(sessions.get(MOVED), "SET as_of = '2001-01-01'"))
        .isInstanceOf(AskException.class)
        .hasMessageContaining("is kept");
  }

  @Test
  void keptAnswersOfOthersOutliveACommit() {
    step(new Random(5), 3_000);
    awaitCommits();
    long closedToMs = watermarkMs(STAYS) + 1;
    long kept = count(STAYS, closedToMs);
    int bytes = gateway.cacheBytes();
    assertThat(bytes).isPositive();
    arrived = world.arriving().size();
    other.follow(BACK_MS + 3_600_000);
    other.commit();
    awaitCommits();
    assertThat(count(STAYS, closedToMs)).isEqualTo(kept);
    assertThat(gateway.cacheBytes()).isEqualTo(bytes);
    assertThat(gateway.pins().current().of(STAYS)).isSameAs(gateway.pins().current().own());
  }

  @Test
  void whatCannotBeReadDelaysOnlyWhoIsThere() throws SQLException {
    step(new Random(5), 2_000);
    stop();
    start("south,nowhere");
    awaitCommits();
    assertThat(gateway.othersInTrouble()).isEqualTo(1);
    long closedToMs = watermarkMs(MOVED) + 1;
    breakOther();
    await(() -> gateway.othersInTrouble() == 2);
    assertThat(answer(MOVED, 10, closedToMs)).isEqualTo(expected(MOVED, 10, closedToMs));
    arrived = world.arriving().size();
    own.follow(BACK_MS + 3_600_000);
    own.commit();
    await(() -> watermarkMs(STAYS) == committedMs(own));
    assertThat(watermarkMs(STAYS)).isGreaterThan(closedToMs);
    assertThat(watermarkMs(MOVED)).isLessThan(BACK_MS);
    assertThat(gateway.trouble()).isEmpty();
  }

  private void breakOther() throws SQLException {
    try (Connection catalog = DriverManager.getConnection(own.tables.properties().get("uri"));
        Statement statement = catalog.createStatement()) {
      statement.execute(
          "UPDATE iceberg_tables SET metadata_location = 'file:/nowhere/v1.metadata.json'"
              + " WHERE catalog_name = 'south'");
    }
  }

  @Test
  void anOrgThatIsInTablesNotReadIsNeverComplete() {
    step(new Random(5), 4_000);
    stop();
    start("nowhere");
    gateway.lookOnce();
    assertThat(watermarkMs(MOVED)).isEqualTo(AWAY_MS - 1);
    assertThat(watermarkMs(STAYS)).isEqualTo(committedMs(own));
  }
}
