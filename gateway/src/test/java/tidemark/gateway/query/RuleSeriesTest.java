package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gateway.query.SampleRules.ALL_TIERS;
import static tidemark.gateway.query.SampleRules.ANY_TYPE;
import static tidemark.gateway.query.SampleRules.keep;
import static tidemark.gateway.query.SampleRules.removal;
import static tidemark.gateway.query.SampleRules.where;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.rules.RuleBook;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.AggregationRule;

/** Which statements are answered from a rule's series, which are not, and what is told of it. */
class RuleSeriesTest {
  private static final UUID JOB = new UUID(1, 2);
  private static final long HOUR_MS = 3_600_000;
  private static final AggregationRule BY_HOST = keep("acme", "by-host", 1, -HOUR_MS, "host");
  private static final String DAY =
      " AND time >= '2026-03-01 00:00:00Z' AND time < '2026-03-01 12:00:00Z'";
  private static final String TOTAL =
      "SELECT sum(count) FROM points WHERE metric = 'gauge.0'" + DAY;

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private QueryGateway gateway;
  private QuerySession session;

  private void open(SampleRules rules) {
    open(rules, rules.book(), series -> true);
  }

  private void open(SampleRules rules, RuleBook book, Predicate<SampleSeries> isIndexed) {
    Random random = new Random(3);
    SampleWorld plain = SampleWorld.of(random, 2, 1_500, 3 * HOUR_MS);
    List<SampleSeries> series = new ArrayList<>(plain.series());
    List<SamplePoint> points = new ArrayList<>();
    for (MetricType type : List.of(MetricType.GAUGE, MetricType.COUNTER)) {
      SampleSeries mixed = SampleSeries.of("acme", "mixed", type, Map.of("host", "h-" + type));
      series.add(mixed);
      points.add(new SamplePoint(mixed, SampleWorld.START_MS, 1));
    }
    points.addAll(plain.arriving());
    SampleWorld world = rules.apply(new SampleWorld(series, points, row -> true));
    StoredTables tables = StoredTables.local(directory);
    opened.add(tables);
    SampleHistory history = new SampleHistory(tables);
    history.fence("lineage-1", JOB, 0);
    tables.commitSeries(
        world.series().stream()
            .filter(isIndexed)
            .map(each -> each.stored(SampleWorld.START_MS))
            .toList());
    SampleJob job =
        new SampleJob(world, random, new FedTopic(1, 0), JOB, 1_000, 0, SampleJob.State.START, 1);
    for (long checkpoint = 1; !job.isDone(); checkpoint++) {
      job.take(1_000);
      SampleJob.State state = job.pass(checkpoint);
      history.epoch("lineage-1", JOB, checkpoint, state.watermarkMs(), job.takeClosed());
    }
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    gateway = QueryGateway.start(GatewayConfig.from(properties), Optional.empty(), book, 1 << 20);
    opened.add(gateway);
    session = gateway.open("acme");
    opened.add(session);
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private String plan(String sql) {
    StringBuilder plan = new StringBuilder();
    Asking.ask(session, "EXPLAIN " + sql).forEach(row -> plan.append(row.get(0)).append('\n'));
    return plan.toString();
  }

  private void assertUsed(String... statements) {
    for (String sql : statements) {
      assertThat(plan(sql)).as(sql).contains(" of rule by-host/1, ");
      List<String> used = answer(sql);
      Asking.ask(session, "SET rule_series = off");
      assertThat(answer(sql)).as(sql).isEqualTo(used);
      Asking.ask(session, "SET rule_series = on");
    }
  }

  private void assertNotUsed(String... statements) {
    for (String sql : statements) {
      assertThat(plan(sql)).as(sql).doesNotContain(" of rule ");
    }
  }

  private List<String> answer(String sql) {
    return Asking.ask(session, sql).stream().map(String::valueOf).sorted().toList();
  }

  // ---- which statements

  @Test
  void whatMergesAndTellsSeriesApartByKeptTagsFits() {
    open(new SampleRules().with(BY_HOST));
    assertUsed(
        TOTAL,
        "SELECT host, max(max), newest() FROM points WHERE metric = 'gauge.0' GROUP BY host",
        "SELECT tags['host'] AS h, min(min) FROM points WHERE metric = 'gauge.0' GROUP BY h",
        "SELECT percentile(0.5), count_below(1) FROM points WHERE 'distribution.0' = metric",
        "SELECT p.metric, p.type, sum(p.count) FROM points p WHERE p.metric = 'counter.0'"
            + " AND p.host IN ('h0', 'x') GROUP BY 1, 2",
        "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, sum(count) FROM points"
            + " WHERE metric = 'gauge.0' AND host LIKE 'h%' GROUP BY t",
        "SELECT host FROM (SELECT DISTINCT host FROM points WHERE metric = 'gauge.0') ORDER BY 1",
        "SELECT sum(count) FROM rollups_1m WHERE metric = 'gauge.0'",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND resolution = 3600",
        "SELECT time, sum(count) FROM points WHERE metric = 'gauge.0' GROUP BY time",
        "SELECT count(DISTINCT host) FROM points WHERE metric = 'gauge.0'");
  }

  @Test
  void whatLooksAtRowsOrSeriesOrOtherTagsDoesNotFit() {
    open(new SampleRules().with(BY_HOST));
    assertNotUsed(
        "SELECT time, sum FROM points WHERE metric = 'gauge.0'",
        "SELECT * FROM points WHERE metric = 'gauge.0'",
        "SELECT count(*) FROM points WHERE metric = 'gauge.0'",
        "SELECT host, avg(avg) FROM points WHERE metric = 'gauge.0' GROUP BY host",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND count > 1",
        "SELECT count(DISTINCT series_id) FROM points WHERE metric = 'gauge.0'",
        "SELECT series_id, sum(count) FROM points WHERE metric = 'gauge.0' GROUP BY series_id",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND series_id = 1",
        "SELECT tags, sum(count) FROM points WHERE metric = 'gauge.0' GROUP BY tags",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND cardinality(tags) = 2",
        "SELECT region, sum(count) FROM points WHERE metric = 'gauge.0' GROUP BY region",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND service IS NULL",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND tags['region'] = 'eu-1'",
        "SELECT sum(count) FILTER (WHERE region = 'eu-1') FROM points WHERE metric = 'gauge.0'",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' USING SAMPLE 10 ROWS",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND random() < 0.5",
        "SELECT sum(count) FROM points WHERE metric LIKE 'gauge.0'",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND metric LIKE 'g%'",
        "SELECT sum(count) FROM points WHERE metric IN ('gauge.0', 'gauge.1')",
        "SELECT sum(count) FROM points",
        "SELECT sum(p.count) FROM points p JOIN series s USING (series_id)"
            + " WHERE p.metric = 'gauge.0'",
        "SELECT sum(count), (SELECT sum(count) FROM points) FROM points WHERE metric = 'gauge.0'",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0@by-host'");
  }

  @Test
  void theSettingTurnsItOff() {
    open(new SampleRules().with(BY_HOST));
    Asking.ask(session, "SET rule_series = off");
    assertNotUsed(TOTAL);
    Asking.ask(session, "RESET rule_series");
    assertUsed(TOTAL);
  }

  // ---- which rules

  @Test
  void aRuleThatChoosesSeriesDoesNotFit() {
    open(new SampleRules().with(where(BY_HOST, "region", "eu-1")));
    assertNotUsed(TOTAL);
  }

  @Test
  void aRuleOfOtherMetricsDoesNotFit() {
    open(new SampleRules().with(SampleRules.of(BY_HOST, "gauge.1", ANY_TYPE, ALL_TIERS)));
    assertNotUsed(TOTAL);
    assertUsed("SELECT sum(count) FROM points WHERE metric = 'gauge.1'");
  }

  @Test
  void aRuleMustTakeEveryTypeOfTheMetric() {
    open(new SampleRules().with(SampleRules.of(BY_HOST, "*", Set.of(MetricType.GAUGE), ALL_TIERS)));
    assertUsed(TOTAL);
    assertNotUsed(
        "SELECT sum(count) FROM points WHERE metric = 'mixed'",
        "SELECT sum(count) FROM points WHERE metric = 'counter.0'");
  }

  @Test
  void aRuleMustStoreTheTier() {
    open(new SampleRules().with(SampleRules.of(BY_HOST, "*", ANY_TYPE, Set.of(60))));
    assertUsed("SELECT sum(count) FROM rollups_1m WHERE metric = 'gauge.0'", TOTAL);
    assertNotUsed(
        "SELECT sum(count) FROM rollups_10s WHERE metric = 'gauge.0'",
        "SELECT sum(count) FROM points WHERE metric = 'gauge.0' AND resolution = 3600",
        "SELECT time_bucket(INTERVAL '10 SECONDS', time) AS t, sum(count) FROM points"
            + " WHERE metric = 'gauge.0' GROUP BY t");
    assertThat(plan(TOTAL)).doesNotContain("3600 s windows from 2026-03-01T10:00:00Z");
  }

  @Test
  void ofSeveralTheOneWithTheFewestSeriesIsTaken() {
    open(new SampleRules().with(BY_HOST).with(keep("acme", "total", 1, -HOUR_MS)));
    assertThat(plan(TOTAL)).contains(" of rule total/1, ").doesNotContain("by-host");
    assertUsed("SELECT host, sum(count) FROM points WHERE metric = 'gauge.0' GROUP BY host");
  }

  @Test
  void aRuleOfAnotherOrgIsNeitherUsedNorSeen() {
    open(new SampleRules().with(keep("umbra", "by-host", 1, -HOUR_MS, "host")));
    assertNotUsed(TOTAL);
    assertThat(Asking.ask(session, "SELECT * FROM rules")).isEmpty();
    try (QuerySession other = gateway.open("umbra")) {
      assertThat(Asking.ask(other, "EXPLAIN " + TOTAL).toString()).contains(" of rule by-host/1");
      assertThat(Asking.ask(other, "SELECT name FROM rules")).hasSize(1);
    }
  }

  @Test
  void aRuleWhoseLimitRefusedASeriesIsNotUsed() {
    SampleRules rules = new SampleRules().with(BY_HOST);
    open(
        rules,
        rules.book(),
        series ->
            !(series.metric().equals("gauge.0@by-host") && series.tags().get("host").equals("h1")));
    assertNotUsed(TOTAL);
    assertUsed("SELECT sum(count) FROM points WHERE metric = 'gauge.1'");
  }

  /** What the first version was refused, the second one may have made on the same day. */
  @Test
  void aVersionWhoseLimitWasRaisedLaterIsNotUsed() {
    AggregationRule more = keep("acme", "by-host", 2, HOUR_MS, "host");
    open(new SampleRules().with(BY_HOST).with(withRoom(more, BY_HOST.maxSeries() + 1)));
    assertThat(plan(TOTAL)).contains("of rule by-host/2").doesNotContain("by-host/1");
  }

  private static AggregationRule withRoom(AggregationRule rule, int maxSeries) {
    return new AggregationRule(
        rule.org(),
        rule.name(),
        rule.version(),
        rule.fromMs(),
        rule.filter(),
        rule.choice(),
        rule.tagKeys(),
        rule.types(),
        rule.tiers(),
        rule.dropsFiner(),
        maxSeries);
  }

  @Test
  void aSeriesThatOnlyALaterVersionHasMadeIsNoneOfTheFirst() throws SQLException {
    open(new SampleRules().with(BY_HOST).with(keep("acme", "by-host", 2, 48 * HOUR_MS, "host")));
    gateway.series().add(List.of(entry("gauge.0", Map.of("host", "h9", "region", "x"))));
    SeriesEntry coarser = entry("gauge.0@by-host", Map.of("host", "h9"));
    gateway.series().add(List.of(seen(coarser, SampleWorld.START_MS + 96 * HOUR_MS)));
    assertNotUsed(TOTAL);
    gateway.series().add(List.of(coarser));
    assertUsed(TOTAL);
  }

  @Test
  void aSeriesThatComesLaterMustHaveItsCoarserOneToo() throws SQLException {
    open(new SampleRules().with(BY_HOST));
    assertUsed(TOTAL);
    gateway.series().add(List.of(entry("gauge.0", Map.of("host", "h9", "region", "x"))));
    assertNotUsed(TOTAL);
    gateway.series().add(List.of(entry("gauge.0@by-host", Map.of("host", "h9"))));
    assertUsed(TOTAL);
  }

  @Test
  void aSeriesThatIsSeenAgainMustHaveItsCoarserOneToo() throws SQLException {
    open(new SampleRules().with(BY_HOST));
    SeriesEntry old = entry("gauge.0", Map.of("host", "h9"));
    long dayBeforeMs = SampleWorld.START_MS - 86_400_000;
    gateway.series().add(List.of(seen(old, dayBeforeMs)));
    assertUsed(TOTAL);
    gateway.series().add(List.of(seen(old, SampleWorld.START_MS)));
    assertNotUsed(TOTAL);
  }

  private static SeriesEntry seen(SeriesEntry entry, long ms) {
    return new SeriesEntry(entry.seriesId(), entry.check(), entry.type(), entry.identity(), ms, ms);
  }

  private static SeriesEntry entry(String metric, Map<String, String> tags) {
    List<String> texts =
        tags.entrySet().stream().map(tag -> tag.getKey() + ":" + tag.getValue()).sorted().toList();
    SeriesIdentity identity = new SeriesIdentity("acme", metric, texts);
    long[] hash = identity.hash();
    long ms = SampleWorld.START_MS;
    return new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, identity, ms, ms);
  }

  @Test
  void aRuleWithAVersionThatCannotBeReadIsNotUsed() {
    SampleRules rules = new SampleRules().with(BY_HOST).with(keep("acme", "total", 1, -HOUR_MS));
    RuleBook book = rules.book();
    byte[] unknown = "{\"v\":2}".getBytes(StandardCharsets.UTF_8);
    book.accept("rule/acme/total/2", unknown, SampleWorld.START_MS);
    open(rules, book, series -> true);
    assertUsed(TOTAL);
  }

  @Test
  void onlyWindowsForWhichTheRulesAreKnownAreReadFromThem() {
    SampleRules rules = new SampleRules().with(BY_HOST);
    RuleBook book = new RuleBook();
    Instant known = Instant.parse("2026-03-01T10:30:00Z");
    book.accept(BY_HOST, SampleWorld.START_MS - 2 * HOUR_MS);
    book.readTo(known.toEpochMilli() - 1);
    open(rules, book, series -> true);
    assertUsed(TOTAL);
    assertThat(plan(TOTAL))
        .contains("60 s windows from 2026-03-01T09:40:00Z to 2026-03-01T10:30:00Z of rule")
        .contains("60 s windows from 2026-03-01T10:30:00Z to 2026-03-01T11:00:00Z, ");
  }

  // ---- which times

  @Test
  void aRangeIsReadFromEachVersionAndTheRestFromFinerSeries() {
    open(
        new SampleRules()
            .with(keep("acme", "by-host", 1, 30 * 60_000 + 4_000, "host")) // 10:10:04
            .with(keep("acme", "by-host", 2, 60 * 60_000, "host", "region")) // 10:40
            .with(removal("acme", "by-host", 3, 90 * 60_000 + 9_000))); // 11:10:09
    assertUsed(TOTAL);
    assertThat(plan(TOTAL))
        .contains("10 s windows from 2026-03-01T10:10:00Z to 2026-03-01T10:10:10Z, ")
        .contains(
            "10 s windows from 2026-03-01T10:10:10Z to 2026-03-01T10:11:00Z of rule by-host/1")
        .contains(
            "60 s windows from 2026-03-01T10:11:00Z to 2026-03-01T10:40:00Z of rule by-host/1")
        .contains(
            "60 s windows from 2026-03-01T10:40:00Z to 2026-03-01T11:10:00Z of rule by-host/2")
        .contains("60 s windows from 2026-03-01T11:10:00Z to 2026-03-01T12:00:00Z, ");
    String byRegion =
        "SELECT region, sum(count) FROM points WHERE metric = 'gauge.0'" + DAY + " GROUP BY region";
    assertThat(plan(byRegion)).contains("of rule by-host/2").doesNotContain("by-host/1");
  }

  @Test
  void windowsThatAreNotClosedAreReadFromFinerSeries() {
    open(new SampleRules().with(BY_HOST));
    String sql = "SELECT sum(count) FROM points WHERE metric = 'gauge.0'";
    assertUsed(sql);
    assertThat(plan(sql)).containsPattern("10 s windows from [-:0-9TZ.]+ to any time, ");
  }

  // ---- what is told

  @Test
  void theAnswerNamesTheRulesAlsoFromTheCache() {
    open(new SampleRules().with(BY_HOST));
    for (int i = 0; i < 2; i++) {
      try (PreparedQuery query = session.prepare(TOTAL);
          Answer answer = query.run(List.of())) {
        assertThat(answer.next()).isTrue();
        assertThat(answer.next()).isFalse();
        assertThat(answer.provenance().rules()).containsExactly("by-host/1");
      }
      assertThat(gateway.cacheBytes()).isPositive();
    }
  }

  @Test
  void theTableOfRulesHasEachVersion() {
    open(
        new SampleRules()
            .with(where(keep("acme", "by-host", 1, 0, "host"), "region", "it's"))
            .with(
                SampleRules.dropping(
                    SampleRules.of(
                        keep("acme", "by-host", 2, HOUR_MS, "region"),
                        "gauge.*",
                        Set.of(MetricType.GAUGE),
                        Set.of(60, 3600))))
            .with(removal("acme", "by-host", 3, 2 * HOUR_MS)));
    assertThat(
            Asking.ask(
                session,
                "SELECT name, version, metric, CAST(conditions AS VARCHAR), CAST(keeps AS VARCHAR),"
                    + " CAST(drops AS VARCHAR), CAST(types AS VARCHAR), CAST(tiers AS VARCHAR),"
                    + " epoch_ms(begins), epoch_ms(ends), drops_finer, max_series"
                    + " FROM rules ORDER BY version"))
        .hasToString(
            "[[by-host, 1, *, ['region=it\\'s'], [host], null, [counter, distribution, gauge],"
                + " [10, 60, 3600], %1$d, %2$d, false, 1000],"
                    .formatted(SampleWorld.START_MS, SampleWorld.START_MS + HOUR_MS)
                + " [by-host, 2, gauge.*, [], null, [region], [gauge], [60, 3600],"
                + " %1$d, %2$d, false, 1000]]"
                    .formatted(SampleWorld.START_MS + HOUR_MS, SampleWorld.START_MS + 2 * HOUR_MS));
    assertThat(
            Asking.ask(
                session,
                "SELECT DISTINCT r.series = (SELECT count(*) FROM series"
                    + " WHERE metric LIKE '%@by-host') FROM rules r"))
        .containsExactly(List.of(true));
  }

  // ---- coarser series by their own name

  @Test
  void pointsAreNotCountedTwice() {
    open(new SampleRules().with(BY_HOST));
    long finer =
        count(
            "metric IN ('gauge.0', 'gauge.1', 'counter.0', 'counter.1', 'mixed',"
                + " 'distribution.0', 'distribution.1')");
    long named = count("metric = 'gauge.0@by-host'");
    assertThat(named).isPositive().isEqualTo(count("metric = 'gauge.0'"));
    assertThat(count("true")).isEqualTo(finer);
    assertThat(count("metric LIKE 'gauge%'")).isEqualTo(count("metric IN ('gauge.0', 'gauge.1')"));
    assertThat(count("metric LIKE 'gauge.0@%'")).isEqualTo(named);
    assertThat(count("metric LIKE '%@by-host'")).isEqualTo(finer);
    assertThat(count("regexp_matches(metric, '@')")).isEqualTo(finer);
    assertThat(count("metric IN ('gauge.0', 'gauge.0@by-host')")).isEqualTo(2 * named);
    assertThat(Asking.ask(session, "SELECT count(*) FROM points WHERE count > 0"))
        .isEqualTo(
            Asking.ask(session, "SELECT count(*) FROM points WHERE NOT contains(metric, '@')"));
    assertThat(Asking.ask(session, "SELECT 1 FROM metrics WHERE metric = 'gauge.0@by-host'"))
        .hasSize(1);
    assertThat(Asking.ask(session, "SELECT 1 FROM series WHERE metric = 'gauge.0@by-host'"))
        .hasSize(2);
  }

  private long count(String condition) {
    Object sum =
        Asking.ask(session, "SELECT sum(count) FROM points WHERE " + condition).get(0).get(0);
    return Long.parseLong(sum.toString());
  }
}
