package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.StoredTables;
import tidemark.gateway.hot.HotView;

/**
 * Stored and hot rows together are each row once, at every step of random histories. {@code
 * -Dtidemark.seam.seeds=100} runs more of them.
 */
class SeamTest {
  private static final long FIRST_SEED = Long.getLong("tidemark.seam.first", 1);
  private static final int SEEDS = Integer.getInteger("tidemark.seam.seeds", 4);
  private static final int STEPS = 100;

  @TempDir Path directory;

  /** What happens to the feed besides. */
  private enum Fault {
    NONE,
    READ_FROM_THE_MIDDLE,
    OVERFLOW,
    MALFORMED
  }

  @Test
  void everyRowIsSeenOnceAtEveryStep() {
    System.out.println("SeamTest seeds " + FIRST_SEED + " to " + (FIRST_SEED + SEEDS - 1));
    List<String> failures = new ArrayList<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      try {
        new Run(seed, Fault.values()[Math.max(0, (int) (seed % 6) - 2)]).run(directory);
      } catch (AssertionError e) {
        failures.add(e.getMessage());
      }
    }
    assertThat(failures).isEmpty();
  }

  private static final class Run {
    private final long seed;
    private final Fault fault;
    private final Random random;
    private final FedTopic topic;
    private final Map<String, QuerySession> sessions = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private SeamStage stage;
    private QueryGateway gateway;
    private boolean isBroken;
    private int live;

    Run(long seed, Fault fault) {
      this.seed = seed;
      this.fault = fault;
      random = new Random(seed);
      topic =
          new FedTopic(1 + random.nextInt(3), fault == Fault.OVERFLOW ? 300 : Integer.MAX_VALUE);
    }

    void run(Path directory) {
      Path folder = directory.resolve("seed-" + seed);
      assertThat(folder.toFile().mkdirs()).isTrue();
      SampleWorld world = SampleWorld.of(random, 2, 1_500, 3 * 3_600_000L);
      try (StoredTables tables = StoredTables.local(folder)) {
        stage = new SeamStage(world, random, tables, topic);
        Map<String, String> properties = new HashMap<>(tables.properties());
        properties.put("gateway.cache-directory", folder.resolve("cache").toString());
        try (QueryGateway started =
            QueryGateway.start(GatewayConfig.from(properties), Optional.of(topic), 1 << 20)) {
          gateway = started;
          steps();
          sessions.values().forEach(QuerySession::close);
        }
      }
    }

    private void steps() {
      for (int i = 0; i < STEPS; i++) {
        log.add(stage.step());
        if (fault == Fault.READ_FROM_THE_MIDDLE) {
          loseSome();
        }
        if (random.nextInt(3) == 0) {
          gateway.lookOnce();
          log.add("look");
        }
        if (random.nextInt(6) == 0) {
          stage.drain();
          log.add("drain");
        }
        if (random.nextInt(2) == 0) {
          check();
        }
        if (random.nextInt(12) == 0) {
          checkAsOf();
        }
      }
      stage.end();
      gateway.lookOnce();
      log.add("end");
      String feed = check();
      if (fault != Fault.OVERFLOW) { // there the end itself may be too much at once
        assertThat(feed).as("the feed at the end of seed %s", seed).isEqualTo("live");
      }
      assertThat(live).as("answers with hot rows of seed %s", seed).isPositive();
      if (fault == Fault.MALFORMED) {
        breakIt();
      }
    }

    /** Retention takes the first records before any is read. */
    private void loseSome() {
      int partition = random.nextInt(topic.partitions());
      if (topic.isBegun(partition)) {
        return;
      }
      for (int i = random.nextInt(10); i > 0 && !topic.isRead(partition); i--) {
        topic.lose(partition);
      }
      log.add("lose");
    }

    private void breakIt() {
      FedTopic.Sent good = topic.gone().get(0);
      topic.send(0, new FedTopic.Sent(good.writer(), good.after(), List.of(), new byte[] {1, 9}));
      try {
        topic.read(0, 1);
      } catch (IllegalArgumentException e) {
        isBroken = true;
      }
      assertThat(isBroken).isTrue();
      assertThat(check()).isEqualTo("broken");
    }

    /** Asks, and compares with what the points say; returns the feed's state. */
    private String check() {
      while (true) {
        long id = gateway.pins().current().own().rollupsSnapshot();
        String org = SampleWorld.ORGS.get(random.nextInt(SampleWorld.ORGS.size()));
        int tier = List.of(10, 10, 60, 3600).get(random.nextInt(4));
        QuerySession session = sessions.computeIfAbsent(org, gateway::open);
        String feed = Asking.ask(session, "SELECT feed FROM freshness").get(0).get(0).toString();
        List<List<Object>> rows = Asking.ask(session, tierSql(tier));
        List<List<Object>> hosts = Asking.ask(session, hostSql());
        if (gateway.pins().current().own().rollupsSnapshot() == id) {
          compare(stage.history().version(id), org, tier, feed, rows, hosts);
          return feed;
        }
      }
    }

    private static String tierSql(int tier) {
      String name = tier == 10 ? "rollups_10s" : tier == 60 ? "rollups_1m" : "rollups_1h";
      return "SELECT series_id, time, count, sum, min, max, last FROM " + name;
    }

    private static String hostSql() {
      return "SELECT type, CAST(sum(count) AS BIGINT), min(min), max(max) FROM points"
          + " WHERE time >= '2026-03-01 08:13:20Z' AND time < '2026-03-01 12:51:10Z'"
          + " GROUP BY type";
    }

    private void compare(
        SampleHistory.Version version,
        String org,
        int tier,
        String feed,
        List<List<Object>> rows,
        List<List<Object>> hosts) {
      boolean isLive = feed.equals(HotView.State.LIVE.name().toLowerCase(Locale.ROOT));
      boolean isClean = fault == Fault.NONE || (fault == Fault.MALFORMED && !isBroken);
      if (isClean && topic.isRead() && !stage.isRolledBack() && version.isOfJob(stage.jobId())) {
        assertThat(feed).as(this::toString).isEqualTo("live");
      }
      List<SampleRow> visible = new ArrayList<>(version.rows());
      if (isLive) {
        List<SampleRow> hot = SampleHistory.hot(version, topic);
        live += hot.isEmpty() ? 0 : 1;
        visible.addAll(hot);
      }
      visible.removeIf(row -> !row.series().org().equals(org));
      same(sorted(rows), expected(visible, tier), feed + " " + tier + " s, " + this);
      if (isLive && topic.isRead() && version.isOfJob(stage.jobId()) && !stage.isRolledBack()) {
        List<SampleRow> truth =
            stage.truth().stream()
                .filter(row -> row.tier() == 10 && row.series().org().equals(org))
                .toList();
        same(expected(visible, 10), expected(truth, 10), "truth, " + this);
      }
      // what an older lineage had open in coarse windows is in none of its rows
      if ((!isLive || topic.isRead()) && stage.isFirstLineage()) {
        same(sorted(hosts), byType(visible), feed + " by type, " + this);
      }
    }

    /** Says what is missing and what is too much, and not all the rest. */
    private static void same(List<String> found, List<String> wanted, String what) {
      List<String> missing = new ArrayList<>(wanted);
      found.forEach(missing::remove);
      List<String> tooMuch = new ArrayList<>(found);
      wanted.forEach(tooMuch::remove);
      assertThat(missing).as("missing, %s", what).isEmpty();
      assertThat(tooMuch).as("too much, %s", what).isEmpty();
    }

    /** An older version has its rows and no others, whatever the feed brought since. */
    private void checkAsOf() {
      SampleHistory.Version head = stage.history().head().orElseThrow();
      long newest = head.newest(head.lineage()).orElseThrow().checkpoint();
      if (newest == 0) {
        return;
      }
      long checkpoint = 1L + random.nextInt((int) newest);
      Optional<SampleHistory.Version> version = stage.history().asOf(checkpoint);
      if (version.isPresent()) {
        QuerySession session = sessions.computeIfAbsent("acme", gateway::open);
        Asking.ask(session, "SET as_of = " + checkpoint);
        List<SampleRow> rows = new ArrayList<>(version.get().rows());
        rows.removeIf(row -> !row.series().org().equals("acme"));
        same(
            sorted(Asking.ask(session, tierSql(60))),
            expected(rows, 60),
            "as of " + checkpoint + ", " + this);
        Asking.ask(session, "RESET as_of");
      }
    }

    private static List<String> sorted(List<List<Object>> rows) {
      return rows.stream()
          .map(
              row ->
                  row.stream()
                      .map(
                          value ->
                              value instanceof OffsetDateTime time
                                  ? time.toInstant().toString()
                                  : String.valueOf(value))
                      .collect(Collectors.joining(" ")))
          .sorted()
          .toList();
    }

    private static List<String> expected(List<SampleRow> rows, int tier) {
      return SampleRow.merged(rows.stream().filter(row -> row.tier() == tier).toList()).stream()
          .map(
              row ->
                  "%s %s %s %s %s %s %s"
                      .formatted(
                          row.series().id(),
                          Instant.ofEpochMilli(row.startMs()),
                          row.points().size(),
                          row.sum(),
                          row.min().map(String::valueOf).orElse("null"),
                          row.max().map(String::valueOf).orElse("null"),
                          row.newest().map(point -> "" + point.value()).orElse("null")))
          .sorted()
          .toList();
    }

    private static List<String> byType(List<SampleRow> visible) {
      long fromMs = Instant.parse("2026-03-01T08:13:20Z").toEpochMilli();
      long toMs = Instant.parse("2026-03-01T12:51:10Z").toEpochMilli();
      Map<String, List<SampleRow>> byType =
          visible.stream()
              .filter(row -> row.tier() == 10 && fromMs <= row.startMs() && row.startMs() < toMs)
              .collect(Collectors.groupingBy(row -> row.series().type().label()));
      return byType.entrySet().stream()
          .map(
              entry ->
                  "%s %d %s %s"
                      .formatted(
                          entry.getKey(),
                          entry.getValue().stream().mapToInt(row -> row.points().size()).sum(),
                          entry.getValue().stream()
                              .flatMap(row -> row.min().stream())
                              .min(Comparator.naturalOrder())
                              .map(String::valueOf)
                              .orElse("null"),
                          entry.getValue().stream()
                              .flatMap(row -> row.max().stream())
                              .max(Comparator.naturalOrder())
                              .map(String::valueOf)
                              .orElse("null")))
          .sorted()
          .toList();
    }

    @Override
    public String toString() {
      return "seed %d, %s, %d partitions: %s".formatted(seed, fault, topic.partitions(), log);
    }
  }
}
