package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.util.PSQLException;

/** The ways in which programs use pgjdbc. */
class JdbcTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = Served.byDefault();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @AfterEach
  void nothingStaysOpen() throws InterruptedException {
    Served.await("all answers are closed", () -> served.gateway().answers() == 0);
    Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
  }

  private static List<String> strings(ResultSet rows) throws SQLException {
    List<String> strings = new ArrayList<>();
    while (rows.next()) {
      strings.add(rows.getString(1));
    }
    return strings;
  }

  private static List<String> query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return strings(rows);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
  void everyQueryModeAnswers(String mode) throws SQLException {
    try (Connection connection = served.connect("preferQueryMode", mode)) {
      assertThat(query(connection, "select i from range(3) t(i)")).containsExactly("0", "1", "2");
      try (PreparedStatement statement =
          connection.prepareStatement("select ?::int + 1, ?::varchar")) {
        statement.setInt(1, 41);
        statement.setString(2, "it's ∀ä\uD83D\uDE00");
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(42);
          assertThat(rows.getString(2)).isEqualTo("it's ∀ä\uD83D\uDE00");
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @Test
  void serverTellsWhatItIs() throws SQLException {
    try (Connection connection = served.connect("ApplicationName", "test of ours")) {
      assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(16);
      assertThat(connection.getMetaData().getDatabaseProductVersion()).isEqualTo("16.4 (Tidemark)");
      PGConnection pg = connection.unwrap(PGConnection.class);
      assertThat(pg.getParameterStatus("server_encoding")).isEqualTo("UTF8");
      assertThat(pg.getParameterStatus("TimeZone")).isEqualTo("UTC");
      assertThat(pg.getParameterStatus("default_transaction_read_only")).isEqualTo("on");
      assertThat(pg.getParameterStatus("application_name")).isEqualTo("test of ours");
      connection.setClientInfo("ApplicationName", "renamed");
      assertThat(pg.getParameterStatus("application_name")).isEqualTo("renamed");
      assertThat(query(connection, "show application_name")).containsExactly("renamed");
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void preparedStatementTurnsBinaryAfterItsThreshold() throws SQLException {
    try (Connection connection = served.connect("prepareThreshold", "3");
        PreparedStatement statement = connection.prepareStatement("select ?::bigint * 2")) {
      for (int i = 0; i < 10; i++) {
        statement.setLong(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          assertThat(rows.getLong(1)).isEqualTo(2L * i);
        }
      }
      assertThat(statement.unwrap(PGStatement.class).isUseServerPrepare()).isTrue();
    }
  }

  @Test
  void fetchSizeReadsThroughPortal() throws SQLException {
    try (Connection connection = served.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(7);
        try (ResultSet rows = statement.executeQuery("select i from range(100) t(i)")) {
          List<String> read = new ArrayList<>();
          while (rows.next()) {
            read.add(rows.getString(1));
            if (read.size() == 20) {
              // Another statement in between leaves the portal where it was.
              assertThat(query(connection, "select 'between'")).containsExactly("between");
              assertThat(served.gateway().answers()).isEqualTo(1);
            }
          }
          assertThat(read).hasSize(100).startsWith("0", "1").endsWith("99");
        }
      }
      connection.commit();
    }
  }

  @Test
  void commitClosesOpenPortals() throws SQLException, InterruptedException {
    try (Connection connection = served.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(2);
        try (ResultSet rows = statement.executeQuery("select i from range(100) t(i)")) {
          rows.next();
          connection.commit();
          Served.await("the answer is closed", () -> served.gateway().answers() == 0);
          rows.next();
          assertThatThrownBy(rows::next)
              .isInstanceOf(PSQLException.class)
              .hasMessageContaining("does not exist");
        }
      }
      connection.rollback();
    }
  }

  @Test
  void failedTransactionRefusesAllButItsEnd() throws SQLException {
    try (Connection connection = served.connect()) {
      connection.setAutoCommit(false);
      assertThat(query(connection, "select 1")).containsExactly("1");
      assertState(connection, "select nothing from nowhere", "42P01");
      assertState(connection, "select 1", "25P02");
      connection.rollback();
      assertThat(query(connection, "select 2")).containsExactly("2");
      java.sql.Savepoint savepoint = connection.setSavepoint("here");
      assertState(connection, "select nothing from nowhere", "42P01");
      assertState(connection, "select 1", "25P02");
      connection.rollback(savepoint);
      assertThat(query(connection, "select 3")).containsExactly("3");
      connection.commit();
    }
  }

  private static void assertState(Connection connection, String sql, String state) {
    assertThatThrownBy(() -> query(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void transactionModesAreTaken() throws SQLException {
    try (Connection connection = served.connect()) {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
      assertThat(query(connection, "select 1")).containsExactly("1");
      connection.commit();
    }
  }

  @Test
  void stringMayHoldSeveralStatements() throws SQLException {
    try (Connection connection = served.connect("preferQueryMode", "simple");
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute("select ';'; select $a$;'$a$ /* ; */ -- ;\n ; select E'\\';'"))
          .isTrue();
      assertThat(strings(statement.getResultSet())).containsExactly(";");
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(strings(statement.getResultSet())).containsExactly(";'");
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(strings(statement.getResultSet())).containsExactly("';");
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
    }
  }

  @Test
  void errorHasStatePositionAndHint() throws SQLException {
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = served.connect("preferQueryMode", mode)) {
        assertThatThrownBy(() -> query(connection, "  select 'a', 1 from nowhere"))
            .isInstanceOfSatisfying(
                PSQLException.class,
                e -> {
                  assertThat(e.getSQLState()).isEqualTo("42P01");
                  assertThat(e.getServerErrorMessage().getPosition()).isEqualTo(22);
                  assertThat(e.getServerErrorMessage().getHint()).isEqualTo("look there");
                  assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("ERROR");
                });
        assertThat(query(connection, "select 1")).containsExactly("1");
      }
    }
  }

  @Test
  void positionCountsFromTheStartOfTheString() throws SQLException {
    try (Connection connection = served.connect("preferQueryMode", "simple")) {
      String first = "select '\uD83D\uDE00';\n ";
      assertThatThrownBy(() -> execute(connection, first + "select 1 from nowhere"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e ->
                  assertThat(e.getServerErrorMessage().getPosition())
                      .isEqualTo(first.codePointCount(0, first.length()) + 15));
    }
  }

  @Test
  void internalErrorTellsNothingAndEndsNothing() throws SQLException {
    try (Connection connection = served.connect()) {
      assertThatThrownBy(() -> query(connection, "select internal_error()"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("XX000");
                assertThat(e.getMessage())
                    .containsPattern("internal error [0-9a-f-]{36}")
                    .doesNotContain(FakeGateway.SECRET);
              });
      assertThat(query(connection, "select 1")).containsExactly("1");
    }
  }

  @Test
  void batchOfStatementsRuns() throws SQLException {
    try (Connection connection = served.connect();
        PreparedStatement statement = connection.prepareStatement("set application_name = 'x'")) {
      for (int i = 0; i < 300; i++) {
        statement.addBatch();
      }
      assertThat(statement.executeBatch()).hasSize(300);
      assertThat(query(connection, "show application_name")).containsExactly("x");
    }
  }

  @Test
  void emptyStatementIsNoError() throws SQLException {
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = served.connect("preferQueryMode", mode);
          Statement statement = connection.createStatement()) {
        assertThat(statement.execute("")).isFalse();
        assertThat(statement.execute(" ; -- nothing\n ;")).isFalse();
        assertThat(query(connection, "select 1")).containsExactly("1");
      }
    }
  }

  @Test
  void copyIsRefused() throws SQLException {
    try (Connection connection = served.connect()) {
      assertState(connection, "COPY (select 1) TO STDOUT", "0A000");
      assertState(connection, "insert into x values (1)", "25006");
      assertThat(query(connection, "select 1")).containsExactly("1");
    }
  }

  @Test
  void tenThousandParametersAndColumnsFit() throws SQLException {
    int count = 10_000;
    String sql = "select " + "?::int,".repeat(count - 1) + "?::int";
    try (Connection connection = served.connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 1; i <= count; i++) {
        statement.setInt(i, i);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        long sum = 0;
        for (int i = 1; i <= count; i++) {
          sum += rows.getInt(i);
        }
        assertThat(sum).isEqualTo(count * (count + 1L) / 2);
      }
    }
  }

  @Test
  void discardAllResetsTheSession() throws SQLException {
    try (Connection connection = served.connect("preferQueryMode", "simple")) {
      execute(connection, "set as_of = '7'");
      assertThat(query(connection, "show as_of")).containsExactly("7");
      execute(connection, "prepare p as select 1");
      execute(connection, "discard all");
      assertState(connection, "show as_of", "42704");
      assertState(connection, "execute p", "26000");
      assertThat(served.gateway().sessions()).isEqualTo(1);
    }
  }

  @Test
  void optionsBecomeSettings() throws SQLException {
    try (Connection connection = served.connect("options", "-c as_of=12\\ 3 --search_path=a")) {
      assertThat(query(connection, "show as_of")).containsExactly("12 3");
      assertThat(query(connection, "show search_path")).containsExactly("a");
    }
    assertThatThrownBy(() -> served.connect("options", "-c no_such=1"))
        .hasMessageContaining("unrecognized configuration parameter \"no_such\"");
  }
}
