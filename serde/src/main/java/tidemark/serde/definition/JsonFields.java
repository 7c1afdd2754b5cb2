package tidemark.serde.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Takes fields off a JSON object, each with its type, and tells which are left.
 *
 * <p>Every method throws IllegalArgumentException, and nothing else, about a field that is missing
 * or wrong. Lives for one object; not thread-safe.
 */
final class JsonFields {
  private final ObjectNode json;
  private final TreeSet<String> taken = new TreeSet<>();

  JsonFields(ObjectNode json) {
    this.json = json;
  }

  boolean has(String field) {
    return json.has(field);
  }

  String text(String field) {
    return text(field, required(field));
  }

  /** 0 to 2^31 - 1. */
  int integer(String field) {
    JsonNode node = required(field);
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw wrong(field, "a whole number of 0 to 2147483647", node);
    }
    return node.intValue();
  }

  /** 0 to 2^63 - 1. */
  long ms(String field) {
    JsonNode node = required(field);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw wrong(field, "a whole number of milliseconds, at least 0", node);
    }
    return node.longValue();
  }

  double number(String field) {
    JsonNode node = required(field);
    if (!node.isNumber()) {
      throw wrong(field, "a number", node);
    }
    return node.doubleValue();
  }

  OptionalDouble optionalNumber(String field) {
    return has(field) ? OptionalDouble.of(number(field)) : OptionalDouble.empty();
  }

  /** False if it is not there. */
  boolean flag(String field) {
    if (!has(field)) {
      return false;
    }
    JsonNode node = required(field);
    if (!node.isBoolean()) {
      throw wrong(field, "true or false", node);
    }
    return node.booleanValue();
  }

  List<String> texts(String field) {
    JsonNode node = required(field);
    if (!node.isArray()) {
      throw wrong(field, "a list of texts", node);
    }
    return texts(field, node);
  }

  /** The value whose label stands there. */
  <T> T oneOf(String field, T[] values, Function<T, String> label) {
    return ofLabel(field, text(field), values, label);
  }

  /** The values whose labels stand there. */
  <T> List<T> someOf(String field, T[] values, Function<T, String> label) {
    List<T> some = new ArrayList<>();
    texts(field).forEach(text -> some.add(ofLabel(field, text, values, label)));
    return some;
  }

  /** An object of texts, or lists of them; empty if it is not there. */
  void eachText(String field, TextConsumer consumer) {
    if (!has(field)) {
      return;
    }
    JsonNode node = required(field);
    if (!node.isObject()) {
      throw wrong(field, "an object", node);
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String path = field + "." + entry.getKey();
      requireEncodable(path, entry.getKey());
      Collection<String> values =
          entry.getValue().isArray()
              ? texts(path, entry.getValue())
              : List.of(text(path, entry.getValue()));
      values.forEach(value -> consumer.accept(entry.getKey(), value));
    }
  }

  /** Gets a key and one of its texts. */
  interface TextConsumer {
    void accept(String key, String text);
  }

  void requireNoOthers() {
    for (String field : (Iterable<String>) json::fieldNames) {
      if (!taken.contains(field)) {
        throw new IllegalArgumentException(
            "field '%s' is not known here, found beside %s".formatted(field, taken));
      }
    }
  }

  private JsonNode required(String field) {
    JsonNode node = json.get(field);
    if (node == null) {
      throw new IllegalArgumentException("field '%s' is missing".formatted(field));
    }
    taken.add(field);
    return node;
  }

  private static List<String> texts(String field, JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(node -> texts.add(text(field, node)));
    return texts;
  }

  private static String text(String field, JsonNode node) {
    if (!node.isTextual()) {
      throw wrong(field, "text", node);
    }
    requireEncodable(field, node.textValue());
    return node.textValue();
  }

  /** JSON's own escapes can write what UTF-8 cannot. */
  private static void requireEncodable(String field, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "field '%s' must be encodable as UTF-8, and holds half a surrogate pair"
              .formatted(field));
    }
  }

  private static <T> T ofLabel(String field, String text, T[] values, Function<T, String> label) {
    for (T value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "field '%s' must be one of %s, got '%s'"
            .formatted(field, Arrays.stream(values).map(label).toList(), text));
  }

  private static IllegalArgumentException wrong(String field, String wanted, JsonNode found) {
    return new IllegalArgumentException(
        "field '%s' must be %s, got %s".formatted(field, wanted, found));
  }
}
