package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cancelling, clients that vanish, many clients, large answers, and the end. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ServerTest {
  /** Minutes of work without a row. */
  private static final String ENDLESS =
      "select count(*) from range(100000000) a(i), range(100000000) b(j) where (i * j) % 7 = 3";

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir private Path directory;

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private static String stateOf(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      long count = 0;
      while (rows.next()) {
        count++;
      }
      return count + " rows";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void statementIsCancelledFromAnotherThread()
      throws SQLException, InterruptedException, ExecutionException, TimeoutException {
    try (Served served = Served.byDefault();
        Connection connection = served.connect();
        Statement statement = connection.createStatement()) {
      Future<?> cancel =
          threads.submit(
              () -> {
                Served.await("it runs", () -> served.gateway().running() == 1);
                statement.cancel();
                return null;
              });
      assertThatThrownBy(() -> statement.executeQuery(ENDLESS))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      cancel.get(10, TimeUnit.SECONDS);
      assertThat(stateOf(connection, "select 1")).isEqualTo("1 rows");
    }
  }

  @Test
  void queryTimeoutHolds() throws SQLException {
    try (Served served = Served.byDefault();
        Connection connection = served.connect();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      long start = System.nanoTime();
      assertThatThrownBy(() -> statement.executeQuery(ENDLESS))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(stateOf(connection, "select 1")).isEqualTo("1 rows");
    }
  }

  @Test
  void wrongSecretCancelsNothing() throws IOException, InterruptedException {
    try (Served served = Served.byDefault();
        RawClient client = RawClient.loggedIn(served.port())) {
      client.send('Q', ENDLESS);
      Served.await("it runs", () -> served.gateway().running() == 1);
      cancel(served, client.processId(), client.secret() + 1);
      cancel(served, client.processId() + 1_000, client.secret());
      assertThat(served.gateway().cancels()).isZero();
      cancel(served, client.processId(), client.secret());
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("EZ");
      assertThat(replies.get(0).state()).isEqualTo("57014");
    }
  }

  private static void cancel(Served served, int processId, int secret) throws IOException {
    try (RawClient other = new RawClient(served.port())) {
      other.send((char) 0, 80877102, processId, secret);
      assertThat(other.readByte()).isEqualTo(-1);
    }
  }

  @Test
  void idleConnectionIgnoresCancel() throws IOException {
    try (Served served = Served.byDefault();
        RawClient client = RawClient.loggedIn(served.port())) {
      cancel(served, client.processId(), client.secret());
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }

  @Test
  void statementCancelsConnectionsOfTheSameUserOnly()
      throws IOException, InterruptedException, SQLException {
    try (Served served = Served.byDefault();
        RawClient client = RawClient.loggedIn(served.port());
        Connection same = served.connect();
        Connection other = served.connect("user", FakeGateway.OTHER, "password", "b")) {
      client.send('Q', ENDLESS);
      Served.await("it runs", () -> served.gateway().running() == 1);
      String sql = "select pg_cancel_backend(" + client.processId() + ")";
      assertThat(booleanOf(other, sql)).isFalse();
      assertThat(booleanOf(same, "select pg_cancel_backend(999999)")).isFalse();
      assertThat(served.gateway().running()).isEqualTo(1);
      assertThat(booleanOf(same, sql)).isTrue();
      assertThat(client.until('Z').get(0).state()).isEqualTo("57014");
    }
  }

  private static boolean booleanOf(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getBoolean(1);
    }
  }

  @Test
  void queryOfVanishedClientEnds() throws IOException, InterruptedException {
    try (Served served = Served.byDefault()) {
      try (RawClient client = RawClient.loggedIn(served.port())) {
        client.send('Q', ENDLESS);
        Served.await("it runs", () -> served.gateway().running() == 1);
      }
      Served.await("it ended", () -> served.gateway().running() == 0);
      Served.await("its session is closed", () -> served.gateway().sessions() == 0);
    }
  }

  @Test
  void queryOfVanishedClientEndsUnderTls()
      throws IOException, InterruptedException, GeneralSecurityException, SQLException {
    PostgresTls tls =
        new PostgresTls.Required(Keys.make(directory, "EC", "SHA256withECDSA").context());
    try (Served served = Served.with(PostgresConfig.loopback(0).withTls(tls))) {
      Connection connection = served.connect("sslmode", "require");
      Future<?> query = threads.submit(() -> stateOf(connection, ENDLESS));
      Served.await("it runs", () -> served.gateway().running() == 1);
      connection.abort(threads);
      Served.await("it ended", () -> served.gateway().running() == 0);
      Served.await("its session is closed", () -> served.gateway().sessions() == 0);
      assertThat(query).isNotNull();
    }
  }

  @Test
  void watchKeepsWhatTheClientSentAhead() throws IOException, InterruptedException {
    try (Served served = Served.byDefault();
        RawClient client = RawClient.loggedIn(served.port())) {
      client.send('Q', ENDLESS);
      Served.await("it runs", () -> served.gateway().running() == 1);
      for (int i = 0; i < 50; i++) {
        client.send('Q', "select " + i);
      }
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
      Served.await("the watch looked", () -> System.nanoTime() > until);
      cancel(served, client.processId(), client.secret());
      assertThat(RawClient.types(client.until('Z'))).isEqualTo("EZ");
      for (int i = 0; i < 50; i++) {
        List<RawClient.Reply> replies = client.until('Z');
        assertThat(RawClient.types(replies)).isEqualTo("TDCZ");
        assertThat(replies.get(1).text()).endsWith(String.valueOf(i));
      }
    }
  }

  @Test
  void closeEndsIdleAndBusyConnections() throws IOException, InterruptedException {
    try (Served served = Served.byDefault();
        RawClient idle = RawClient.loggedIn(served.port());
        RawClient busy = RawClient.loggedIn(served.port())) {
      busy.send('Q', ENDLESS);
      Served.await("it runs", () -> served.gateway().running() == 1);
      long start = System.nanoTime();
      served.server().close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(idle.untilEnd()).hasSize(1).first().matches(r -> r.state().equals("57P01"));
      assertThat(busy.untilEnd()).last().matches(r -> r.state().equals("57P01"));
      assertThat(served.server().connections()).isZero();
      assertThat(served.gateway().sessions()).isZero();
      assertThatThrownBy(() -> new RawClient(served.port())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void hugeAnswerStreamsThroughLittleMemory() throws SQLException {
    try (Served served = Served.byDefault();
        Connection connection = served.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(1_000);
        long before = usedBytes();
        long most = 0;
        long length = 0;
        // 400 MB in all.
        String sql = "select repeat('x', 2000) || i from range(200000) t(i)";
        try (ResultSet rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            length += rows.getString(1).length();
            if (rows.getRow() % 50_000 == 0) {
              most = Math.max(most, usedBytes() - before);
            }
          }
        }
        assertThat(length).isGreaterThan(400_000_000L);
        assertThat(most).isLessThan(64L << 20);
      }
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void clientThatDoesNotReadHoldsUpItsOwnQueryOnly()
      throws IOException, InterruptedException, SQLException {
    try (Served served = Served.byDefault();
        RawClient lazy = RawClient.loggedIn(served.port());
        Connection other = served.connect()) {
      lazy.send('Q', "select repeat('x', 100000) from range(100000)");
      Served.await("it streams", () -> served.gateway().answers() == 1);
      assertThat(stateOf(other, "select 1")).isEqualTo("1 rows");
      assertThat(served.gateway().answers()).isEqualTo(1);
      lazy.close();
      Served.await("its answer is closed", () -> served.gateway().answers() == 0);
    }
  }

  @Test
  void rowBeyondTheLimitIsAnErrorAndNotTheEnd() throws SQLException {
    PostgresLimits limits = new PostgresLimits(1 << 20, 1 << 20, 100, 10, 2);
    try (Served served = Served.with(PostgresConfig.loopback(0).withLimits(limits));
        Connection connection = served.connect()) {
      assertThat(stateOf(connection, "select repeat('x', 1000000)")).isEqualTo("1 rows");
      assertThat(stateOf(connection, "select repeat('x', 2000000)")).isEqualTo("54000");
      String longSql = "select '" + "x".repeat(2_000_000) + "'";
      assertThat(stateOf(connection, longSql)).isEqualTo("54000");
      assertThat(stateOf(connection, "select 1")).isEqualTo("1 rows");
    }
  }

  @Test
  void statementsPortalsAndParametersAreBounded() throws IOException {
    PostgresLimits limits = new PostgresLimits(1 << 20, 1 << 20, 2, 3, 2);
    try (Served served = Served.with(PostgresConfig.loopback(0).withLimits(limits));
        RawClient client = RawClient.loggedIn(served.port())) {
      for (int i = 0; i < 3; i++) {
        client.query("prepare p%d as select 1".formatted(i));
      }
      assertThat(client.query("prepare p3 as select 1").get(0).state()).isEqualTo("53400");
      client.query("begin");
      client.query("declare c0 cursor for select 1");
      client.query("declare c1 cursor for select 1");
      assertThat(client.query("declare c2 cursor for select 1").get(0).state()).isEqualTo("53400");
      client.query("rollback");
      assertThat(client.query("select $1::int, $2::int, $3::int").get(0).state())
          .isEqualTo("54000");
    }
  }

  @Test
  void manyClientsAtOnceGetTheirOwnAnswers()
      throws SQLException, InterruptedException, ExecutionException {
    try (Served served = Served.byDefault()) {
      List<Future<Long>> sums = new ArrayList<>();
      for (int client = 0; client < 24; client++) {
        long id = client;
        sums.add(threads.submit(() -> sumOf(served, id)));
      }
      for (int client = 0; client < sums.size(); client++) {
        assertThat(sums.get(client).get()).isEqualTo(20L * client + 190);
      }
      Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
    }
  }

  private static long sumOf(Served served, long client) throws SQLException {
    long sum = 0;
    try (Connection connection = served.connect();
        PreparedStatement statement = connection.prepareStatement("select ?::bigint + ?::bigint")) {
      for (int i = 0; i < 20; i++) {
        statement.setLong(1, client);
        statement.setLong(2, i);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          sum += rows.getLong(1);
        }
      }
    }
    return sum;
  }
}
