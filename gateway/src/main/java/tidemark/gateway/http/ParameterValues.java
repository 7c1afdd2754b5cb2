package tidemark.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * A request's parameters as values of the types that a statement wants: what {@link JsonText}
 * writes is read back, and every number may come as a string, too.
 */
final class ParameterValues {
  private ParameterValues() {}

  /**
   * @throws AskException 42P02 if there are more or fewer than the statement has, 22P02 if one is
   *     not of its type
   */
  static List<Object> of(List<JsonNode> given, List<ValueType> types) {
    if (given.size() != types.size()) {
      throw new AskException(
          SqlState.UNDEFINED_PARAMETER,
          "the statement has %d parameters, got %d".formatted(types.size(), given.size()));
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      try {
        values.add(value(given.get(i), types.get(i)));
      } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
        throw new AskException(
            SqlState.INVALID_TEXT,
            "parameter $%d must be %s".formatted(i + 1, JsonText.name(types.get(i))),
            e);
      }
    }
    return values;
  }

  private static Object value(JsonNode node, ValueType type) {
    if (node.isNull()) {
      return null;
    }
    return switch (type) {
      case BOOL -> bool(node);
      case INT2 -> number(node).shortValueExact();
      case INT4 -> number(node).intValueExact();
      case INT8, OID -> number(node).longValueExact();
      case FLOAT4 -> Float.valueOf(scalar(node));
      case FLOAT8 -> Double.valueOf(scalar(node));
      case NUMERIC -> number(node);
      case TEXT, NAME, CHAR, INTERVAL -> node.isContainerNode() ? node.toString() : node.asText();
      case JSONB -> node.toString();
      case BYTEA -> Base64.getDecoder().decode(text(node));
      case DATE -> LocalDate.parse(text(node));
      case TIME -> LocalTime.parse(text(node));
      case TIMESTAMP -> LocalDateTime.parse(text(node).replace(' ', 'T'));
      case TIMESTAMPTZ -> instant(text(node).replace(' ', 'T'));
      case UUID -> UUID.fromString(text(node));
      case INT8_ARRAY, OID_ARRAY -> list(node, element -> number(element).longValueExact());
      case INT2_ARRAY -> list(node, element -> number(element).intValueExact());
      case FLOAT8_ARRAY -> list(node, element -> Double.valueOf(scalar(element)));
      case TEXT_ARRAY -> list(node, ParameterValues::text);
    };
  }

  private static Boolean bool(JsonNode node) {
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return switch (text(node)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("not true or false");
    };
  }

  /** Without an offset it is UTC, as everywhere in the gateway. */
  private static OffsetDateTime instant(String text) {
    boolean hasOffset = text.endsWith("Z") || text.matches(".*T.*[+-][0-9:]+");
    return hasOffset
        ? OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC)
        : LocalDateTime.parse(text).atOffset(ZoneOffset.UTC);
  }

  private static BigDecimal number(JsonNode node) {
    String text = scalar(node);
    BigDecimal number = new BigDecimal(text);
    // 1e999999999 would become a billion digits.
    if (Math.abs((long) number.scale()) > 10_000) {
      throw new IllegalArgumentException("too many digits");
    }
    return number;
  }

  private static String scalar(JsonNode node) {
    if (!node.isNumber() && !node.isTextual()) {
      throw new IllegalArgumentException("not a number");
    }
    return node.asText();
  }

  private static String text(JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("not a string");
    }
    return node.textValue();
  }

  private static List<Object> list(JsonNode node, Function<JsonNode, Object> read) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("not an array");
    }
    List<Object> list = new ArrayList<>();
    node.forEach(element -> list.add(element.isNull() ? null : read.apply(element)));
    return list;
  }
}
