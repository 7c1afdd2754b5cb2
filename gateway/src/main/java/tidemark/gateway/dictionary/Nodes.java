package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes nodes of DuckDB's serialized parse tree, and tells them apart. */
final class Nodes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Nodes() {}

  static String type(JsonNode node) {
    return node.path("type").asText();
  }

  static boolean isFunction(JsonNode node) {
    return node.path("class").asText().equals("FUNCTION");
  }

  static String functionName(JsonNode node) {
    return node.path("function_name").asText();
  }

  static boolean isSelect(JsonNode node) {
    return type(node).equals("SELECT_NODE");
  }

  static boolean isCast(JsonNode node) {
    return node.path("class").asText().equals("CAST");
  }

  static boolean isColumn(JsonNode node) {
    return node.path("class").asText().equals("COLUMN_REF");
  }

  static boolean isParameter(JsonNode node) {
    return node.path("class").asText().equals("PARAMETER");
  }

  /** A text that reads like one of PostgreSQL's array literals. */
  static boolean isBraced(JsonNode node) {
    String text = node.path("value").path("value").asText();
    return node.path("class").asText().equals("CONSTANT")
        && text.startsWith("{")
        && text.endsWith("}");
  }

  /** The last part of a column's name. */
  static String columnName(JsonNode column) {
    JsonNode names = column.path("column_names");
    return names.path(names.size() - 1).asText();
  }

  static ObjectNode function(String schema, String name, JsonNode... children) {
    ObjectNode node = expression("FUNCTION", "FUNCTION");
    node.put("function_name", name).put("schema", schema);
    ArrayNode list = node.putArray("children");
    for (JsonNode child : children) {
      list.add(child);
    }
    node.putNull("filter");
    ObjectNode order = node.putObject("order_bys");
    order.put("type", "ORDER_MODIFIER").putArray("orders");
    return node.put("distinct", false)
        .put("is_operator", false)
        .put("export_state", false)
        .put("catalog", "");
  }

  static ObjectNode text(String text) {
    ObjectNode node = expression("CONSTANT", "VALUE_CONSTANT");
    ObjectNode value = node.putObject("value");
    value.putObject("type").put("id", "VARCHAR").putNull("type_info");
    value.put("is_null", false).put("value", text);
    return node;
  }

  static ObjectNode not(JsonNode child) {
    ObjectNode node = expression("OPERATOR", "OPERATOR_NOT");
    node.putArray("children").add(child);
    return node;
  }

  static ObjectNode column(String... names) {
    ObjectNode node = expression("COLUMN_REF", "COLUMN_REF");
    ArrayNode list = node.putArray("column_names");
    for (String name : names) {
      list.add(name);
    }
    return node;
  }

  /**
   * @param type of the engine, without modifiers; {@code X[]} for a list
   */
  static ObjectNode cast(JsonNode child, String type) {
    ObjectNode node = expression("CAST", "OPERATOR_CAST");
    node.set("child", child);
    node.set("cast_type", castType(type));
    return node.put("try_cast", false);
  }

  private static ObjectNode castType(String type) {
    ObjectNode node = JSON.objectNode();
    if (!type.endsWith("[]")) {
      return node.put("id", type).putNull("type_info");
    }
    ObjectNode info = node.put("id", "LIST").putObject("type_info");
    info.put("type", "LIST_TYPE_INFO").put("alias", "").putNull("extension_info");
    info.set("child_type", castType(type.substring(0, type.length() - 2)));
    return node;
  }

  /** {@code (SELECT function AS name) AS alias}: a scalar function in FROM. */
  static ObjectNode selectOf(JsonNode function, String alias) {
    ObjectNode item = function.deepCopy();
    item.put("alias", alias);
    ObjectNode select = JSON.objectNode().put("type", "SELECT_NODE");
    select.putArray("modifiers");
    select.putObject("cte_map").putArray("map");
    select.putArray("select_list").add(item);
    ObjectNode empty = select.putObject("from_table").put("type", "EMPTY").put("alias", "");
    empty.putNull("sample");
    select.putNull("where_clause");
    select.putArray("group_expressions");
    select.putArray("group_sets");
    select.put("aggregate_handling", "STANDARD_HANDLING");
    select.putNull("having").putNull("sample").putNull("qualify");
    ObjectNode node = JSON.objectNode().put("type", "SUBQUERY").put("alias", alias);
    node.putNull("sample");
    ObjectNode subquery = node.putObject("subquery");
    subquery.set("node", select);
    subquery.putArray("named_param_map");
    node.putArray("column_name_alias");
    return node;
  }

  static ObjectNode table(String schema, String name, String alias) {
    ObjectNode node = JSON.objectNode().put("type", "BASE_TABLE").put("alias", alias);
    node.putNull("sample").put("schema_name", schema).put("table_name", name);
    node.putArray("column_name_alias");
    return node.put("catalog_name", "").putNull("at_clause");
  }

  private static ObjectNode expression(String nodeClass, String type) {
    return JSON.objectNode().put("class", nodeClass).put("type", type).put("alias", "");
  }
}
