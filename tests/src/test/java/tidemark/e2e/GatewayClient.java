package tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.process.Waiting;
import tidemark.cli.sql.SqlAnswer;
import tidemark.cli.sql.SqlClient;
import tidemark.cli.sql.SqlQuestion;

/** Asks the gateway by JDBC and by HTTP, and compares its answers with what was sent. */
final class GatewayClient implements AutoCloseable {
  private static final String ROWS =
      "SELECT metric, host, time, type, count, sum, min, max, last, last_at FROM %s WHERE time < ?";

  private final SentPoints sent;
  private final SqlClient http;
  private final Connection jdbc;
  private long mostHotRows;

  GatewayClient(SentPoints sent, GatewayAccess access) throws SQLException {
    this.sent = sent;
    http = new SqlClient(access);
    Properties properties = new Properties();
    properties.put("password", access.password());
    jdbc = DriverManager.getConnection(access.jdbcUrl(), properties);
  }

  /** The most rows that were in no commit yet when an answer was given. */
  long mostHotRows() {
    return mostHotRows;
  }

  /** Waits until every window that ends by then is as it was sent, then asks for other forms. */
  void awaitAllUntil(String table, int tier, long endMs) {
    Map<SentPoints.Key, SentPoints.Row> wanted = sentUntil(tier, endMs);
    new Waiting(Duration.ofMinutes(3), Duration.ofMillis(50), () -> {})
        .until(
            "the gateway to answer %d rows of %s".formatted(wanted.size(), table),
            List.of(),
            () -> {
              lookForHotRows();
              // all rows may be there before the gateway knows that no more will come
              return rows(table, tier, endMs).equals(wanted)
                  && counts(table, endMs).reflects().isComplete();
            });
    assertCounts(table, tier, endMs);
  }

  /** Every window that ends by then is as it was sent. */
  void assertAllUntil(String table, int tier, long endMs) {
    assertThat(rows(table, tier, endMs)).isEqualTo(sentUntil(tier, endMs));
    assertCounts(table, tier, endMs);
  }

  /** The aggregate of the same rows, by HTTP. */
  private void assertCounts(String table, int tier, long endMs) {
    Map<String, Long> wanted =
        sentUntil(tier, endMs).entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getKey().metric(),
                    Collectors.summingLong(row -> row.getValue().count())));
    SqlAnswer answer = counts(table, endMs);
    assertThat(answer.reflects().isComplete()).isTrue();
    assertThat(
            answer.rows().stream()
                .collect(Collectors.toMap(row -> row.get(0), row -> Long.valueOf(row.get(1)))))
        .isEqualTo(wanted);
  }

  private SqlAnswer counts(String table, long endMs) {
    return ask(
        "SELECT metric, sum(count) AS points FROM %s WHERE time < '%s' GROUP BY metric"
            .formatted(table, Instant.ofEpochMilli(endMs)));
  }

  void assertPercentile(double q) {
    Map<String, Double> wanted = sent.quantiles(q);
    SqlAnswer answer =
        ask(
            "SELECT metric, percentile(%s) FROM points WHERE type = 'distribution' GROUP BY metric"
                .formatted(q));
    assertThat(answer.rows()).hasSameSizeAs(wanted.keySet());
    for (List<String> row : answer.rows()) {
      assertThat(Double.parseDouble(row.get(1)))
          .as("p%s of %s", q * 100, row.get(0))
          .isCloseTo(wanted.get(row.get(0)), withPercentage(0.55));
    }
  }

  private void lookForHotRows() {
    String hotRows = ask("SELECT hot_rows FROM freshness").first("hot_rows");
    mostHotRows = Math.max(mostHotRows, Long.parseLong(hotRows));
  }

  private SqlAnswer ask(String sql) {
    return http.ask(SqlQuestion.of(sql));
  }

  private Map<SentPoints.Key, SentPoints.Row> sentUntil(int tier, long endMs) {
    return sent.rows(tier).entrySet().stream()
        .filter(row -> row.getKey().startMs() + tier * 1000L <= endMs)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Map<SentPoints.Key, SentPoints.Row> rows(String table, int tier, long endMs) {
    Map<SentPoints.Key, SentPoints.Row> found = new HashMap<>();
    try (PreparedStatement statement = jdbc.prepareStatement(ROWS.formatted(table))) {
      statement.setObject(1, Instant.ofEpochMilli(endMs).atOffset(ZoneOffset.UTC));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          SentPoints.Row twice = found.put(key(rows, tier), row(rows));
          assertThat(twice).as("second row for one key in %s", table).isNull();
        }
      }
    } catch (SQLException e) {
      throw new AssertionError("the gateway does not answer", e);
    }
    return found;
  }

  private static SentPoints.Key key(ResultSet row, int tier) throws SQLException {
    return new SentPoints.Key(
        tier,
        row.getString("metric"),
        row.getString("host"),
        row.getObject("time", OffsetDateTime.class).toInstant().toEpochMilli());
  }

  private static SentPoints.Row row(ResultSet row) throws SQLException {
    OffsetDateTime lastAt = row.getObject("last_at", OffsetDateTime.class);
    return new SentPoints.Row(
        row.getString("type"),
        row.getLong("count"),
        row.getDouble("sum"),
        row.getObject("min", Double.class),
        row.getObject("max", Double.class),
        row.getObject("last", Double.class),
        lastAt == null ? null : lastAt.toInstant().toEpochMilli());
  }

  @Override
  public void close() throws SQLException {
    jdbc.close();
  }
}
