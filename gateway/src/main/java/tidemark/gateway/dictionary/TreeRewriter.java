package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * Turns a tree of PostgreSQL's meaning into one of DuckDB's, in place, and refuses what is not
 * allowed: every relation becomes one of the dictionary or a CTE, every function one of {@link
 * AllowedFunctions}.
 */
final class TreeRewriter {
  /** What may stand without brackets though it is a function. */
  private static final Set<String> BARE =
      Set.of(
          "current_user",
          "session_user",
          "user",
          "current_role",
          "current_catalog",
          "current_schema");

  /** Columns that every table of PostgreSQL has, and {@code *} does not show. */
  private static final Set<String> HIDDEN = Set.of("tableoid", "xmin");

  private static final Map<String, String> LIKE =
      Map.of(
          "~~", "like_escape",
          "!~~", "not_like_escape",
          "~~*", "ilike_escape",
          "!~~*", "not_ilike_escape");

  private static final Map<String, Boolean> REGEXP_WITHOUT_CASE = Map.of("~*", true, "!~*", false);

  private final TreeFacts facts;
  private final List<ValueType> parameters;

  TreeRewriter(TreeFacts facts, List<ValueType> parameters) {
    this.facts = facts;
    this.parameters = parameters;
  }

  void rewrite(JsonNode tree) {
    replace(tree, CastRewriter.Place.ITEM);
  }

