package tidemark.gateway.query;

import static tidemark.gateway.query.QueryCase.Bounds.about;
import static tidemark.gateway.query.QueryCase.Bounds.exactly;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import tidemark.state.MetricType;

/**
 * Makes statements of what people and Grafana ask, from a seed. Makes one; not to be used twice.
 */
final class QueryCases {
  /** Mondays at midnight: where time_bucket counts from. */
  private static final long ORIGIN_MS = Instant.parse("2000-01-03T00:00:00Z").toEpochMilli();

  private record Filter(String sql, Predicate<SampleSeries> series) {}

  private record Step(String sql, long ms, long originMs, boolean isSeconds) {}

  private record Call(String sql, QueryCase.Aggregate aggregate, boolean isTierFree) {}

  private final Random random;
  private final boolean isJoined;
  private final List<Object> parameters = new ArrayList<>();
  private final List<String> conditions = new ArrayList<>();
  private final List<String> columns = new ArrayList<>();
  private final List<Function<SampleRow, Object>> keys = new ArrayList<>();
  private long fromMs = Long.MIN_VALUE;
  private long toMs = Long.MAX_VALUE;
  private Predicate<SampleSeries> filter = series -> true;

  private QueryCases(Random random) {
    this.random = random;
    isJoined = random.nextInt(6) == 0;
  }

  static QueryCase of(Random random) {
    return new QueryCases(random).make();
  }

