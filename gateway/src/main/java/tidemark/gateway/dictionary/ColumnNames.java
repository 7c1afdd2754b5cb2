package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/** Gives columns without an alias the names that PostgreSQL gives them. */
final class ColumnNames {
  private static final String NONE = "?column?";

  private static final Map<String, String> FUNCTIONS =
      Map.of("count_star", "count", "list_value", "array", "trim", "btrim", "date_part", "extract");

  private static final Map<String, String> TYPES =
      Map.of(
          "VARCHAR",
          "text",
          "BIGINT",
          "int8",
          "INTEGER",
          "int4",
          "SMALLINT",
          "int2",
          "BOOLEAN",
          "bool",
          "DOUBLE",
          "float8",
          "UINTEGER",
          "oid",
          "FLOAT",
          "float4");

  private ColumnNames() {}

  /** In every SELECT of the tree: names of derived tables are as visible as those of the answer. */
  static void give(JsonNode node) {
    if (Nodes.isSelect(node)) {
      for (JsonNode item : node.path("select_list")) {
        boolean isNamed = !item.path("alias").asText().isEmpty();
        boolean isStar = item.path("class").asText().equals("STAR");
        // A column keeps its name by itself; its name as an alias would hide that it is unknown.
        boolean isKept = Nodes.isColumn(item) && !TreeRewriter.isReplaced(item);
        if (!isNamed && !isStar && !isKept) {
          ((ObjectNode) item).put("alias", name(item));
        }
      }
    }
    node.forEach(ColumnNames::give);
  }

  private static String name(JsonNode item) {
    JsonNode children = item.path("children");
    return switch (item.path("class").asText()) {
      case "COLUMN_REF" -> Nodes.columnName(item);
      case "FUNCTION", "WINDOW" -> functionName(item);
      case "CAST" -> castName(item);
      case "CASE" -> {
        String otherwise = name(item.path("else_expr"));
        yield otherwise.equals(NONE) ? "case" : otherwise;
      }
      case "SUBQUERY" -> subqueryName(item);
      case "OPERATOR" ->
          switch (Nodes.type(item)) {
            case "OPERATOR_COALESCE" -> "coalesce";
            case "ARRAY_EXTRACT" -> name(children.path(0));
            case "STRUCT_EXTRACT" -> children.path(1).path("value").path("value").asText();
            default -> NONE;
          };
      default -> NONE;
    };
  }

  private static String functionName(JsonNode function) {
    String name = Nodes.functionName(function).toLowerCase(Locale.ROOT);
    boolean isOperator =
        function.path("is_operator").asBoolean()
            || (AllowedFunctions.isOperator(name) && !FUNCTIONS.containsKey(name));
    return isOperator ? NONE : FUNCTIONS.getOrDefault(name, name);
  }

  private static String castName(JsonNode cast) {
    JsonNode innermost = cast;
    while (Nodes.isCast(innermost)) {
      innermost = innermost.path("child");
    }
    String child = name(innermost);
    if (!child.equals(NONE)) {
      return child;
    }
    JsonNode type = cast.path("cast_type");
    String unbound = type.path("type_info").path("name").asText();
    return unbound.isEmpty()
        ? TYPES.getOrDefault(type.path("id").asText(), NONE)
        : unbound.toLowerCase(Locale.ROOT);
  }

  private static String subqueryName(JsonNode subquery) {
    JsonNode item = subquery.path("subquery").path("node").path("select_list").path(0);
    if (subquery.path("subquery_type").asText().equals("EXISTS")) {
      return "exists";
    }
    if (!subquery.path("subquery_type").asText().equals("SCALAR")) {
      return NONE;
    }
    String alias = item.path("alias").asText();
    if (!alias.isEmpty()) {
      return alias;
    }
    return isArray(item) ? "array" : name(item);
  }

  /** {@code ARRAY(SELECT ...)}, which the parser makes an aggregate over positions. */
  private static boolean isArray(JsonNode item) {
    JsonNode then = item.path("else_expr");
    return Nodes.functionName(then).equals("array_agg")
        && Nodes.type(then.path("children").path(0)).equals("POSITIONAL_REFERENCE");
  }
}
