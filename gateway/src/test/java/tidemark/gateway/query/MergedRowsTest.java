package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Session;
import tidemark.state.MetricType;

/**
 * Statements that look as if rows could be merged before they see them, and cannot, or not as it
 * seems. Four series, two of service "odd" and two of "even", with two windows of a minute each, of
 * 12 points.
 */
class MergedRowsTest {
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
      for (int minute = 0; minute < 2; minute++) {
        Instant start = Rows.WINDOW.plusSeconds(60L * minute);
        rollups.add(Rows.rollup(key.in(60, start), Rows.points(new double[12])));
      }
    }
    tables.commit(1, Rows.WINDOW.plusSeconds(600).toEpochMilli(), rollups, series);
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

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      textBlock =
          """
          SELECT count(*) FROM series s LEFT JOIN rollups_1m p ON p.series_id = s.series_id WHERE p.series_id IS NULL ! [[0]]
          SELECT count(*) FROM series s LEFT JOIN rollups_1m p ON p.series_id = s.series_id AND p.host = 'h1' WHERE coalesce(p.service, 'none') = 'none' ! [[3]]
          SELECT sum(count) FROM (SELECT date_trunc('day', time) AS window_start, sum(count) AS count FROM rollups_1m WHERE window_start <= '2100-01-01' GROUP BY 1) ! [[96]]
          SELECT (SELECT sum(count) FROM rollups_1m WHERE service = o.service) FROM (SELECT 'odd' AS service) o ! [[48]]
          WITH l AS (SELECT 'odd' AS svc, 10 AS sum) SELECT sum(l.sum) FROM rollups_1m p JOIN l ON p.service = l.svc ! [[40]]
          SELECT count(DISTINCT t.d) FROM rollups_1m p JOIN LATERAL (SELECT epoch(p.time) AS d) t ON true ! [[2]]
          SELECT max(y) FROM rollups_1m p JOIN LATERAL (SELECT p.count AS y) t ON true ! [[12]]
          SELECT len(max(max, 3)) FROM rollups_1m ! [[3]]
          SELECT len(max(time, 3)) FROM rollups_1m ! [[3]]
          SELECT sum(f) FROM rollups_1m AS p(a, b, c, d, e, f) ! [[96]]
          SELECT sum(#6) FROM rollups_1m ! [[96]]
          SELECT service AS rowid, sum(count) FROM rollups_1m GROUP BY 1 ORDER BY 1 ! [[even, 48], [odd, 48]]
          SELECT row_number() OVER (ORDER BY service) + 100 AS rowid, sum(count) FROM rollups_1m GROUP BY service ORDER BY 1 ! [[101, 48], [102, 48]]
          SELECT service, wavg(ascii(right(host, 1)), 1) FROM rollups_1m GROUP BY service ORDER BY 1 ! [[even, 51.0], [odd, 50.0]]
          SELECT sum(count) FROM rollups_1m TABLESAMPLE reservoir(3 ROWS) ! [[36]]
          SELECT sum(count) FROM rollups_1m NATURAL JOIN (SELECT 'odd' AS service) ! [[48]]
          SELECT sum(count) FROM rollups_1m JOIN (SELECT 'odd' AS service) USING (service) ! [[48]]
          SELECT count(*) FROM (SELECT DISTINCT service, row_number() OVER () FROM rollups_1m) ! [[8]]
          SELECT service, sum(count) FROM rollups_1m WHERE host <> 'h1' AND host <> 'h2' GROUP BY service ORDER BY 1 ! [[even, 24], [odd, 24]]
          SELECT count(DISTINCT host), sum(count) FROM rollups_1m WHERE service = 'odd' ! [[2, 48]]
          """)
  void answersAreThoseOfTheRows(String sql, String expected) {
    assertThat(Asking.ask(session, sql)).hasToString(expected);
  }

  @Test
  void whatDependsOnTheClockIsNotKept() {
    String sql =
        "SELECT current_localtimestamp(), sum(count) FROM rollups_1m WHERE time < '%s'"
            .formatted(Rows.WINDOW.plusSeconds(120));
    assertThat(Asking.ask(session, sql)).isNotEqualTo(Asking.ask(session, sql));
  }
}
