package tidemark.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tree whose time is pinned is what the parser makes of the text with the time in it. */
final class RewriteTest {
  private static final Instant NOW = Instant.parse("2026-03-02T10:20:30.123456Z");
  private static final String LITERAL = "TIMESTAMPTZ '2026-03-02T10:20:30.123456Z'";

  private static final List<String> ASKING =
      List.of(
          "SELECT now() AS t",
          "SELECT 'ü', Now ( ) - INTERVAL 1 HOUR AS \"ö\" FROM points WHERE time >= now() - INTERVAL '1 day'",
          "SELECT count(*) FROM points WHERE time BETWEEN current_timestamp - INTERVAL 1 HOUR AND CURRENT_TIMESTAMP",
          "WITH a AS (SELECT transaction_timestamp() AS x) SELECT * FROM a WHERE x IN (get_current_timestamp(), now())",
          "SELECT date_trunc('day', now()) AS d, (SELECT max(time) FROM points WHERE time < now()) AS m");

  private final ObjectMapper json = new ObjectMapper();
  private Connection engine;
  private PreparedStatement parse;

  @BeforeEach
  void open() throws SQLException {
    engine = DriverManager.getConnection("jdbc:duckdb:");
    parse = engine.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
  }

  @AfterEach
  void close() throws SQLException {
    parse.close();
    engine.close();
  }

  private JsonNode tree(String sql) throws Exception {
    parse.setString(1, sql);
    try (ResultSet row = parse.executeQuery()) {
      row.next();
      JsonNode answer = json.readTree(row.getString(1));
      assertThat(answer.path("error").asBoolean()).as(sql).isFalse();
      return answer.at("/statements/0");
    }
  }

  private static JsonNode withoutPlaces(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove("query_location");
    }
    node.forEach(RewriteTest::withoutPlaces);
    return node;
  }

  @Test
  void pinnedTreeIsThatOfThePinnedText() throws Exception {
    for (String sql : ASKING) {
      JsonNode tree = tree(sql);
      JsonNode before = tree.deepCopy();
      String text = Rewrite.spellOut(sql, tree, NOW);
      JsonNode pinned = Rewrite.pinNow(sql, tree, NOW);
      assertThat(text).contains(LITERAL).doesNotContainIgnoringCase("now(");
      // written and read, for a number is of another class when it is made by hand
      assertThat(withoutPlaces(json.readTree(pinned.toString())))
          .as(sql)
          .isEqualTo(withoutPlaces(tree(text)));
      assertThat(tree).isEqualTo(before);
    }
  }

  @Test
  void timeAndShortFormsGoTogether() throws Exception {
    String sql =
        "SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, rate(INTERVAL 1 MINUTE), percentile(0.9)"
            + " FROM points WHERE time < now() GROUP BY t";
    assertThat(Rewrite.spellOut(sql, tree(sql), NOW))
        .isEqualTo(
            "SELECT bucket_utc(INTERVAL 1 MINUTE, time) AS t, rate_of(sum(\"sum\"), INTERVAL 1 MINUTE),"
                + " percentile(sketch, 0.9) FROM points WHERE time < "
                + LITERAL
                + " GROUP BY t");
  }

  @Test
  void whatDoesNotAskStaysAsItIs() throws Exception {
    String sql = "SELECT 'now()' AS now FROM points WHERE time < TIMESTAMPTZ '2026-01-01'";
    JsonNode tree = tree(sql);
    assertThat(Rewrite.pinNow(sql, tree, NOW)).isSameAs(tree);
    assertThat(Rewrite.spellOut(sql, tree, NOW)).isEqualTo(sql);
  }
}
