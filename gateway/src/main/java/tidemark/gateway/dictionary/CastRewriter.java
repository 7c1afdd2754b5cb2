package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Casts to types that the engine has not.
 *
 * <p>{@code x::regclass} is an object id that prints as a name. Here it is the name where it is
 * printed, that is as an item of a SELECT or where a text is wanted, and the id everywhere else.
 */
final class CastRewriter {
  /** Where an expression stands. */
  enum Place {
    /** Its value is printed. */
    ITEM,
    /** Its value is compared or handed on. */
    VALUE,
    /** It is cast to a number. */
    NUMBER
  }

  private static final Set<String> OBJECTS =
      Set.of("regclass", "regtype", "regnamespace", "regrole");

  private static final Set<String> FUNCTIONS =
      Set.of("regproc", "regprocedure", "regoper", "regoperator", "regconfig", "regdictionary");

  private static final Set<String> TEXTS =
      Set.of(
          "name",
          "bpchar",
          "char",
          "sql_identifier",
          "character_data",
          "yes_or_no",
          "pg_node_tree",
          "aclitem",
          "inet",
          "cidr",
          "xml",
          "unknown",
          "cstring");

  private CastRewriter() {}

  static boolean isText(JsonNode cast) {
    String id = cast.path("cast_type").path("id").asText();
    return id.equals("VARCHAR") || TEXTS.contains(unboundName(cast));
  }

  static boolean takesText(JsonNode function) {
    return switch (Nodes.functionName(function)) {
      case "||", "concat", "concat_ws", "format", "quote_ident", "quote_literal", "string_agg" ->
          true;
      default -> false;
    };
  }

  static JsonNode rewrite(ObjectNode cast, Place place) {
    String alias = cast.path("alias").asText();
    JsonNode child = cast.path("child");
    String type = unboundName(cast);
    if (type.isEmpty()) {
      boolean isList = cast.path("cast_type").path("id").asText().equals("LIST");
      if (isList && Nodes.isBraced(child)) {
        cast.set("child", brackets(child));
      }
      return cast;
    }
    ObjectNode replacement;
    if (OBJECTS.contains(type)) {
      String direction = place == Place.ITEM ? "_out" : "_in";
      replacement = Nodes.function("pg", type + direction, child);
    } else if (FUNCTIONS.contains(type)) {
      replacement =
          Nodes.function("pg", place == Place.NUMBER ? "regproc_in" : "regproc_out", child);
    } else if (TEXTS.contains(type)) {
      replacement = Nodes.cast(child, "VARCHAR");
    } else if (type.equals("cardinal_number")) {
      replacement = Nodes.cast(child, "INTEGER");
    } else if (type.equals("xid") || type.equals("cid")) {
      replacement = Nodes.cast(child, "UINTEGER");
    } else if (isEngineType(type)) {
      return cast;
    } else {
      throw new AskException(
          SqlState.UNDEFINED_OBJECT, "type \"" + type + "\" does not exist in the dictionary");
    }
    return replacement.put("alias", alias);
  }

  /** Types of the engine that its parser leaves to be looked up. */
  private static boolean isEngineType(String type) {
    return switch (type) {
      case "text",
          "uuid",
          "json",
          "date",
          "bytea",
          "interval",
          "timestamptz",
          "int2",
          "int4",
          "int8",
          "float4",
          "float8",
          "bool",
          "numeric",
          "varchar",
          "uinteger",
          "oid" ->
          true;
      default -> false;
    };
  }

  private static String unboundName(JsonNode cast) {
    return cast.path("cast_type").path("type_info").path("name").asText().toLowerCase(Locale.ROOT);
  }

  static JsonNode list(JsonNode braced, String type) {
    return Nodes.cast(brackets(braced), type);
  }

  private static JsonNode brackets(JsonNode braced) {
    String text = braced.path("value").path("value").asText();
    return Nodes.text("[" + text.substring(1, text.length() - 1) + "]");
  }
}
