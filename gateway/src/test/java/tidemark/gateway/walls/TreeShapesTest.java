package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.AskException;

/** The closed list of nodes: nothing on it is made up, nothing else passes, nothing is skipped. */
class TreeShapesTest {
  private static final SqlParser PARSER = new SqlParser();

  /** Statements that hold every node, every type and every field with something in it. */
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT DISTINCT ON (a) a, CASE WHEN a THEN b ELSE c END, a IN (1), a NOT IN (1), NOT a,"
              + " a IS NULL, a IS NOT NULL, a[1], a[1:2], (a).b, ARRAY[1], TRY(a), coalesce(a, b),"
              + " GROUPING(a), *COLUMNS(*), a AND b OR c, a = 1, a <> 1, a < 1, a > 1, a <= 1,"
              + " a >= 1, a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a BETWEEN 1 AND 2,"
              + " a::INT, a COLLATE NOCASE, $1, #1, lambda x: x, (SELECT 1), a = ANY (SELECT 1),"
              + " t.* EXCLUDE (a, t.c) REPLACE (1 AS b) RENAME (d AS e, t.f AS g)"
              + " FROM points t(a, b) TABLESAMPLE 10% WHERE a GROUP BY GROUPING SETS (a, b)"
              + " HAVING a QUALIFY a ORDER BY a, b ASC, c DESC LIMIT 1 OFFSET 2",
          "SELECT sum(a ORDER BY b) FILTER (a), sum(a ORDER BY c) FILTER (WHERE a) OVER ("
              + " PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING EXCLUDE TIES),"
              + " lag(a, 1, 2) OVER (), lead(a) OVER (), row_number() OVER (), rank() OVER (),"
              + " dense_rank() OVER (), percent_rank() OVER (), cume_dist() OVER (),"
              + " ntile(2) OVER (), first_value(a) OVER (), last_value(a) OVER (),"
              + " nth_value(a, 2) OVER (), fill(a) OVER (ORDER BY b) FROM points LIMIT 10%",
          "WITH a(x) AS (VALUES (1)) SELECT * FROM a JOIN points p ON true JOIN series USING (b),"
              + " range(3) r(i), (SELECT 1) s(j)",
          "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
          "DESCRIBE points",
          "PIVOT points ON a IN (1, 2) USING sum(b) GROUP BY c",
          "UNPIVOT points ON COLUMNS('a') INTO NAME n VALUE v");

  @AfterAll
  static void close() {
    PARSER.close();
  }

  /** What a tree consists of, found without TreeWalk: by the fields that only nodes have. */
  private static void collect(JsonNode node, Set<String> found) {
    if (node.has("class")) {
      found.add(node.path("class").asText() + " " + node.path("type").asText());
    } else if (node.path("type").isTextual()) {
      found.add(node.path("type").asText());
    }
    node.forEach(child -> collect(child, found));
  }

  @Test
  void everyListedNodeIsOneThatTheParserMakes() {
    Set<String> found = new TreeSet<>();
    for (String sql : STATEMENTS) {
      collect(PARSER.parse(sql), found);
    }
    Set<String> missing = new TreeSet<>();
    for (String shape : TreeShapes.names()) {
      String name = shape.substring(shape.indexOf(' ') + 1);
      if (!name.equals("-")
          && found.stream().noneMatch(it -> it.equals(name) || it.startsWith(name + " "))) {
        missing.add(shape);
      }
    }
    TreeShapes.expressionTypes()
        .forEach(
            (name, types) ->
                types.stream()
                    .map(type -> name + " " + type)
                    .filter(it -> !found.contains(it))
                    .forEach(missing::add));
    assertThat(missing).isEmpty();
  }

  @Test
  void everyListedNodePasses() {
    for (String sql : STATEMENTS) {
      JsonNode tree = PARSER.parse(sql);
      assertThat(walk(sql).check(tree)).isNotNull();
    }
  }

  /** In each place of each tree: a node or a field that is on no list is refused. */
  @Test
  void whatIsOnNoListIsRefusedEverywhere() {
    int places = 0;
    for (String sql : STATEMENTS) {
      JsonNode tree = PARSER.parse(sql);
      List<ObjectNode> nodes = new ArrayList<>();
      collectNodes("statement", tree, nodes);
      for (ObjectNode node : nodes) {
        places++;
        node.put("new_field", 1);
        assertRefused(sql, tree);
        node.remove("new_field");
        if (node.path("type").isTextual()) {
          JsonNode type = node.get("type");
          node.put("type", "NEW_TYPE");
          if (!isSpelling(node)) {
            assertRefused(sql, tree);
          }
          node.set("type", type);
        }
        if (node.has("class")) {
          JsonNode name = node.get("class");
          node.put("class", "NEW_CLASS");
          assertRefused(sql, tree);
          node.set("class", name);
        }
      }
      assertThat(walk(sql).check(tree)).isNotNull();
    }
    assertThat(places).isGreaterThan(200);
  }

  /** Classes with one type only, which nothing depends on. */
  private static boolean isSpelling(JsonNode node) {
    return node.has("class")
        && !TreeShapes.expressionTypes().containsKey(node.path("class").asText());
  }

  /** Wherever an expression or a table may stand, one that is not allowed is found. */
  @Test
  void noPlaceIsSkipped() {
    JsonNode call = PARSER.parse("SELECT current_query()").path("node").path("select_list").path(0);
    JsonNode table = PARSER.parse("FROM foreign_points").path("node").path("from_table");
    int places = 0;
    for (String sql : STATEMENTS) {
      JsonNode tree = PARSER.parse(sql);
      List<ObjectNode> nodes = new ArrayList<>();
      collectNodes("statement", tree, nodes);
      for (ObjectNode node : nodes) {
        for (Map.Entry<String, JsonNode> field : List.copyOf(node.properties())) {
          JsonNode inside = field.getValue();
          JsonNode first = first(inside);
          JsonNode evil = first.has("class") ? call : isTable(first) ? table : null;
          if (evil != null) {
            places++;
            node.set(field.getKey(), inside.isArray() ? withFirst(inside, evil) : evil);
            assertRefused(sql, tree);
            node.set(field.getKey(), inside);
          }
        }
      }
    }
    assertThat(places).isGreaterThan(100);
  }

  private static JsonNode first(JsonNode node) {
    JsonNode first = node;
    while (first.isArray() && !first.isEmpty()) {
      first = first.get(0);
    }
    return first;
  }

  private static JsonNode withFirst(JsonNode list, JsonNode element) {
    ArrayNode changed = ((ArrayNode) list).deepCopy();
    JsonNode first = list.get(0);
    changed.set(0, first.isArray() ? withFirst(first, element) : element);
    return changed;
  }

  private static boolean isTable(JsonNode node) {
    return !node.has("class")
        && Set.of("BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "PIVOT")
            .contains(node.path("type").asText());
  }

  /** All nodes that the list knows, constants and types left out. */
  private static void collectNodes(String kind, JsonNode node, List<ObjectNode> nodes) {
    if (node.isArray()) {
      node.forEach(child -> collectNodes(kind, child, nodes));
      return;
    }
    String name = node.path("class").asText(node.path("type").asText("-"));
    Map<String, String> fields = TreeShapes.fields(kind, name);
    if (node instanceof ObjectNode object && !fields.isEmpty()) {
      nodes.add(object);
      fields.forEach((field, inside) -> collectNodes(inside, node.path(field), nodes));
    }
  }

  private static TreeWalk walk(String sql) {
    StatementKind kind = sql.startsWith("DESCRIBE") ? StatementKind.DESCRIBE : StatementKind.QUERY;
    return new TreeWalk(sql, AttackList.LISTS, PARSER, kind);
  }

  private static void assertRefused(String sql, JsonNode tree) {
    assertThatThrownBy(() -> walk(sql).check(tree))
        .as("%s as %s", sql, tree)
        .isInstanceOf(AskException.class);
  }
}
