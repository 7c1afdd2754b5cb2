package tidemark.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each constant that is known here against the value that the engine gives it. */
final class ConstantsTest {
  private static final List<String> KNOWN_TIMES =
      List.of(
          "TIMESTAMPTZ '2026-03-02T00:00:00Z'",
          "TIMESTAMPTZ '2026-03-02 23:59:59.000001+00'",
          "TIMESTAMPTZ '2026-03-02 10:20:30.5+00:00'",
          "TIMESTAMPTZ '2026-03-02 10:20:30'",
          "TIMESTAMPTZ '2024-02-29'",
          "TIMESTAMPTZ '1900-01-01 00:00:00'",
          "TIMESTAMP '2026-03-02 10:20:30.123'",
          "DATE '1969-12-31'",
          "'2026-03-02T00:00:00Z'",
          "'2026-03-02'",
          "CAST('2026-01-01' AS TIMESTAMP WITH TIME ZONE)",
          "'2026-01-01'::timestamptz + INTERVAL 90 SECOND",
          "TIMESTAMPTZ '2026-03-02T00:00:00Z' - INTERVAL 1 HOUR",
          "TIMESTAMPTZ '2026-03-29T00:00:00Z' - INTERVAL '7 days' + INTERVAL '30' MINUTE",
          "TIMESTAMP '2026-03-29 00:00:00' - INTERVAL 2 WEEK",
          "DATE '2026-03-29' - INTERVAL (3) DAY",
          "TIMESTAMPTZ '2026-03-29T00:00:00Z' + INTERVAL (-5) MINUTES");

  private static final List<String> UNKNOWN_TIMES =
      List.of(
          "TIMESTAMPTZ '2026-02-30'",
          "TIMESTAMPTZ '2026-03-02 10:20'",
          "TIMESTAMPTZ '2026-03-02 10:20:30+01'",
          "TIMESTAMPTZ '2026-03-02 10:20:30 Europe/Berlin'",
          "TIMESTAMPTZ '0001-01-01'",
          "TIMESTAMPTZ '2026-03-02 24:00:00'",
          "TIMESTAMPTZ 'now'",
          "TRY_CAST('2026-03-02' AS TIMESTAMPTZ)",
          "TIMESTAMPTZ '2026-03-02' - INTERVAL 1 MONTH",
          "DATE '2026-03-02' - 1",
          "'2026-03-02' - INTERVAL 1 HOUR",
          "to_timestamp(0)",
          "7",
          "NULL");

  private static final List<String> KNOWN_STEPS =
      List.of(
          "INTERVAL 1 MINUTE",
          "INTERVAL '1' MINUTE",
          "INTERVAL '1 minute'",
          "INTERVAL '30 SECONDS'",
          "INTERVAL (90) SECOND",
          "INTERVAL 7 DAY",
          "INTERVAL 1 WEEK",
          "'5 minutes'",
          "'1 Hour'::INTERVAL",
          "to_hours(2)",
          "to_seconds(45)");

  private static final List<String> UNKNOWN_STEPS =
      List.of(
          "INTERVAL 1 MONTH",
          "INTERVAL 1 YEAR",
          "INTERVAL 0 SECOND",
          "INTERVAL (-1) DAY",
          "INTERVAL 1.5 MINUTE",
          "INTERVAL '1.5' MINUTE",
          "INTERVAL 100 MILLISECOND",
          "INTERVAL '1 hour 5 minutes'",
          "INTERVAL '1:00'",
          "5");

  private final ObjectMapper json = new ObjectMapper();
  private Connection engine;
  private PreparedStatement parse;

  @BeforeEach
  void open() throws SQLException {
    engine = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement statement = engine.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
    }
    parse = engine.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
  }

  @AfterEach
  void close() throws SQLException {
    parse.close();
    engine.close();
  }

  private JsonNode tree(String expression) throws Exception {
    parse.setString(1, "SELECT " + expression);
    try (ResultSet row = parse.executeQuery()) {
      row.next();
      return json.readTree(row.getString(1)).at("/statements/0/node/select_list/0");
    }
  }

  private long asked(String expression) throws SQLException {
    try (Statement statement = engine.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + expression)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void checkTime(String expression) throws Exception {
    assertThat(Constants.timeMicros(tree(expression)))
        .as(expression)
        .isEqualTo(OptionalLong.of(asked("epoch_us(CAST((" + expression + ") AS TIMESTAMPTZ))")));
  }

  @Test
  void timesAreThoseOfTheEngine() throws Exception {
    for (String expression : KNOWN_TIMES) {
      checkTime(expression);
    }
  }

  @Test
  void randomTimesAreThoseOfTheEngine() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> units = List.of("SECOND", "MINUTE", "HOUR", "DAY", "WEEK");
    for (int i = 0; i < 300; i++) {
      // from 1910 to 2159
      long seconds = -1_893_456_000L + (long) (random.nextDouble() * 7_890_000_000L);
      Instant time = Instant.ofEpochSecond(seconds, random.nextInt(1_000_000) * 1_000L);
      checkTime("TIMESTAMPTZ '" + time + "'");
      checkTime(
          "TIMESTAMPTZ '%s' %s INTERVAL %d %s"
              .formatted(
                  time,
                  random.nextBoolean() ? "-" : "+",
                  random.nextInt(200),
                  units.get(random.nextInt(units.size()))));
    }
  }

  @Test
  void whatIsNotCertainIsLeftToTheEngine() throws Exception {
    for (String expression : UNKNOWN_TIMES) {
      assertThat(Constants.timeMicros(tree(expression))).as(expression).isEmpty();
    }
    for (String expression : UNKNOWN_STEPS) {
      assertThat(Constants.stepSeconds(tree(expression))).as(expression).isEmpty();
    }
    for (String expression : List.of("1.5", "'1'", "NULL", "1 + 1", "9007199254740993")) {
      assertThat(Constants.wholeNumber(tree(expression))).as(expression).isEmpty();
    }
  }

  @Test
  void stepsAndNumbersAreThoseOfTheEngine() throws Exception {
    for (String expression : KNOWN_STEPS) {
      assertThat(Constants.stepSeconds(tree(expression)))
          .as(expression)
          .isEqualTo(
              OptionalLong.of(
                  asked("CAST(epoch(CAST((" + expression + ") AS INTERVAL)) AS BIGINT)")));
    }
    for (String expression : List.of("0", "60", "-5", "9007199254740992")) {
      assertThat(Constants.wholeNumber(tree(expression)))
          .as(expression)
          .isEqualTo(OptionalLong.of(asked(expression)));
    }
  }
}