  /** Children first, then the node itself. */
  private JsonNode replace(JsonNode node, CastRewriter.Place place) {
    if (node instanceof ArrayNode array) {
      for (int index = 0; index < array.size(); index++) {
        array.set(index, replace(array.get(index), place));
      }
      return array;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    if (Nodes.type(object).equals("TABLE_FUNCTION")) {
      ((ObjectNode) object.path("function"))
          .set("children", replace(object.path("function").path("children"), place));
      return tableFunction(object);
    }
    List<String> fields = new ArrayList<>();
    object.fieldNames().forEachRemaining(fields::add);
    for (String field : fields) {
      object.set(field, replace(object.get(field), placeOf(object, field, place)));
    }
    return replaceItself(object, place);
  }

  private static CastRewriter.Place placeOf(JsonNode node, String field, CastRewriter.Place outer) {
    if (Nodes.isSelect(node)) {
      return switch (field) {
        case "select_list", "from_table", "cte_map" -> outer;
        default -> CastRewriter.Place.VALUE;
      };
    }
    if (Nodes.isCast(node)) {
      return CastRewriter.isText(node) ? CastRewriter.Place.ITEM : CastRewriter.Place.NUMBER;
    }
    return switch (node.path("class").asText()) {
      case "" -> field.equals("when_expr") ? CastRewriter.Place.VALUE : outer;
      case "CASE" -> outer;
      case "FUNCTION" ->
          CastRewriter.takesText(node) ? CastRewriter.Place.ITEM : CastRewriter.Place.VALUE;
      default -> CastRewriter.Place.VALUE;
    };
  }

  private JsonNode replaceItself(ObjectNode node, CastRewriter.Place place) {
    switch (node.path("class").asText()) {
      case "FUNCTION", "WINDOW" -> {
        return function(node);
      }
      case "CAST" -> {
        return CastRewriter.rewrite(node, place);
      }
      case "COLUMN_REF" -> {
        return column(node);
      }
      case "PARAMETER" -> {
        ValueType type = parameters.get(ParameterTypes.number(node) - 1);
        return alias(Nodes.cast(node, ParameterTypes.engineType(type)), node);
      }
      case "COMPARISON" -> {
        unbrace(node, "left", "right");
        unbrace(node, "right", "left");
      }
      case "COLLATE" -> {
        return alias((ObjectNode) node.path("child"), node);
      }
      case "SUBQUERY" -> unbraceAny(node);
      default -> table(node);
    }
    return node;
  }

  private static ObjectNode alias(ObjectNode replacement, JsonNode replaced) {
    return replacement.put("alias", replaced.path("alias").asText());
  }

  private void table(ObjectNode node) {
    if (Nodes.type(node).equals("SHOW_REF") || Nodes.type(node).equals("PIVOT")) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "the dictionary takes SELECT, WITH, VALUES and SHOW");
    }
    if (!Nodes.type(node).equals("BASE_TABLE") || facts.isCte(node)) {
      return;
    }
    SystemRelation relation =
        facts
            .relationOf(node)
            .orElseThrow(
                () ->
                    new AskException(
                        SqlState.UNDEFINED_TABLE,
                        "relation \"" + node.path("table_name").asText() + "\" does not exist"));
    node.put("catalog_name", "");
    node.put("schema_name", relation.engineSchema());
    node.put("table_name", relation.name());
  }

  private JsonNode tableFunction(ObjectNode node) {
    JsonNode function = node.path("function");
    String name = Nodes.functionName(function).toLowerCase(Locale.ROOT);
    String alias = node.path("alias").asText().isEmpty() ? name : node.path("alias").asText();
    if (name.equals("pg_get_keywords")) {
      return Nodes.table("dictionary", name, alias);
    }
    if (AllowedFunctions.OF_TABLES.contains(name)) {
      if (node.path("column_name_alias").isEmpty()) {
        node.putArray("column_name_alias").add(alias);
      }
      node.put("alias", alias);
      return node;
    }
    return Nodes.selectOf(function((ObjectNode) function), alias);
  }

  private static JsonNode function(ObjectNode node) {
    String name = Nodes.functionName(node).toLowerCase(Locale.ROOT);
    JsonNode children = node.path("children");
    if (name.equals("set_config")) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "set_config is not supported: use SET");
    }
    if (!AllowedFunctions.isAllowed(name)) {
      throw new AskException(
          SqlState.UNDEFINED_FUNCTION, "function " + name + " does not exist in the dictionary");
    }
    if (name.equals("regexp_full_match")) {
      return node.put("function_name", "regexp_matches").put("schema", "");
    }
    if (REGEXP_WITHOUT_CASE.containsKey(name)) {
      ObjectNode matches =
          Nodes.function("", "regexp_matches", children.path(0), children.path(1), Nodes.text("i"));
      return alias(REGEXP_WITHOUT_CASE.get(name) ? matches : Nodes.not(matches), node);
    }
    if (LIKE.containsKey(name)) {
      return alias(
          Nodes.function("", LIKE.get(name), children.path(0), children.path(1), Nodes.text("\\")),
          node);
    }
    if (name.equals("unnest") && Nodes.isBraced(children.path(0))) {
      ((ArrayNode) children).set(0, list(children.path(0), "VARCHAR"));
    }
    node.put("catalog", "");
    return node.put("schema", AllowedFunctions.isMacro(name) ? "pg" : "");
  }

  /** Whether what looks like a column may be something else. */
  static boolean isReplaced(JsonNode column) {
    String name = Nodes.columnName(column).toLowerCase(Locale.ROOT);
    return HIDDEN.contains(name)
        || (column.path("column_names").size() == 1 && BARE.contains(name));
  }

  private JsonNode column(ObjectNode node) {
    String name = Nodes.columnName(node).toLowerCase(Locale.ROOT);
    if (node.path("column_names").size() == 1 && BARE.contains(name)) {
      return alias(Nodes.function("pg", name), node);
    }
    if (HIDDEN.contains(name) && facts.relationOfColumn(node).isPresent()) {
      long value = name.equals("xmin") ? 1 : facts.relationOfColumn(node).get().oid();
      return alias(Nodes.cast(Nodes.text(Long.toString(value)), "UINTEGER"), node);
    }
    return node;
  }

  /** {@code column = '{...}'} where the column is an array. */
  private void unbrace(ObjectNode comparison, String column, String text) {
    if (Nodes.isBraced(comparison.path(text))) {
      facts
          .typeOf(comparison.path(column))
          .map(PostgresTypes::engineType)
          .filter(type -> type.endsWith("[]"))
          .ifPresent(
              type ->
                  comparison.set(
                      text, list(comparison.path(text), type.substring(0, type.length() - 2))));
    }
  }

  /** {@code oid = ANY('{...}')}: {@link #function} has made a list of texts of it. */
  private void unbraceAny(ObjectNode subquery) {
    JsonNode item = subquery.path("subquery").path("node").path("select_list").path(0);
    JsonNode list = item.path("children").path(0);
    boolean isOid = facts.typeOf(subquery.path("child")).filter("oid"::equals).isPresent();
    if (isOid && Nodes.functionName(item).equals("unnest") && Nodes.isCast(list)) {
      ((ArrayNode) item.path("children")).set(0, Nodes.cast(list, "UINTEGER[]"));
    }
  }

  private static JsonNode list(JsonNode braced, String element) {
    return CastRewriter.list(braced, element + "[]");
  }
}
