package tidemark.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayException;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.users.LimitsConfig;
import tidemark.gateway.users.Users;
import tidemark.state.MetricType;

/** The whole process but for its JVM, over real tables, asked by real clients. */
class GatewayServerTest {
  private static final String PASSWORD = "correct horse";
  private static final long WATERMARK_MS = Rows.WINDOW.plusSeconds(600).toEpochMilli();

  @TempDir Path directory;

  private StoredTables tables;
  private GatewayServer server;

  @BeforeEach
  void start() {
    tables = StoredTables.local(directory);
    List<Record> rollups = new ArrayList<>();
    List<Record> series = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      RowKey key = RowKey.of("latency", id, MetricType.DISTRIBUTION);
      series.add(Rows.series(key, Map.of("service", "s" + id)));
      for (int window = 0; window < 6; window++) {
        Instant start = Rows.WINDOW.plusSeconds(10L * window);
        rollups.add(Rows.rollup(key.in(10, start), Rows.points(id, 10 * id, 100 * id)));
      }
      double[] minute = new double[18];
      for (int i = 0; i < minute.length; i++) {
        minute[i] = id * Math.pow(10, i % 3);
      }
      rollups.add(Rows.rollup(key.in(60, Rows.WINDOW), Rows.points(minute)));
    }
    tables.commit(1, WATERMARK_MS, rollups, series);
    Path users = directory.resolve("users.json");
    Users.add(users, "ann", Rows.ORG, PASSWORD);
    Users.add(users, "eve", "other", PASSWORD);
    Map<String, String> settings = new HashMap<>(tables.properties());
    settings.put("gateway.cache-directory", directory.resolve("cache").toString());
    settings.put("gateway.users-file", users.toString());
    settings.put("gateway.audit-file", directory.resolve("audit.log").toString());
    settings.put("gateway.postgres-port", "0");
    settings.put("gateway.http-port", "0");
    server = GatewayServer.start(ServerConfig.from(settings));
  }

  @AfterEach
  void stop() {
    server.close();
    tables.close();
  }

  private Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/tidemark?sslmode=disable"
            .formatted(server.postgresAddress().getPort()),
        user,
        PASSWORD);
  }

  @Test
  void jdbcAsksForPercentiles() throws SQLException {
    try (Connection connection = connect("ann");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT service, percentile(1), count_above(50) FROM points"
                    + " WHERE metric = ? AND time >= ? GROUP BY service ORDER BY service")) {
      statement.setString(1, "latency");
      statement.setObject(2, Rows.utc(Rows.WINDOW));
      for (int run = 0; run < 7; run++) { // past the driver's threshold for named statements
        try (ResultSet rows = statement.executeQuery()) {
          for (int id = 1; id <= 3; id++) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("s" + id);
            assertThat(rows.getDouble(2)).isBetween(99.4 * id, 100.6 * id);
            assertThat(rows.getLong(3)).isEqualTo(6);
          }
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @Test
  void twoCursorsAreReadInTurns() throws SQLException {
    try (Connection connection = connect("ann")) {
      connection.setAutoCommit(false);
      try (Statement first = connection.createStatement();
          Statement second = connection.createStatement()) {
        first.setFetchSize(2);
        second.setFetchSize(3);
        String sql = "SELECT series_id, time FROM rollups_10s ORDER BY 1, 2";
        try (ResultSet slow = first.executeQuery(sql);
            ResultSet fast = second.executeQuery(sql)) {
          for (int row = 0; row < 18; row++) {
            assertThat(slow.next()).isTrue();
            assertThat(fast.next()).isTrue();
            assertThat(slow.getObject(2)).isEqualTo(fast.getObject(2));
          }
          assertThat(slow.next()).isFalse();
          assertThat(fast.next()).isFalse();
        }
      }
    }
  }

  @Test
  void anotherOrgSeesNothing() throws SQLException {
    try (Connection connection = connect("eve");
        Statement statement = connection.createStatement()) {
      for (String sql :
          List.of(
              "SELECT count(*) FROM points",
              "SELECT count(*) FROM series",
              "SELECT count(*) FROM metrics")) {
        try (ResultSet row = statement.executeQuery(sql)) {
          row.next();
          assertThat(row.getLong(1)).as(sql).isZero();
        }
      }
    }
  }

  @Test
  void toolsFindTheTablesOfMonitors() throws SQLException {
    try (Connection connection = connect("ann");
        Statement statement = connection.createStatement()) {
      for (String table : List.of("verdicts", "alerts", "monitors")) {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = connection.getMetaData().getColumns(null, "public", table, "%")) {
          while (rows.next()) {
            names.add(rows.getString("COLUMN_NAME"));
          }
        }
        List<String> listed = new ArrayList<>();
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT column_name FROM information_schema.columns WHERE table_name = '%s'"
                        .formatted(table)
                    + " ORDER BY ordinal_position")) {
          while (rows.next()) {
            listed.add(rows.getString(1));
          }
        }
        List<String> real = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            real.add(rows.getMetaData().getColumnName(i));
          }
        }
        assertThat(names).as(table).isEqualTo(real).contains("version");
        assertThat(listed).as(table).isEqualTo(real);
      }
    }
  }

  @Test
  void usersComeAndGoWhileItRuns() throws SQLException {
    Path users = directory.resolve("users.json");
    assertThatThrownBy(() -> connect("bob"))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28P01");
    Users.add(users, "bob", Rows.ORG, PASSWORD);
    try (Connection bob = awaitLogin("bob");
        Statement statement = bob.createStatement()) {
      assertThat(statement.execute("SELECT count(*) FROM points")).isTrue();
      Users.remove(users, "bob");
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (canAsk(statement)) {
        assertThat(System.nanoTime()).as("a removed user still asks").isLessThan(end);
      }
    }
    assertThatThrownBy(() -> connect("bob")).hasMessageContaining("bob");
  }

  private static boolean canAsk(Statement statement) {
    try {
      return statement.execute("SELECT count(*) FROM points");
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection awaitLogin(String user) throws SQLException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      try {
        return connect(user);
      } catch (SQLException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
      }
    }
  }

  @Test
  void writesAreRefused() throws SQLException {
    try (Connection connection = connect("ann");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("DROP TABLE points"))
          .isInstanceOf(SQLException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("25006");
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  @Test
  void httpTellsRowsAndWhatTheyReflect() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:%d/v1/sql".formatted(server.httpAddress().getPort())))
                    .header(
                        "Authorization",
                        "Basic "
                            + Base64.getEncoder()
                                .encodeToString(
                                    ("ann:" + PASSWORD).getBytes(StandardCharsets.UTF_8)))
                    .header("Content-Type", "application/sql")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "SELECT sum(count) AS points FROM points"
                                + " WHERE time < '2026-03-01 10:01:00Z'"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).contains("54");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Tidemark-Epoch")).contains("1");
    assertThat(answer.headers().firstValue("Tidemark-Complete")).contains("true");
    assertThat(answer.headers().firstValue("Tidemark-Watermark"))
        .contains(Instant.ofEpochMilli(WATERMARK_MS).toString());
  }

  static boolean isPsqlHere() {
    return Files.isExecutable(Path.of("/usr/bin/psql"));
  }

  @Test
  @EnabledIf("isPsqlHere")
  void psqlDescribesAndAsks() throws Exception {
    Path output = directory.resolve("psql.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            "/usr/bin/psql",
            "host=127.0.0.1 port=%d user=ann dbname=tidemark sslmode=disable"
                .formatted(server.postgresAddress().getPort()),
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            "\\d",
            "-c",
            "\\d points",
            "-c",
            "\\d alerts",
            "-c",
            "\\df",
            "-c",
            "SELECT tags, sum(sum) FROM points GROUP BY tags ORDER BY 2");
    builder.environment().put("PGPASSWORD", PASSWORD);
    Process psql = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(psql.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output))
        .contains("monitors", "verdicts", "window_end", "before")
        .contains("rollups_10s", "last_at", "timestamp with time zone", "percentile")
        .contains("{\"service\": \"s1\"} |      666");
    assertThat(psql.exitValue()).isZero();
  }

  @Test
  void queriesAtOnceAreASetting() {
    Map<String, String> settings =
        new HashMap<>(Map.of("uri", "jdbc:sqlite:x", "warehouse", "file:///x"));
    settings.put("gateway.users-file", "users.json");
    settings.put("gateway.audit-file", "audit.log");
    assertThat(ServerConfig.from(settings).limits()).isEqualTo(LimitsConfig.DEFAULT);
    settings.put("gateway.max-queries", "40");
    settings.put("gateway.max-queries-per-org", "30");
    assertThat(ServerConfig.from(settings).limits())
        .isEqualTo(LimitsConfig.DEFAULT.withQueries(40, 30));
    settings.put("gateway.max-queries", "0");
    assertThatThrownBy(() -> ServerConfig.from(settings))
        .hasMessage("gateway.max-queries must be 1 to 2147483647, got 0");
  }

  @Test
  void rulesStandOnTheBrokersOfTheFeed() {
    Map<String, String> settings =
        new HashMap<>(Map.of("uri", "jdbc:sqlite:x", "warehouse", "file:///x"));
    settings.put("gateway.users-file", "users.json");
    settings.put("gateway.audit-file", "audit.log");
    settings.put("gateway.control-topic", "tidemark-control");
    assertThatThrownBy(() -> ServerConfig.from(settings))
        .hasMessage("gateway.control-topic needs gateway.feed-bootstrap-servers");
    settings.put("gateway.feed-bootstrap-servers", "127.0.0.1:9092");
    assertThat(ServerConfig.from(settings).feed().orElseThrow().controlTopic())
        .contains("tidemark-control");
    settings.remove("gateway.control-topic");
    assertThat(ServerConfig.from(settings).feed().orElseThrow().controlTopic()).isEmpty();
  }

  @Test
  void verdictsAreReadIfTheirTopicIsNamed() {
    Map<String, String> settings =
        new HashMap<>(Map.of("uri", "jdbc:sqlite:x", "warehouse", "file:///x"));
    settings.put("gateway.users-file", "users.json");
    settings.put("gateway.audit-file", "audit.log");
    settings.put("gateway.feed-bootstrap-servers", "broker:9092");
    assertThat(ServerConfig.from(settings).feed().orElseThrow().verdictsTopic()).isEmpty();
    assertThat(ServerConfig.from(settings).verdictRows()).isEqualTo(1_000_000);
    settings.put("gateway.verdicts-topic", "tidemark-verdicts");
    settings.put("gateway.verdict-rows", "77");
    assertThat(ServerConfig.from(settings).feed().orElseThrow().verdictsTopic())
        .contains("tidemark-verdicts");
    assertThat(ServerConfig.from(settings).verdictRows()).isEqualTo(77);
    settings.put("gateway.verdict-rows", "0");
    assertThatThrownBy(() -> ServerConfig.from(settings))
        .hasMessage("gateway.verdict-rows must be 1 to 2147483647, got 0");
    settings.remove("gateway.verdict-rows");
    settings.remove("gateway.feed-bootstrap-servers");
    assertThatThrownBy(() -> ServerConfig.from(settings))
        .hasMessage("gateway.verdicts-topic needs gateway.feed-bootstrap-servers");
  }

  @Test
  void settingsThatAreWrongAreTold() {
    assertThatThrownBy(() -> ServerConfig.from(Map.of("gateway.usersfile", "x")))
        .isInstanceOf(GatewayException.class)
        .hasMessage("unknown settings: gateway.usersfile");
  }
}
