package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;

/**
 * Tells what columns of an answer are to a client. The engine knows one kind of text; whether it is
 * a name or a {@code "char"} follows from the column that an item of the SELECT is.
 */
final class ResultTypes {
  /** Of statements of our own, whose texts are just that. */
  static final ResultTypes PLAIN = new ResultTypes((index, name) -> Optional.empty());

  /** What is written as a text: vectors are numbers with blanks between. */
  private static final Set<String> TEXTS = Set.of("text", "oidvector", "int2vector");

  /** Functions whose results are names. */
  private static final Set<String> NAMES =
      Set.of(
          "current_database",
          "current_catalog",
          "current_schema",
          "current_user",
          "current_role",
          "session_user",
          "user",
          "pg_get_userbyid",
          "pg_encoding_to_char",
          "getdatabaseencoding");

  /** From an index, from 0, and a name to a PostgreSQL type. */
  private final BiFunction<Integer, String, Optional<String>> origin;

  private ResultTypes(BiFunction<Integer, String, Optional<String>> origin) {
    this.origin = origin;
  }

  /** To be asked before the tree is rewritten. */
  static ResultTypes of(JsonNode tree, TreeFacts facts) {
    JsonNode node = tree.path("statements").path(0).path("node");
    while (!Nodes.isSelect(node) && node.has("left")) {
      node = node.path("left");
    }
    List<Optional<String>> items = new ArrayList<>();
    boolean hasStar = !Nodes.isSelect(node);
    for (JsonNode item : node.path("select_list")) {
      hasStar |= item.path("class").asText().equals("STAR");
      items.add(facts.typeOf(item).or(() -> typeOf(item)));
    }
    if (hasStar) {
      return new ResultTypes((index, name) -> facts.typeOf(name));
    }
    return new ResultTypes(
        (index, name) -> index < items.size() ? items.get(index) : Optional.empty());
  }

  /** Of an item that is not a column; empty where the engine's type tells. */
  private static Optional<String> typeOf(JsonNode item) {
    String cast = item.path("cast_type").path("type_info").path("name").asText();
    if (cast.equals("name") || NAMES.contains(functionName(item))) {
      return Optional.of("name");
    }
    // The engine's null is an INTEGER where nothing else tells.
    return item.path("value").path("is_null").asBoolean() ? Optional.of("text") : Optional.empty();
  }

  private static String functionName(JsonNode item) {
    return Nodes.isColumn(item) ? Nodes.columnName(item) : Nodes.functionName(item);
  }

  List<Column> columns(ResultSetMetaData metaData) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int index = 0; index < metaData.getColumnCount(); index++) {
      String name = metaData.getColumnLabel(index + 1);
      columns.add(new Column(name, type(metaData.getColumnTypeName(index + 1), index, name)));
    }
    return List.copyOf(columns);
  }

  private ValueType type(String engineType, int index, String name) {
    Optional<String> type = origin.apply(index, name);
    boolean isText = type.filter(t -> TEXTS.contains(t)).isPresent();
    if (isText) {
      return ValueType.TEXT;
    }
    return switch (engineType) {
      case "VARCHAR" ->
          type.filter(t -> PostgresTypes.engineType(t).equals("VARCHAR"))
              .map(PostgresTypes::textType)
              .orElse(ValueType.TEXT);
      case "BOOLEAN" -> ValueType.BOOL;
      case "TINYINT", "SMALLINT", "UTINYINT" -> ValueType.INT2;
      case "INTEGER", "USMALLINT" -> ValueType.INT4;
      case "BIGINT" -> ValueType.INT8;
      case "UINTEGER" -> ValueType.OID;
      case "HUGEINT", "UBIGINT", "UHUGEINT" -> ValueType.NUMERIC;
      case "FLOAT" -> ValueType.FLOAT4;
      case "DOUBLE" -> ValueType.FLOAT8;
      case "BLOB" -> ValueType.BYTEA;
      case "DATE" -> ValueType.DATE;
      case "TIME" -> ValueType.TIME;
      case "TIMESTAMP" -> ValueType.TIMESTAMP;
      case "TIMESTAMP WITH TIME ZONE" -> ValueType.TIMESTAMPTZ;
      case "UUID" -> ValueType.UUID;
      case "VARCHAR[]" -> ValueType.TEXT_ARRAY;
      case "SMALLINT[]" -> ValueType.INT2_ARRAY;
      case "UINTEGER[]" -> ValueType.OID_ARRAY;
      case "INTEGER[]", "BIGINT[]" -> ValueType.INT8_ARRAY;
      case "FLOAT[]", "DOUBLE[]" -> ValueType.FLOAT8_ARRAY;
      default -> engineType.startsWith("DECIMAL") ? ValueType.NUMERIC : ValueType.TEXT;
    };
  }
}
