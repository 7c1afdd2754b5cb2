package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.plan.Planner;

/** Counted buckets against the engine's own {@code time_bucket}. */
final class TimeBucketsTest {
  private static final List<String> STEPS =
      List.of(
          "INTERVAL 1 SECOND",
          "INTERVAL 7 SECOND",
          "INTERVAL 1 MINUTE",
          "INTERVAL '5 minutes'",
          "'90 seconds'",
          "INTERVAL 7 MINUTE",
          "INTERVAL 1 HOUR",
          "INTERVAL 5 HOUR",
          "INTERVAL 1 DAY",
          "INTERVAL 3 DAY",
          "INTERVAL 1 WEEK",
          "INTERVAL 366 DAY");

  private static final List<String> COUNTED =
      List.of(
          "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, count(*) FROM points GROUP BY t ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS time, count(*) FROM points GROUP BY 1 ORDER BY 1",
          "SELECT time_bucket('5 minutes', time) AS t, count(*) FROM points"
              + " GROUP BY time_bucket('5 minutes', points.time) ORDER BY time_bucket('5 minutes', time)",
          "SELECT Time_Bucket (INTERVAL 1 HOUR, p.time) AS \"grün\", max(value) FROM points p"
              + " WHERE 'ü' <> '' GROUP BY ALL HAVING time_bucket(INTERVAL 1 HOUR, p.time) IS NOT NULL ORDER BY 1, 2",
          "SELECT avg(n) FROM (SELECT time_bucket(INTERVAL 1 DAY, time) AS day, count(*) AS n"
              + " FROM rollups_1h GROUP BY day)",
          "WITH b AS (SELECT time_bucket(INTERVAL 1 WEEK, time) AS w FROM points)"
              + " SELECT w, count(*), typeof(any_value(w)) FROM b GROUP BY w ORDER BY w",
          "SELECT time_bucket(INTERVAL 1 MINUTE, a.time) AS t, count(*) FROM points a"
              + " JOIN rollups_1h b ON a.time = b.time GROUP BY t ORDER BY t",
          "SELECT DISTINCT epoch(time_bucket(INTERVAL 1 HOUR, time)) AS e FROM points ORDER BY e");

  private static final List<String> LEFT_ALONE =
      List.of(
          "SELECT time_bucket(INTERVAL 1 MINUTE, time), count(*) FROM points GROUP BY 1 ORDER BY 1",
          "SELECT time_bucket(INTERVAL 1 MONTH, time) AS t, count(*) FROM points GROUP BY t ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 DAY, time, INTERVAL 1 HOUR) AS t FROM points ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 DAY, last_at) AS t FROM points ORDER BY t",
          "SELECT time_bucket(INTERVAL (count) SECOND, time) AS t FROM points ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 DAY, time) AS t FROM"
              + " (SELECT CAST(time AS TIMESTAMP) AS time FROM points) ORDER BY t",
          "WITH points AS (SELECT DATE '2026-03-01' AS time) SELECT time_bucket(INTERVAL 1 DAY, time) AS t"
              + " FROM points",
          "SELECT time_bucket(INTERVAL 1 DAY, time) AS t, 1 AS time FROM points ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 DAY, time) AS t FROM points UNION SELECT NULL ORDER BY t",
          "SELECT time_bucket(INTERVAL 1 DAY, x) AS t FROM points AS p(x) ORDER BY t",
          "SELECT \"time_bucket\"(INTERVAL 1 DAY, time) AS t, count(*) FROM points"
              + " GROUP BY time_bucket(INTERVAL 1 DAY, time) ORDER BY t");

  @TempDir Path folder;

  private final ObjectMapper json = new ObjectMapper();
  private Engine engine;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    engine = new Engine(List.of(folder), "1GB");
    connection = engine.connect();
    for (String name : List.of("points", "rollups_1h")) {
      Engine.execute(
          connection,
          "CREATE TEMP TABLE "
              + name
              + " AS SELECT make_timestamptz(1772323200000000 + i * 47000000) AS time, i AS value,"
              + " 3 AS count, make_timestamptz(i * 1000000) AS last_at FROM range(2000) t(i)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    engine.close();
  }

  private String spelledOut(String sql) throws Exception {
    try (PreparedStatement parse =
        connection.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))")) {
      parse.setString(1, sql);
      try (ResultSet row = parse.executeQuery()) {
        row.next();
        JsonNode tree = json.readTree(row.getString(1)).at("/statements/0");
        return Planner.spellOut(sql, tree, Instant.EPOCH);
      }
    }
  }

  /** Names and types of columns, then the rows. */
  private List<String> answer(String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int width = rows.getMetaData().getColumnCount();
      for (int i = 1; i <= width; i++) {
        lines.add(
            rows.getMetaData().getColumnLabel(i) + ' ' + rows.getMetaData().getColumnTypeName(i));
      }
      while (rows.next()) {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= width; i++) {
          line.append(rows.getString(i)).append('|');
        }
        lines.add(line.toString());
      }
    }
    return lines;
  }

  @Test
  void countedBucketsAreThoseOfTheEngine() throws SQLException {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (String step : STEPS) {
      // from year 1 to 9999, then near 1970 and near the origin; whole seconds among them
      String times =
          """
          SELECT make_timestamptz(CAST(-62135596800000000 + hash(i, %1$d) %% 315537897600000000 AS BIGINT)) AS x
            FROM range(20000) t(i)
          UNION ALL SELECT make_timestamptz(CAST(hash(i, %1$d) %% 4000000 AS BIGINT) * 1000000 - 2000000000000)
            FROM range(5000) t(i)
          UNION ALL SELECT make_timestamptz(946857600000000 + i * 500000) FROM range(-5000, 5000) t(i)
          UNION ALL SELECT make_timestamptz(946857600000000 + i * 86400000000 + j)
            FROM range(-3000, 3000) t(i), range(-1, 2) u(j)"""
              .formatted(random.nextLong());
      List<String> wrong =
          answer(
              "SELECT x, time_bucket(%1$s, x) AS wanted, bucket_utc(%1$s, x) AS found FROM (%2$s)"
                      .formatted(step, times)
                  + " WHERE wanted IS DISTINCT FROM found OR typeof(wanted) <> typeof(found) LIMIT 5");
      assertThat(wrong).as(step).hasSize(3);
    }
    assertThat(answer("SELECT bucket_utc(INTERVAL 1 DAY, CAST(NULL AS TIMESTAMPTZ))").get(1))
        .isEqualTo("null|");
  }

  @Test
  void statementsAnswerTheSame() throws Exception {
    for (String sql : COUNTED) {
      String counted = spelledOut(sql);
      assertThat(counted).doesNotContainIgnoringCase("time_bucket").contains("bucket_utc(");
      assertThat(answer(counted)).as(sql).isEqualTo(answer(sql)).hasSizeGreaterThan(1);
    }
  }

  @Test
  void whatIsNotCertainStaysAsItIs() throws Exception {
    for (String sql : LEFT_ALONE) {
      assertThat(spelledOut(sql)).isEqualTo(sql);
    }
  }
}
