package tidemark.gateway.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Values of parameters: in the tree that is planned, and in the statement that runs. */
final class Parameters {
  private Parameters() {}

  /** The tree with constants in place of parameters, as far as the planner can use them. */
  static JsonNode bind(JsonNode tree, List<Object> values) {
    if (values.isEmpty()) {
      return tree;
    }
    JsonNode copy = tree.deepCopy();
    bindBelow(copy, values);
    return copy;
  }

  private static void bindBelow(JsonNode node, List<Object> values) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        JsonNode constant = constant(field.getValue(), values);
        if (constant != null) {
          field.setValue(constant);
        } else {
          bindBelow(field.getValue(), values);
        }
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode constant = constant(array.get(i), values);
        if (constant != null) {
          array.set(i, constant);
        } else {
          bindBelow(array.get(i), values);
        }
      }
    }
  }

  private static JsonNode constant(JsonNode node, List<Object> values) {
    if (!node.path("class").asText().equals("PARAMETER")) {
      return null;
    }
    String name = node.path("identifier").asText();
    int index = name.matches("\\d{1,5}") ? Integer.parseInt(name) - 1 : -1;
    Object value = index >= 0 && index < values.size() ? values.get(index) : null;
    if (value instanceof String || value instanceof OffsetDateTime) {
      return constant("VARCHAR", JsonNodeFactory.instance.textNode(value.toString()));
    }
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return constant("BIGINT", JsonNodeFactory.instance.numberNode(((Number) value).longValue()));
    }
    return null;
  }

  private static JsonNode constant(String type, JsonNode value) {
    ObjectNode constant = JsonNodeFactory.instance.objectNode();
    constant.put("class", "CONSTANT");
    constant.put("type", "VALUE_CONSTANT");
    constant.put("alias", "");
    constant.put("query_location", 0);
    ObjectNode inner = constant.putObject("value");
    inner.putObject("type").put("id", type).putNull("type_info");
    inner.put("is_null", false);
    inner.set("value", value);
    return constant;
  }

  static void set(PreparedStatement statement, List<Object> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }

  /** For the key of a cache: types count, since they may change an answer. */
  static String text(List<Object> values) {
    StringBuilder text = new StringBuilder();
    for (Object value : values) {
      Object shown = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value;
      text.append(value == null ? "null" : value.getClass().getSimpleName() + ":" + shown);
      text.append('\u0000');
    }
    return text.toString();
  }
}
