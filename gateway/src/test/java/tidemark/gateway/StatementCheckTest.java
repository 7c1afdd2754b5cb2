package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.StoredViews.View;

class StatementCheckTest {
  private final StatementCheck check = new StatementCheck();

  @AfterEach
  void close() {
    check.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "select 1;",
        "SELECT * FROM points p JOIN series s USING (series_id)",
        "FROM rollups_1h",
        "TABLE series",
        "VALUES (1), (2)",
        "WITH busy AS (SELECT * FROM points) SELECT * FROM busy",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n",
        "SELECT (SELECT max(sum) FROM points), * FROM range(3), generate_series(1, 2), unnest([1])",
        "SELECT * FROM points WHERE series_id IN (SELECT series_id FROM series)",
        "SHOW TABLES",
        "DESCRIBE points",
        "DESCRIBE SELECT 1",
        "SUMMARIZE rollups_1m",
        "EXPLAIN SELECT * FROM points",
        "/* why */ -- so\n explain analyze SELECT * FROM points",
        "SELECT 'COPY points TO x; DROP TABLE y' AS harmless",
      })
  void questionsMayRun(String sql) {
    assertThat(check.check(sql)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY points TO '/tmp/stolen.csv'",
        "COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "CREATE TABLE t AS SELECT 1",
        "CREATE MACRO percentile(a, b) AS 1",
        "DROP VIEW points",
        "INSERT INTO points SELECT 1",
        "UPDATE points SET sum = 1",
        "DELETE FROM points",
        "CALL pragma_version()",
        "EXPORT DATABASE '/tmp/x'",
        "USE other",
        "BEGIN",
        "CHECKPOINT",
        "PREPARE p AS SELECT 1",
      })
  void everythingElseMayNot(String sql) {
    assertThatThrownBy(() -> check.check(sql))
        .isInstanceOf(GatewayException.class)
        .hasMessage(
            "only SELECT, WITH, VALUES, SHOW TABLES, DESCRIBE, SUMMARIZE and EXPLAIN are allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_parquet('/tmp/x.parquet')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('points')",
        "SELECT * FROM duckdb_settings()",
        "SELECT 1 WHERE EXISTS (SELECT * FROM sniff_csv('/etc/passwd'))",
        "WITH a AS (SELECT * FROM read_json('/x')) SELECT 1",
        "SUMMARIZE SELECT * FROM read_csv('/etc/passwd')",
      })
  void functionsThatReachOutAreRefused(String sql) {
    assertThatThrownBy(() -> check.check(sql))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("is not allowed, only generate_series, range, unnest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'x.parquet'",
        "SELECT * FROM duckdb_settings",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM system.main.points",
        "SELECT * FROM nothing",
        "DESCRIBE '/tmp/x.csv'",
      })
  void tablesThatAreNotOursAreRefused(String sql) {
    assertThatThrownBy(() -> check.check(sql))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("only points, rollups_10s, rollups_1h, rollups_1m, series");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SELECT 1; SELECT 2", "SELECT 1; DROP VIEW points", "", ";", "-- nothing"})
  void oneStatementAtATime(String sql) {
    assertThatThrownBy(() -> check.check(sql)).isInstanceOf(GatewayException.class);
  }

  @Test
  void aCteCannotLendItsNameToAFile() {
    assertThatThrownBy(
            () -> check.check("WITH \"/etc/passwd\" AS (SELECT 1) SELECT * FROM '/etc/passwd'"))
        .isInstanceOf(GatewayException.class)
        .hasMessage("a CTE must have a plain name, got \"/etc/passwd\"");
  }

  @Test
  void otherShowsAreRefused() {
    assertThatThrownBy(() -> check.check("SHOW DATABASES"))
        .isInstanceOf(GatewayException.class)
        .hasMessage("SHOW takes TABLES or the name of a table");
  }

  @Test
  void nestedExplainsAndNulCharactersAreRefused() {
    assertThatThrownBy(() -> check.check("EXPLAIN EXPLAIN SELECT 1"))
        .isInstanceOf(GatewayException.class);
    assertThatThrownBy(() -> check.check("SELECT 1 \0; DROP VIEW points"))
        .isInstanceOf(GatewayException.class)
        .hasMessage("a statement must not contain NUL characters");
  }

  @Test
  void deepNestingIsRefusedAndNotACrash() {
    String sql = "SELECT " + "abs(".repeat(5000) + "1" + ")".repeat(5000);
    assertThatThrownBy(() -> check.check(sql)).isInstanceOf(GatewayException.class);
    assertThat(check.check("SELECT 1")).isNotNull();
  }

  @Test
  void syntaxErrorsShowTheirPlace() {
    assertThatThrownBy(() -> check.check("SELECT sum\nFROM points\nWHER sum > 1"))
        .isInstanceOf(GatewayException.class)
        .hasMessage(
            """
            syntax error at or near "sum"
            line 3: WHER sum > 1
                         ^""");
  }

  @Test
  void viewsAreFoundWhereverTheyAreNamed() {
    assertThat(check.check("SELECT * FROM POINTS WHERE sum > (SELECT 1 FROM rollups_1h)").views())
        .containsExactlyInAnyOrder(View.POINTS, View.ROLLUPS_1H);
    assertThat(check.check("SUMMARIZE series").views()).containsExactly(View.SERIES);
    assertThat(check.check("SELECT 1").views()).isEmpty();
  }
}
