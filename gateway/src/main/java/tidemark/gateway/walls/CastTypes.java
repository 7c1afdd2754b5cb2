package tidemark.gateway.walls;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * The types that a cast may name: plain values, and lists, arrays, structs and maps of these. Not
 * those that a name looks up, such as an enum or {@code regclass}, nor those that carry more than a
 * value.
 */
final class CastTypes {
  private static final Set<String> VALUES =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL",
          "VARCHAR",
          "BLOB",
          "DATE",
          "TIME",
          "TIME WITH TIME ZONE",
          "TIMESTAMP",
          "TIMESTAMP_S",
          "TIMESTAMP_MS",
          "TIMESTAMP_NS",
          "TIMESTAMP WITH TIME ZONE",
          "INTERVAL",
          "UUID",
          "BIT");
  private static final Set<String> CONTAINERS = Set.of("LIST", "ARRAY", "STRUCT", "MAP");

  private CastTypes() {}

  /**
   * @throws AskException if a value must not become this type
   */
  static void check(JsonNode type) {
    check(type, 0, 1);
  }

  private static void check(JsonNode type, int depth, long elements) {
    String id = type.path("id").asText();
    JsonNode info = type.path("type_info");
    if (depth > 16) {
      throw new AskException(SqlState.STATEMENT_TOO_COMPLEX, "a type may be nested 16 deep");
    }
    if (id.equals("UNBOUND")) {
      checkName(info);
      return;
    }
    boolean isContainer = CONTAINERS.contains(id);
    if (!info.path("alias").asText().isEmpty()
        || info.path("extension_info").isContainerNode()
        || !(isContainer || VALUES.contains(id))) {
      throw refusal(info.path("alias").asText().isEmpty() ? id : info.path("alias").asText());
    }
    long all = elements * Math.max(1, Math.min(Integer.MAX_VALUE, info.path("size").asLong()));
    if (all > WallLimits.ARRAY_ELEMENTS) {
      throw new AskException(
          SqlState.PROGRAM_LIMIT,
          "an array type may have %d elements, got %d".formatted(WallLimits.ARRAY_ELEMENTS, all));
    }
    if (isContainer) {
      checkParts(id, info, depth + 1, all);
    }
  }

  private static void checkParts(String id, JsonNode info, int depth, long elements) {
    if (!info.has("child_type") && !info.has("child_types")) {
      throw refusal(id);
    }
    if (info.has("child_type")) {
      check(info.path("child_type"), depth, elements);
    }
    info.path("child_types").forEach(part -> check(part.path("second"), depth, elements));
  }

  /** JSON is the one type that DuckDB finds by its name and that is but a text. */
  private static void checkName(JsonNode info) {
    boolean isPlain =
        info.path("schema").asText().isEmpty()
            && info.path("catalog").asText().isEmpty()
            && info.path("user_type_modifiers").isEmpty();
    if (!isPlain || !info.path("name").asText().equalsIgnoreCase("json")) {
      throw refusal(info.path("name").asText());
    }
  }

  private static AskException refusal(String name) {
    return new AskException(
            SqlState.UNDEFINED_OBJECT, "the type \"%s\" is not allowed".formatted(name))
        .withHint(
            "numbers, texts, dates, times, intervals, uuid, json, and lists, arrays, structs and"
                + " maps of them are allowed");
  }
}
