package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/** What the index holds after many additions, against a model of it in Java. */
final class SeriesIndexTest {
  private static final long DAY_MS = 86_400_000L;
  private static final List<String> ORGS = List.of("acme", "it's");
  private static final List<String> METRICS = List.of("cpu", "memory", "o'clock");

  /** A metric as the view shows it. */
  private static final class Metric {
    private long series;
    private final TreeSet<String> tags = new TreeSet<>();
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;

    void add(SeriesEntry entry) {
      series++;
      entry.identity().tags().forEach(tag -> tags.add(SeriesIdentity.key(tag)));
      firstMs = Math.min(firstMs, entry.firstSeenMs());
      lastMs = Math.max(lastMs, entry.lastSeenMs());
    }
  }

  @TempDir Path folder;

  @Test
  void metricsAndSeriesAreThoseOfAllAdditions() throws Exception {
    for (int seed = 0; seed < 10; seed++) {
      System.out.println("seed " + seed);
      Random random = new Random(seed);
      Map<String, SeriesEntry> model = new TreeMap<>();
      try (Engine engine = new Engine(List.of(folder), "1GB");
          SeriesIndex index = new SeriesIndex(engine, files -> List.of());
          Connection connection = engine.connect()) {
        for (int round = 0; round < 6; round++) {
          List<SeriesEntry> entries = entries(random);
          entries.forEach(entry -> model.merge(key(entry), entry, SeriesIndexTest::merged));
          index.add(entries);
          assertThat(series(connection)).as("seed %d", seed).isEqualTo(expectedSeries(model));
          assertThat(metrics(connection)).as("seed %d", seed).isEqualTo(expectedMetrics(model));
        }
        assertThat(index.tagKeys("acme").values()).isSubsetOf("host", "Zone", "ro'le");
      }
    }
  }

  @Test
  void hashFindsTheSeriesOfOneMetric() throws Exception {
    Random random = new Random(7);
    try (Engine engine = new Engine(List.of(folder), "1GB");
        SeriesIndex index = new SeriesIndex(engine, files -> List.of());
        Connection connection = engine.connect()) {
      index.add(entries(random));
      index.add(entries(random));
      assertThat(
              rows(
                  connection,
                  "SELECT count(*) FROM series_index WHERE metric_hash <> hash(org, metric)"))
          .containsExactly("0");
    }
  }

  private static List<SeriesEntry> entries(Random random) {
    List<SeriesEntry> entries = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<String> tags = new ArrayList<>();
      if (random.nextBoolean()) {
        tags.add("Zone:z" + random.nextInt(2));
      }
      if (random.nextBoolean()) {
        tags.add("host:h" + random.nextInt(3));
      }
      if (random.nextInt(8) == 0) {
        tags.add("ro'le:r");
      }
      SeriesIdentity identity =
          new SeriesIdentity(
              ORGS.get(random.nextInt(ORGS.size())),
              METRICS.get(random.nextInt(METRICS.size())),
              tags);
      long[] hash = identity.hash();
      long firstMs = (20_000 + random.nextInt(50)) * DAY_MS;
      MetricType type = random.nextInt(5) == 0 ? MetricType.COUNTER : MetricType.GAUGE;
      entries.add(
          new SeriesEntry(
              hash[0], hash[1], type, identity, firstMs, firstMs + random.nextInt(9) * DAY_MS));
    }
    return entries;
  }

  private static SeriesEntry merged(SeriesEntry a, SeriesEntry b) {
    return a.withSeen(
        Math.min(a.firstSeenMs(), b.firstSeenMs()), Math.max(a.lastSeenMs(), b.lastSeenMs()));
  }

  private static String key(SeriesEntry entry) {
    return metricKey(entry) + '|' + entry.seriesId();
  }

  private static String metricKey(SeriesEntry entry) {
    return String.join(
        "|", entry.identity().org(), entry.identity().metric(), entry.type().label());
  }

  private static Collection<String> expectedSeries(Map<String, SeriesEntry> model) {
    Collection<String> rows = new TreeSet<>();
    for (Map.Entry<String, SeriesEntry> each : model.entrySet()) {
      SeriesEntry entry = each.getValue();
      rows.add(
          "%s|%s|%d|%d"
              .formatted(
                  each.getKey(),
                  String.join(",", entry.identity().tags()),
                  entry.firstSeenMs(),
                  entry.lastSeenMs()));
    }
    return rows;
  }

  private static Collection<String> expectedMetrics(Map<String, SeriesEntry> model) {
    Map<String, Metric> metrics = new HashMap<>();
    model
        .values()
        .forEach(
            entry -> metrics.computeIfAbsent(metricKey(entry), key -> new Metric()).add(entry));
    Collection<String> rows = new TreeSet<>();
    metrics.forEach(
        (key, metric) ->
            rows.add(
                "%s|%d|%s|%d|%d"
                    .formatted(
                        key,
                        metric.series,
                        String.join(",", metric.tags),
                        metric.firstMs,
                        metric.lastMs)));
    return rows;
  }

  private static Collection<String> series(Connection connection) throws SQLException {
    return rows(
        connection,
        "SELECT concat_ws('|', org, metric, type, series_id, array_to_string(list_transform("
            + "map_entries(tags), e -> e.key || ':' || e.value), ','), epoch_ms(first_seen),"
            + " epoch_ms(last_seen)) FROM series_index");
  }

  private static Collection<String> metrics(Connection connection) throws SQLException {
    return rows(
        connection,
        "SELECT concat_ws('|', org, metric, type, series, array_to_string(tags, ','),"
            + " epoch_ms(first_seen), epoch_ms(last_seen)) FROM metric_index");
  }

  private static Collection<String> rows(Connection connection, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    Collection<String> sorted = new TreeSet<>(found);
    assertThat(found).hasSameSizeAs(sorted); // no row twice
    return sorted;
  }
}
