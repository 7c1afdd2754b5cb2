package tidemark.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.maintain.GrowingTables.Point;

/**
 * One session that asks and compares each answer with plain loops over the points of the answer's
 * epoch. For one thread.
 */
final class Inquirer {
  private final GrowingTables tables;
  private final Session session;
  private final Random random;

  Inquirer(GrowingTables tables, Session session, Random random) {
    this.tables = tables;
    this.session = session;
    this.random = random;
  }

  /** Asks one question; returns the epoch that the answer was of. */
  long ask() {
    long fromMs = GrowingTables.START.toEpochMilli() + random.nextInt(600) * 10_000L;
    long toMs = fromMs + (1 + random.nextInt(700)) * 10_000L;
    return switch (random.nextInt(3)) {
      case 0 -> hosts(fromMs, toMs);
      case 1 -> minutes(fromMs, toMs);
      default -> windows(random.nextInt(5));
    };
  }

  private long hosts(long fromMs, long toMs) {
    return check(
        "SELECT host, sum(count), sum(sum), min(min), max(max) FROM points WHERE metric = 'cpu'"
            + " AND time >= '%s' AND time < '%s' GROUP BY host ORDER BY host"
                .formatted(Instant.ofEpochMilli(fromMs), Instant.ofEpochMilli(toMs)),
        points ->
            grouped(
                points.filter(point -> isIn(point, fromMs, toMs)),
                point -> "h" + point.host(),
                group -> List.of(count(group), sum(group), min(group), max(group))));
  }

  private long minutes(long fromMs, long toMs) {
    return check(
        "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, sum(count), sum(sum) FROM points"
            + " WHERE time >= '%s' AND time < '%s' GROUP BY t ORDER BY t"
                .formatted(Instant.ofEpochMilli(fromMs), Instant.ofEpochMilli(toMs)),
        points ->
            grouped(
                points.filter(point -> isIn(point, fromMs, toMs)),
                point -> Instant.ofEpochMilli(point.windowMs(60)).toString(),
                group -> List.of(count(group), sum(group))));
  }

  /** Rows as they are, each merged of its partials. */
  private long windows(int host) {
    int tier = List.of(10, 60, 3600).get(random.nextInt(3));
    String table = Map.of(10, "rollups_10s", 60, "rollups_1m", 3600, "rollups_1h").get(tier);
    return check(
        "SELECT time, count, sum, min, max, last FROM %s WHERE host = 'h%d' ORDER BY time"
            .formatted(table, host),
        points ->
            grouped(
                points.filter(point -> point.host() == host),
                point -> Instant.ofEpochMilli(point.windowMs(tier)).toString(),
                group -> List.of(count(group), sum(group), min(group), max(group), last(group))));
  }

  private long check(String sql, Function<Stream<Point>, List<List<String>>> recompute) {
    List<List<String>> rows = new ArrayList<>();
    long epoch;
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of())) {
      while (answer.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < answer.columns().size(); i++) {
          row.add(text(answer.value(i)));
        }
        rows.add(row);
      }
      epoch = answer.provenance().checkpoint();
    }
    List<List<String>> expected =
        recompute.apply(
            tables.points(epoch).stream().filter(point -> point.org().equals(session.org())));
    assertThat(rows).as("epoch %s, org %s: %s", epoch, session.org(), sql).isEqualTo(expected);
    return epoch;
  }

  private static boolean isIn(Point point, long fromMs, long toMs) {
    return fromMs <= point.windowMs(10) && point.windowMs(10) < toMs;
  }

  private static List<List<String>> grouped(
      Stream<Point> points, Function<Point, String> key, Function<List<Point>, List<Long>> values) {
    Map<String, List<Point>> groups = new TreeMap<>();
    points.forEach(
        point -> groups.computeIfAbsent(key.apply(point), absent -> new ArrayList<>()).add(point));
    List<List<String>> rows = new ArrayList<>();
    groups.forEach(
        (name, group) -> {
          List<String> row = new ArrayList<>(List.of(name));
          values.apply(group).forEach(value -> row.add(Long.toString(value)));
          rows.add(row);
        });
    return rows;
  }

  private static long count(List<Point> group) {
    return group.size();
  }

  private static long sum(List<Point> group) {
    return group.stream().mapToLong(Point::value).sum();
  }

  private static long min(List<Point> group) {
    return group.stream().mapToLong(Point::value).min().orElseThrow();
  }

  private static long max(List<Point> group) {
    return group.stream().mapToLong(Point::value).max().orElseThrow();
  }

  private static long last(List<Point> group) {
    return group.stream()
        .max(Comparator.comparingLong(Point::timeMs).thenComparingInt(Point::value))
        .orElseThrow()
        .value();
  }

  /** Whole numbers in one spelling, whatever their type. */
  private static String text(Object value) {
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof Number number && number.doubleValue() == number.longValue()) {
      return Long.toString(number.longValue());
    }
    return String.valueOf(value);
  }
}
