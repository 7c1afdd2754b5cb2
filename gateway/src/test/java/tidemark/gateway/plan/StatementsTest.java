package tidemark.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM points LIMIT 0",
        "SELECT * FROM (SELECT * FROM points) p LIMIT 0",
        "SELECT * FROM points LIMIT NULL",
        "SELECT * FROM points LIMIT 0%",
        "SELECT * FROM points LIMIT (SELECT 0)",
        "SELECT * FROM points WHERE 1 = 0",
        "SELECT * FROM points WHERE false AND metric = 'a'",
        "SELECT * FROM points WHERE metric = 'a' AND (count > 1 AND 1 > 2)",
        "SELECT sum(sum) FROM points HAVING false",
        "SELECT * FROM points JOIN (SELECT 1 AS x WHERE 1 = 2) ON count = x",
        "SELECT * FROM points p JOIN series s ON 1 = 2"
      })
  void aStatementWhoseTextMayLeaveNoRowIsTold(String sql) throws Exception {
    assertThat(Statements.mayReadNothing(tree(sql))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT sum(sum) FROM points",
        "SELECT sum(sum) AS s FROM points WHERE metric = 'a' ORDER BY s LIMIT 10",
        "SELECT sum(sum) FROM points WHERE metric = 'a' AND time >= '2026-03-01' HAVING sum(count) > 1",
        "SELECT * FROM points p JOIN series s ON p.series_id = s.series_id"
      })
  void anyOtherReadsRows(String sql) throws Exception {
    assertThat(Statements.mayReadNothing(tree(sql))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host = 'h1'",
        "\"the \"\"Host\" <> 'it''s'",
        "host < 'ü''\\'",
        "host > ''",
        "host <= ' -- '",
        "host >= 'a\tb'",
        "lower(host) = 'h1'",
        "host = service",
        "'h1' = host",
        "host = 1"
      })
  void whatIsWrittenIsParsedAsTheSameExpression(String condition) throws Exception {
    try (Connection engine = DriverManager.getConnection("jdbc:duckdb:")) {
      JsonNode parsed = condition(condition);
      String written = new Statements(engine).expression(parsed);
      assertThat(withoutPlaces(condition(written))).isEqualTo(withoutPlaces(parsed));
    }
  }

  private static JsonNode condition(String sql) throws Exception {
    return tree("SELECT * FROM points WHERE " + sql).at("/node/where_clause");
  }

  private static JsonNode withoutPlaces(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove("query_location");
    }
    node.forEach(StatementsTest::withoutPlaces);
    return node;
  }

  private static JsonNode tree(String sql) throws Exception {
    try (Connection engine = DriverManager.getConnection("jdbc:duckdb:");
        PreparedStatement parse =
            engine.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))")) {
      parse.setString(1, sql);
      try (ResultSet row = parse.executeQuery()) {
        row.next();
        JsonNode answer = new ObjectMapper().readTree(row.getString(1));
        assertThat(answer.path("error").asBoolean()).as(sql).isFalse();
        return answer.at("/statements/0");
      }
    }
  }
}