  private QueryCase make() {
    addMetrics();
    for (int i = random.nextInt(3); i > 0; i--) {
      add(pick(tagFilters()));
    }
    addTimes();
    OptionalInt tier = relationTier();
    String relation =
        tier.isEmpty()
            ? "points"
            : List.of("rollups_10s", "rollups_1m", "rollups_1h")
                .get(tier.getAsInt() == 10 ? 0 : tier.getAsInt() == 60 ? 1 : 2);
    if (tier.isEmpty() && random.nextInt(8) == 0) {
      tier = OptionalInt.of(List.of(10, 60, 3600).get(random.nextInt(3)));
      conditions.add(column("resolution") + " = " + tier.getAsInt());
    }
    if (random.nextInt(3) != 0) {
      addStep();
    }
    addKeys();
    List<QueryCase.Aggregate> aggregates = new ArrayList<>();
    boolean isTierFree = true;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      Call call = pick(random.nextInt(4) == 0 ? ofWindows() : merging());
      columns.add(call.sql() + " AS a" + i);
      aggregates.add(call.aggregate());
      isTierFree &= call.isTierFree();
    }
    long having = keys.isEmpty() ? -1 : random.nextInt(4) == 0 ? random.nextInt(60) : 0;
    String sql = sql(relation, having);
    return new QueryCase(
        sql,
        parameters,
        tier.isEmpty() && isTierFree ? OptionalInt.of(10) : tier,
        fromMs,
        toMs,
        filter,
        keys,
        aggregates,
        having);
  }

  private String sql(String relation, long having) {
    StringBuilder sql = new StringBuilder("SELECT ").append(String.join(", ", columns));
    sql.append(" FROM ").append(relation);
    if (isJoined) {
      sql.append(" AS p JOIN series AS s USING (series_id)");
    }
    if (!conditions.isEmpty()) {
      sql.append(" WHERE ").append(String.join(" AND ", conditions));
    }
    if (!keys.isEmpty()) {
      sql.append(" GROUP BY ");
      for (int i = 0; i < keys.size(); i++) {
        sql.append(i == 0 ? "" : ", ").append(random.nextBoolean() ? "k" + i : "" + (i + 1));
      }
      if (having > 0) {
        sql.append(" HAVING sum(").append(column("count")).append(") > ").append(having);
      }
      if (random.nextInt(3) == 0) {
        sql.append(" ORDER BY k0 DESC");
      }
    }
    return switch (random.nextInt(6)) {
      case 0 -> "SELECT * FROM (" + sql + ") AS q";
      case 1 -> "WITH q AS (" + sql + ") SELECT * FROM q";
      default -> sql.toString();
    };
  }

  private OptionalInt relationTier() {
    return random.nextInt(6) == 0
        ? OptionalInt.of(List.of(10, 60, 3600).get(random.nextInt(3)))
        : OptionalInt.empty();
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private String column(String name) {
    return isJoined ? "p." + name : name;
  }

  private void add(Filter next) {
    conditions.add(next.sql());
    Predicate<SampleSeries> before = filter;
    filter = series -> before.test(series) && next.series().test(series);
  }

  private void addMetrics() {
    String metric =
        pick(List.of("gauge.0", "gauge.1", "counter.0", "distribution.0", "distribution.1"));
    switch (random.nextInt(5)) {
      case 0 -> {
        // any
      }
      case 1 ->
          add(
              new Filter(
                  column("metric") + " IN ('" + metric + "', 'counter.1', 'none')",
                  series -> List.of(metric, "counter.1").contains(series.metric())));
      case 2 -> {
        parameters.add(metric);
        add(
            new Filter(
                column("metric") + " = $" + parameters.size(),
                series -> series.metric().equals(metric)));
      }
      default ->
          add(
              new Filter(
                  column("metric") + " = '" + metric + "'",
                  series -> series.metric().equals(metric)));
    }
  }

  private static String tag(SampleSeries series, String key) {
    return series.tags().get(key);
  }

  private List<Filter> tagFilters() {
    String host = column("host");
    String service = column("service");
    String tags = column("tags");
    return List.of(
        new Filter(host + " = 'h1'", series -> tag(series, "host").equals("h1")),
        new Filter("'h2' = " + host, series -> tag(series, "host").equals("h2")),
        new Filter(tags + "['host'] <> 'h0'", series -> !tag(series, "host").equals("h0")),
        new Filter(
            host + " IN ('h0', 'h2', 'x')",
            series -> List.of("h0", "h2").contains(tag(series, "host"))),
        new Filter(host + " NOT IN ('h0', 'x')", series -> !tag(series, "host").equals("h0")),
        new Filter(
            column("region") + " LIKE 'eu%'", series -> tag(series, "region").equals("eu-1")),
        new Filter(
            column("region") + " LIKE '%\\_%' ESCAPE '\\'",
            series -> tag(series, "region").equals("us_1")),
        new Filter(service + " = 'it''s 0'", series -> "it's 0".equals(tag(series, "Service"))),
        new Filter(
            service + " <> 'it''s 0'",
            series -> tag(series, "Service") != null && !tag(series, "Service").equals("it's 0")),
        new Filter(service + " IS NULL", series -> tag(series, "Service") == null),
        new Filter(tags + "['Service'] IS NOT NULL", series -> tag(series, "Service") != null),
        new Filter(
            "(" + host + " = 'h1' OR " + service + " = 'it''s 2')",
            series -> tag(series, "host").equals("h1") || "it's 2".equals(tag(series, "Service"))),
        new Filter("NOT (" + host + " = 'h1')", series -> !tag(series, "host").equals("h1")),
        new Filter(
            column("type") + " <> 'counter'", series -> series.type() != MetricType.COUNTER));
  }

  // ---- times

  private long time() {
    long ms = SampleWorld.START_MS - 1_800_000 + random.nextInt(4 * 3_600_000);
    if (random.nextInt(12) == 0) {
      ms -= 86_400_000L * random.nextInt(12);
    }
    long unit = pick(List.of(3_600_000L, 60_000L, 10_000L, 1_000L, 1L));
    return ms - Math.floorMod(ms, unit);
  }

  private String literal(long ms) {
    Instant time = Instant.ofEpochMilli(ms);
    return switch (random.nextInt(5)) {
      case 0 -> "TIMESTAMPTZ '" + time + "'";
      case 1 -> "make_timestamptz(" + ms + "000)";
      case 2 -> "'" + time + "'::TIMESTAMPTZ";
      case 3 -> {
        parameters.add(time.toString());
        yield "$" + parameters.size();
      }
      default -> "'" + time + "'";
    };
  }

  private void addTimes() {
    String time = column(random.nextBoolean() ? "time" : "window_start");
    if (time.endsWith("window_start")) {
      time = column("time"); // points names it so; rollups have both
    }
    long from = time();
    long to = Math.max(from + 1_000, time());
    switch (random.nextInt(7)) {
      case 0 -> {
        // any
      }
      case 1 -> {
        conditions.add(time + " >= " + literal(from));
        fromMs = from;
      }
      case 2 -> {
        conditions.add(literal(to) + " > " + time);
        toMs = to;
      }
      case 3 -> {
        conditions.add(time + " BETWEEN " + literal(from) + " AND " + literal(to));
        fromMs = from;
        toMs = to + 1;
      }
      case 4 -> {
        conditions.add(time + " > " + literal(from) + " AND " + time + " <= " + literal(to));
        fromMs = from + 1;
        toMs = to + 1;
      }
      default -> {
        conditions.add(time + " >= " + literal(from) + " AND " + time + " < " + literal(to));
        fromMs = from;
        toMs = to;
      }
    }
  }

  private void addStep() {
    String time = column("time");
    Step step =
        pick(
            List.of(
                bucket("10 SECONDS", 10, time),
                bucket("30 SECONDS", 30, time),
                bucket("1 MINUTE", 60, time),
                bucket("90 SECONDS", 90, time),
                bucket("5 MINUTES", 300, time),
                bucket("7 MINUTES", 420, time),
                bucket("1 HOUR", 3600, time),
                bucket("90 MINUTES", 5400, time),
                bucket("2 HOURS", 7200, time),
                bucket("1 DAY", 86400, time),
                new Step("date_trunc('minute', " + time + ")", 60_000, 0, false),
                new Step("date_trunc('hour', " + time + ")", 3_600_000, 0, false),
                new Step("date_trunc('day', " + time + ")", 86_400_000, 0, false),
                new Step("date_trunc('week', " + time + ")", 604_800_000, ORIGIN_MS, false),
                grafana(20, time),
                grafana(60, time),
                grafana(3600, time)));
    columns.add(step.sql() + " AS k" + keys.size());
    keys.add(
        row -> {
          long past = Math.floorMod(row.startMs() - step.originMs(), step.ms());
          return step.isSeconds() ? (row.startMs() - past) / 1000 : row.startMs() - past;
        });
  }

  private static Step bucket(String interval, long seconds, String time) {
    return new Step(
        "time_bucket(INTERVAL '" + interval + "', " + time + ")", seconds * 1000, ORIGIN_MS, false);
  }

  private static Step grafana(int seconds, String time) {
    return new Step(
        "floor(extract(epoch from %s)/%d)*%d".formatted(time, seconds, seconds),
        seconds * 1000L,
        0,
        true);
  }

  private void addKeys() {
    if (random.nextInt(2) == 0) {
      addKey(column("host"), row -> tag(row.series(), "host"));
    }
    if (random.nextInt(4) == 0) {
      addKey(column("tags") + "['Service']", row -> tag(row.series(), "Service"));
    }
    if (random.nextInt(4) == 0) {
      addKey(column("metric"), row -> row.series().metric());
    }
  }

  private void addKey(String sql, Function<SampleRow, Object> key) {
    columns.add(sql + " AS k" + keys.size());
    keys.add(key);
  }

  // ---- aggregates

  private static DoubleStream values(List<SampleRow> group) {
    return group.stream().flatMap(row -> row.points().stream()).mapToDouble(SamplePoint::value);
  }

  private static double size(List<SampleRow> group) {
    return values(group).sum() * 0 + values(group).count();
  }

  /** Sums are off by the last bits of what was added, which may cancel out. */
  private static double error(List<SampleRow> group) {
    return 1e-12 * values(group).map(Math::abs).sum();
  }

  private static double sum(List<SampleRow> group) {
    return group.stream().mapToDouble(SampleRow::sum).sum();
  }

  private static QueryCase.Aggregate ifAny(QueryCase.Aggregate aggregate) {
    return group -> group.isEmpty() ? null : aggregate.of(group);
  }

  private List<Call> merging() {
    double q = pick(List.of(0.0, 0.25, 0.5, 0.9, 0.99, 1.0));
    double x = pick(List.of(0.5, 1.0, 3.0, 20.0));
    String sum = "sum(" + column("sum") + ")";
    return List.of(
        new Call(sum, ifAny(group -> about(sum(group), error(group))), true),
        new Call("sum(" + column("count") + ")", ifAny(group -> exactly(size(group))), true),
        new Call("min(" + column("min") + ")", group -> least(group), true),
        new Call("max(" + column("max") + ")", group -> greatest(group), true),
        new Call(
            isJoined ? sum + " / sum(p.count)" : "average()",
            ifAny(group -> about(sum(group) / size(group), error(group) / size(group))),
            true),
        new Call("newest()", QueryCases::newest, true),
        // no point of the world was aggregated before it came
        new Call("max(" + column("sketch_error") + ")", group -> null, true),
        new Call("percentile(" + q + ")", group -> percentile(group, q), true),
        new Call("count_below(" + x + ")", group -> below(group, x, 1), true),
        new Call("count_above(" + x + ")", group -> below(group, x, -1), true),
        new Call(
            isJoined ? sum + " / 60" : "rate(INTERVAL '1 MINUTE')",
            ifAny(group -> about(sum(group) / 60, error(group))),
            true),
        new Call(
            "count(DISTINCT " + column("host") + ")",
            group ->
                exactly(
                    (double)
                        group.stream().map(row -> tag(row.series(), "host")).distinct().count()),
            true),
        new Call(
            "count(DISTINCT " + column("series_id") + ")",
            group ->
                exactly((double) group.stream().map(row -> row.series().id()).distinct().count()),
            true));
  }

  private List<Call> ofWindows() {
    return List.of(
        new Call("count(*)", group -> exactly(group.size()), false),
        new Call(
            "avg(" + column("avg") + ")",
            ifAny(
                group ->
                    about(
                        group.stream()
                            .mapToDouble(row -> row.sum() / row.points().size())
                            .average()
                            .orElseThrow(),
                        error(group))),
            false),
        new Call(
            "max(" + column("count") + ")",
            ifAny(
                group ->
                    exactly(
                        group.stream().mapToInt(row -> row.points().size()).max().orElseThrow())),
            false),
        new Call(
            "count(*) FILTER (WHERE " + column("count") + " > 1)",
            group ->
                exactly((double) group.stream().filter(row -> row.points().size() > 1).count()),
            false));
  }

  private static QueryCase.Bounds least(List<SampleRow> group) {
    DoubleStream least = group.stream().flatMap(row -> row.min().stream()).mapToDouble(v -> v);
    return least.boxed().min(Double::compare).map(QueryCase.Bounds::exactly).orElse(null);
  }

  private static QueryCase.Bounds greatest(List<SampleRow> group) {
    Stream<Double> maxima = group.stream().flatMap(row -> row.max().stream());
    return maxima.max(Double::compare).map(QueryCase.Bounds::exactly).orElse(null);
  }

  private static QueryCase.Bounds newest(List<SampleRow> group) {
    List<SamplePoint> points =
        group.stream()
            .filter(row -> row.series().type() == MetricType.GAUGE)
            .flatMap(row -> row.points().stream())
            .toList();
    if (points.isEmpty()) {
      return null;
    }
    long newestMs = points.stream().mapToLong(SamplePoint::timeMs).max().orElseThrow();
    return exactly(
        points.stream()
            .filter(point -> point.timeMs() == newestMs)
            .mapToDouble(SamplePoint::value)
            .max()
            .orElseThrow());
  }

  private static double[] sketched(List<SampleRow> group) {
    return values(
            group.stream().filter(row -> row.series().type() == MetricType.DISTRIBUTION).toList())
        .sorted()
        .toArray();
  }

  private static QueryCase.Bounds percentile(List<SampleRow> group, double q) {
    double[] values = sketched(group);
    if (values.length == 0) {
      return null;
    }
    double value = values[(int) Math.floor(q * (values.length - 1))];
    return about(value, 0.0055 * Math.abs(value));
  }

  /** A value within a bin of the threshold may count on either side. */
  private static QueryCase.Bounds below(List<SampleRow> group, double x, int sign) {
    double[] values = sketched(group);
    if (values.length == 0) {
      return null;
    }
    double inner = x * (1 - sign * 0.011);
    double outer = x * (1 + sign * 0.011);
    return new QueryCase.Bounds(
        DoubleStream.of(values).filter(v -> sign > 0 ? v < inner : v > inner).count(),
        DoubleStream.of(values).filter(v -> sign > 0 ? v < outer : v > outer).count());
  }
}
