package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** Tells the types of {@code $1}, {@code $2}, ... by what they are compared with or cast to. */
final class ParameterTypes {
  private static final int MOST = 1000;

  private final TreeFacts facts;
  private final Map<Integer, ValueType> types = new TreeMap<>();
  private int count;

  private ParameterTypes(TreeFacts facts) {
    this.facts = facts;
  }

  /** From {@code $1} on; {@link ValueType#TEXT} where nothing tells. */
  static List<ValueType> of(JsonNode tree, TreeFacts facts) {
    ParameterTypes types = new ParameterTypes(facts);
    types.visit(tree);
    List<ValueType> list = new ArrayList<>();
    for (int number = 1; number <= types.count; number++) {
      list.add(types.types.getOrDefault(number, ValueType.TEXT));
    }
    return List.copyOf(list);
  }

  /** The number of a parameter, from 1. */
  static int number(JsonNode parameter) {
    String identifier = parameter.path("identifier").asText();
    if (!identifier.matches("[1-9]\\d{0,3}") || Integer.parseInt(identifier) > MOST) {
      throw new AskException(
          SqlState.UNDEFINED_PARAMETER,
          "parameters must be $1 to $%d, got $%s".formatted(MOST, identifier));
    }
    return Integer.parseInt(identifier);
  }

  private void visit(JsonNode node) {
    if (Nodes.isParameter(node)) {
      count = Math.max(count, number(node));
    } else if (node.path("class").asText().equals("COMPARISON")) {
      tell(node.path("left"), node.path("right"));
      tell(node.path("right"), node.path("left"));
    } else if (Nodes.type(node).equals("COMPARE_IN")) {
      node.path("children").forEach(child -> tell(child, node.path("children").path(0)));
    } else if (node.path("class").asText().equals("BETWEEN")) {
      tell(node.path("lower"), node.path("input"));
      tell(node.path("upper"), node.path("input"));
    } else if (Nodes.isCast(node)) {
      tell(node.path("child"), ofEngine(node.path("cast_type").path("id").asText()));
    } else if (Nodes.type(node).equals("LIMIT_MODIFIER")) {
      tell(node.path("limit"), ValueType.INT8);
      tell(node.path("offset"), ValueType.INT8);
    } else if (node.path("subquery_type").asText().equals("ANY")) {
      tellAny(node);
    }
    node.forEach(this::visit);
  }

  /** {@code x = ANY($1)}, which is {@code x = ANY(SELECT unnest($1))} to the parser. */
  private void tellAny(JsonNode any) {
    JsonNode item = any.path("subquery").path("node").path("select_list").path(0);
    if (Nodes.isFunction(item) && Nodes.functionName(item).equals("unnest")) {
      boolean isOid = facts.typeOf(any.path("child")).filter("oid"::equals).isPresent();
      tell(item.path("children").path(0), isOid ? ValueType.OID_ARRAY : ValueType.TEXT_ARRAY);
    }
  }

  private void tell(JsonNode parameter, JsonNode other) {
    facts
        .typeOf(other)
        .ifPresent(type -> tell(parameter, ofEngine(PostgresTypes.engineType(type))));
  }

  private void tell(JsonNode parameter, ValueType type) {
    if (Nodes.isParameter(parameter)) {
      types.putIfAbsent(number(parameter), type);
    }
  }

  private static ValueType ofEngine(String type) {
    return switch (type) {
      case "BOOLEAN" -> ValueType.BOOL;
      case "SMALLINT" -> ValueType.INT2;
      case "INTEGER" -> ValueType.INT4;
      case "BIGINT" -> ValueType.INT8;
      case "UINTEGER" -> ValueType.OID;
      case "FLOAT" -> ValueType.FLOAT4;
      case "DOUBLE" -> ValueType.FLOAT8;
      default -> ValueType.TEXT;
    };
  }

  /** What the engine takes for it. */
  static String engineType(ValueType type) {
    return switch (type) {
      case OID -> "UINTEGER";
      case OID_ARRAY -> "UINTEGER[]";
      case TEXT_ARRAY -> "VARCHAR[]";
      case BOOL -> "BOOLEAN";
      case INT2 -> "SMALLINT";
      case INT4 -> "INTEGER";
      case INT8 -> "BIGINT";
      case FLOAT4 -> "FLOAT";
      case FLOAT8 -> "DOUBLE";
      default -> "VARCHAR";
    };
  }
}
