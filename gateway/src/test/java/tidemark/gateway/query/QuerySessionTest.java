package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.state.MetricType;

class QuerySessionTest {
  private static final long WATERMARK_MS = Rows.WINDOW.plusSeconds(600).toEpochMilli();

  @TempDir Path directory;

  private StoredTables tables;
  private QueryGateway gateway;
  private Session session;

  @BeforeEach
  void open() {
    tables = StoredTables.local(directory);
    List<Record> rollups = new ArrayList<>();
    List<Record> series = new ArrayList<>();
    for (int id = 1; id <= 4; id++) {
      RowKey key = RowKey.of("cpu", id, MetricType.GAUGE);
      series.add(
          Rows.series(key, Map.of("host", "h" + id, "service", id % 2 == 0 ? "even" : "odd")));
      for (int window = 0; window < 12; window++) {
        Instant start = Rows.WINDOW.plusSeconds(10L * window);
        rollups.add(Rows.rollup(key.in(10, start), Rows.points(id, window)));
      }
      for (int minute = 0; minute < 2; minute++) {
        double[] values = new double[12];
        for (int i = 0; i < 6; i++) {
          values[2 * i] = id;
          values[2 * i + 1] = minute * 6 + i;
        }
        rollups.add(
            Rows.rollup(key.in(60, Rows.WINDOW.plusSeconds(60L * minute)), Rows.points(values)));
      }
    }
    tables.commit(1, WATERMARK_MS, rollups, series);
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    gateway = QueryGateway.start(GatewayConfig.from(properties), Optional.empty(), 1 << 20);
    session = gateway.open(Rows.ORG);
  }

  @AfterEach
  void close() {
    session.close();
    gateway.close();
    tables.close();
  }

  private List<List<Object>> ask(String sql, Object... parameters) {
    List<List<Object>> rows = new ArrayList<>();
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of(parameters))) {
      assertThat(query.columns()).isEqualTo(answer.columns());
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

  @Test
  void tagsAreColumns() {
    assertThat(
            ask(
                "SELECT service, sum(sum) / sum(count) AS mean FROM points WHERE metric = 'cpu'"
                    + " GROUP BY service ORDER BY service"))
        .containsExactly(List.of("even", 4.25), List.of("odd", 3.75));
    assertThat(ask("SELECT DISTINCT tags['host'] FROM points WHERE host = 'h3'"))
        .containsExactly(List.of("h3"));
  }

  @Test
  void aStepOfAMinuteReadsMinutes() {
    List<List<Object>> plan =
        ask(
            "EXPLAIN SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, sum(sum) FROM points WHERE"
                + " time >= '2026-03-01 10:00:00Z' AND time < '2026-03-01 10:02:00Z' GROUP BY t");
    assertThat(plan.toString()).contains("60 s windows").doesNotContain("10 s windows");
    assertThat(
            ask(
                "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, sum(count) FROM points"
                    + " WHERE time >= '2026-03-01 10:00:00Z' AND time < $1 GROUP BY t ORDER BY t",
                "2026-03-01 10:02:00Z"))
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.get(1).toString()).isEqualTo("48"));
  }

  @Test
  void shortFormsAreSpelledOut() {
    assertThat(
            ask(
                "SELECT average(), newest(), rate(INTERVAL 2 MINUTE) FROM points WHERE host ="
                    + " 'h1'"))
        .containsExactly(List.of(3.25, 11.0, (12 + 66) / 120.0));
  }

  @Test
  void anotherOrgSeesNothing() {
    try (Session other = gateway.open("other");
        PreparedQuery query = other.prepare("SELECT count(*) FROM points");
        Answer answer = query.run(List.of())) {
      assertThat(answer.next()).isTrue();
      assertThat(answer.value(0)).isEqualTo(0L);
    }
  }

  @Test
  void theOtherTables() {
    assertThat(ask("SELECT metric, series, tags FROM metrics"))
        .containsExactly(List.of("cpu", 4L, List.of("host", "service")));
    assertThat(ask("SELECT count(*) FROM series WHERE service = 'odd'"))
        .containsExactly(List.of(2L));
    assertThat(ask("SELECT epoch, hot_rows, feed FROM freshness"))
        .containsExactly(List.of(1L, 0L, "off"));
    assertThat(ask("SHOW TABLES")).hasSize(11);
    assertThat(ask("DESCRIBE points")).hasSize(15);
    assertThat(ask("SELECT * FROM rollups_1m")).hasSize(8);
  }

  @Test
  void errorsHaveTheirState() {
    assertThatThrownBy(() -> ask("SELECT nothing FROM points"))
        .isInstanceOf(AskException.class)
        .hasMessageContaining("nothing")
        .extracting(e -> ((AskException) e).state().code())
        .isEqualTo("42703");
    assertThatThrownBy(() -> ask("SELECT CAST('seven' AS INTEGER), count(*) FROM points"))
        .hasMessageContaining("'seven'");
    assertThatThrownBy(() -> ask("SELECT CAST(metric AS INTEGER) FROM points"))
        .hasMessageContaining("'...'")
        .extracting(e -> ((AskException) e).state().code())
        .isEqualTo("22P02");
    assertThatThrownBy(() -> ask("SET resolution = '7s'"))
        .hasMessage("resolution must be auto, 10s, 1m or 1h, got 7s");
  }

  @Test
  void sessionsOfAnOrgShareAnAnswerAndOfAnotherDoNot() throws Exception {
    String sql =
        "SELECT count(*) FROM rollups_10s WHERE time >= '2026-03-01 10:00:00Z'"
            + " AND time < '2026-03-01 10:01:00Z'";
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<List<Object>>>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(
            threads.submit(
                () -> {
                  try (Session own = gateway.open(Rows.ORG)) {
                    return Asking.ask(own, sql);
                  }
                }));
      }
      for (Future<List<List<Object>>> answer : answers) {
        assertThat(answer.get()).containsExactly(List.of(24L));
      }
    } finally {
      threads.shutdownNow();
    }
    int ofOne = gateway.cacheBytes();
    assertThat(ofOne).isPositive();
    assertThat(ask(sql)).containsExactly(List.of(24L));
    assertThat(gateway.cacheBytes()).isEqualTo(ofOne);
    try (Session other = gateway.open("other")) {
      assertThat(Asking.ask(other, sql)).containsExactly(List.of(0L));
    }
    assertThat(gateway.cacheBytes()).isGreaterThan(ofOne);
  }

  @Test
  void aSecondRunComesFromTheCacheAndALateRowChangesIt() {
    String sql =
        "SELECT sum(count) FROM points WHERE metric = 'cpu'"
            + " AND time >= '2026-03-01 10:00:00Z' AND time < '2026-03-01 10:01:00Z'";
    List<List<Object>> first = ask(sql);
    assertThat(ask(sql)).isEqualTo(first);
    RowKey key = RowKey.of("cpu", 1, MetricType.GAUGE);
    tables.commit(
        2,
        WATERMARK_MS,
        List.of(
            Rows.rollup(key.in(10, Rows.WINDOW), Rows.points(7)),
            Rows.rollup(key.in(60, Rows.WINDOW), Rows.points(7))),
        List.of());
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (ask(sql).equals(first)) {
      assertThat(System.nanoTime()).isLessThan(end);
      gateway.awaitNews(Duration.ofMillis(50));
    }
    assertThat(ask(sql).get(0).get(0).toString()).isEqualTo("49");
    assertThat(ask("SET as_of = 1")).isEmpty();
    assertThat(ask(sql)).isEqualTo(first);
  }
}
