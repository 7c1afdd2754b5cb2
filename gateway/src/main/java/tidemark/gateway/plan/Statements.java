package tidemark.gateway.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parse trees as DuckDB's {@code json_serialize_sql} gives them: questions about nodes, and the way
 * back to SQL. Evaluates constants in the parser's instance, which holds no data.
 *
 * <p>One at a time: guard it, or have one per session.
 */
final class Statements {
  /** Functions of constants whose value does not change within a statement. */
  private static final Set<String> STEADY =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "to_seconds",
          "to_minutes",
          "to_hours",
          "to_days",
          "to_weeks",
          "to_months",
          "to_years",
          "to_milliseconds",
          "trunc",
          "date_trunc",
          "datetrunc",
          "time_bucket",
          "to_timestamp",
          "make_timestamp",
          "make_timestamptz",
          "epoch_ms");

  private static final Map<String, String> COMPARISONS =
      Map.of(
          "COMPARE_EQUAL", " = ",
          "COMPARE_NOTEQUAL", " <> ",
          "COMPARE_LESSTHAN", " < ",
          "COMPARE_GREATERTHAN", " > ",
          "COMPARE_LESSTHANOREQUALTO", " <= ",
          "COMPARE_GREATERTHANOREQUALTO", " >= ");

  private final ObjectMapper json = new ObjectMapper();
  private final PreparedStatement deserialize;
  private final Connection parser;

  Statements(Connection parser) throws SQLException {
    this.parser = parser;
    deserialize = parser.prepareStatement("SELECT json_deserialize_sql(CAST(? AS JSON))");
  }

  // ---- questions

  static boolean isColumn(JsonNode node) {
    return node.path("class").asText().equals("COLUMN_REF");
  }

  /** Last part of a column's name, lower case. */
  static String columnName(JsonNode column) {
    JsonNode names = column.path("column_names");
    return names.path(names.size() - 1).asText().toLowerCase(Locale.ROOT);
  }

  /** What stands before the name, lower case; empty if nothing does. */
  static String qualifier(JsonNode column) {
    JsonNode names = column.path("column_names");
    return names.size() < 2 ? "" : names.path(names.size() - 2).asText().toLowerCase(Locale.ROOT);
  }

  static boolean isFunction(JsonNode node) {
    return node.path("class").asText().equals("FUNCTION");
  }

  static String functionName(JsonNode function) {
    return function.path("function_name").asText().toLowerCase(Locale.ROOT);
  }

  static Optional<String> text(JsonNode node) {
    JsonNode value = node.path("value");
    return node.path("class").asText().equals("CONSTANT")
            && value.path("type").path("id").asText().equals("VARCHAR")
            && !value.path("is_null").asBoolean()
        ? Optional.of(value.path("value").asText())
        : Optional.empty();
  }

  /** Whether the predicate holds for the node or anything below it. */
  static boolean any(JsonNode node, Predicate<JsonNode> predicate) {
    if (node.isObject() && predicate.test(node)) {
      return true;
    }
    for (JsonNode child : node) {
      if (any(child, predicate)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the node or anything below it takes a sample. */
  static boolean hasSample(JsonNode node) {
    return any(node, part -> part.path("sample").isObject());
  }

  /**
   * Whether the engine may find out before it reads a row that no row counts, as tools ask that
   * want to know columns only: by a limit that is no number above zero, or a condition without
   * columns.
   */
  static boolean mayReadNothing(JsonNode tree) {
    return any(
        tree,
        node ->
            (node.path("type").asText().startsWith("LIMIT") && !isPositive(node.path("limit")))
                || isWithoutColumns(node.path("where_clause"))
                || isWithoutColumns(node.path("having"))
                || isWithoutColumns(node.path("qualify"))
                || isWithoutColumns(node.path("condition")));
  }

  private static boolean isPositive(JsonNode limit) {
    return limit.path("class").asText().equals("CONSTANT")
        && limit.path("value").path("value").asLong() > 0;
  }

  private static boolean isWithoutColumns(JsonNode condition) {
    if (condition.path("class").asText().equals("CONJUNCTION")) {
      for (JsonNode part : condition.path("children")) {
        if (isWithoutColumns(part)) {
          return true;
        }
      }
      return false;
    }
    return condition.isObject() && !any(condition, Statements::isColumn);
  }

  static boolean isConstant(JsonNode node) {
    return !any(
        node,
        part -> {
          String kind = part.path("class").asText();
          return kind.equals("COLUMN_REF")
              || kind.equals("SUBQUERY")
              || kind.equals("PARAMETER")
              || (kind.equals("FUNCTION") && !STEADY.contains(functionName(part)));
        });
  }

  // ---- values

  /** A constant as a time, microseconds since 1970; empty if it is none. */
  OptionalLong timeMicros(JsonNode constant) {
    OptionalLong known = Constants.timeMicros(constant);
    return known.isPresent() ? known : number("epoch_us(CAST((%s) AS TIMESTAMPTZ))", constant);
  }

  /**
   * A constant interval in seconds, a month or longer as a day, since those begin with one; empty
   * if it is none or no whole number of seconds.
   */
  OptionalLong stepSeconds(JsonNode constant) {
    OptionalLong known = Constants.stepSeconds(constant);
    if (known.isPresent()) {
      return known;
    }
    return number(
        "(SELECT CASE WHEN date_part('month', i) <> 0 OR date_part('year', i) <> 0 THEN 86400"
            + " WHEN epoch(i) = floor(epoch(i)) AND epoch(i) > 0 THEN CAST(epoch(i) AS BIGINT) END"
            + " FROM (SELECT CAST((%s) AS INTERVAL) AS i))",
        constant);
  }

  /** A constant number; empty if it is none. */
  OptionalLong wholeNumber(JsonNode constant) {
    OptionalLong known = Constants.wholeNumber(constant);
    if (known.isPresent()) {
      return known;
    }
    return number(
        "(SELECT CASE WHEN x = floor(x) THEN CAST(x AS BIGINT) END FROM (SELECT CAST((%s) AS DOUBLE)"
            + " AS x))",
        constant);
  }

  private OptionalLong number(String template, JsonNode constant) {
    if (!isConstant(constant)) {
      return OptionalLong.empty();
    }
    String sql = "SELECT " + template.formatted(expression(constant));
    try (PreparedStatement statement = parser.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      long value = row.getLong(1);
      return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    } catch (SQLException e) {
      // no value of that type: the statement itself will say so, with its place
      return OptionalLong.empty();
    }
  }

  // ---- back to SQL

  /** An expression as SQL. */
  String expression(JsonNode expression) {
    return comparison(expression).orElseGet(() -> deserialized(expression));
  }

  /**
   * A column compared with a text, which is what most conditions are: the way through the engine
   * takes it half a millisecond.
   */
  private static Optional<String> comparison(JsonNode node) {
    Optional<String> text = text(node.path("right"));
    boolean isPlain =
        node.path("class").asText().equals("COMPARISON")
            && COMPARISONS.containsKey(node.path("type").asText())
            && isColumn(node.path("left"))
            && node.path("left").path("column_names").size() == 1
            && text.isPresent()
            && text.get().chars().allMatch(each -> each >= ' ');
    return isPlain
        ? Optional.of(
            ViewSql.identifier(node.path("left").path("column_names").path(0).asText())
                + COMPARISONS.get(node.path("type").asText())
                + ViewSql.literal(text.get()))
        : Optional.empty();
  }

  private String deserialized(JsonNode expression) {
    ObjectNode select = selectNode();
    ((ArrayNode) select.get("select_list")).add(expression);
    return deserialize(select).substring("SELECT ".length());
  }

  /** {@code SELECT column FROM relation} where all conditions hold, their columns unqualified. */
  String select(
      String column, String relation, List<JsonNode> conditions, Optional<List<String>> metrics) {
    List<String> parts = new ArrayList<>();
    for (JsonNode condition : conditions) {
      JsonNode copy = condition.deepCopy();
      unqualify(copy);
      parts.add("(" + expression(copy) + ")");
    }
    metrics.ifPresent(names -> parts.add(ViewSql.in("metric", names)));
    return "SELECT %s FROM %s%s"
        .formatted(
            column, relation, parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts));
  }

  private static void unqualify(JsonNode node) {
    if (isColumn(node)) {
      ArrayNode names = (ArrayNode) node.get("column_names");
      while (names.size() > 1) {
        names.remove(0);
      }
    }
    node.forEach(Statements::unqualify);
  }

  private ObjectNode selectNode() {
    try {
      return (ObjectNode)
          json.readTree(
              """
              {"type":"SELECT_NODE","modifiers":[],"cte_map":{"map":[]},"select_list":[],
               "from_table":{"type":"EMPTY","alias":"","sample":null,
                 "query_location":18446744073709551615},
               "where_clause":null,"group_expressions":[],"group_sets":[],
               "aggregate_handling":"STANDARD_HANDLING","having":null,"sample":null,"qualify":null}
              """);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the literal above is JSON", e);
    }
  }

  private String deserialize(ObjectNode node) {
    ObjectNode root = json.createObjectNode();
    root.put("error", false);
    ObjectNode statement = root.putArray("statements").addObject();
    statement.set("node", node);
    statement.putArray("named_param_map");
    try {
      deserialize.setString(1, root.toString());
      try (ResultSet row = deserialize.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("a tree of DuckDB's own parser can be written again", e);
    }
  }
}
