package tidemark.gateway.dictionary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tidemark.gateway.ask.ValueType;

/**
 * PostgreSQL's types, with its own object ids, and what stands for each in this dictionary's
 * engine. Immutable.
 */
final class PostgresTypes {
  /** Columns of {@code types.tsv}, as in {@code pg_type}; then two that are not. */
  private static final List<String> COLUMNS =
      List.of(
          "oid typname schema typlen typbyval typtype typcategory typispreferred typdelim"
              .concat(" typsubscript typelem typarray typinput typoutput typreceive typsend")
              .concat(" typmodin typmodout typanalyze typalign typstorage typnotnull typbasetype")
              .concat(" typtypmod typndims typcollation label description")
              .split(" ", -1));

  private static final PostgresTypes ALL = new PostgresTypes();

  private final List<Map<String, String>> rows;
  private final Map<String, Map<String, String>> byName = new HashMap<>();

  private PostgresTypes() {
    rows = Resources.rows("types.tsv").stream().map(PostgresTypes::row).toList();
    rows.forEach(row -> byName.put(row.get("typname"), row));
  }

  private static Map<String, String> row(String[] fields) {
    Map<String, String> row = new HashMap<>();
    for (int field = 0; field < COLUMNS.size(); field++) {
      row.put(COLUMNS.get(field), fields[field]);
    }
    return Map.copyOf(row);
  }

  static PostgresTypes all() {
    return ALL;
  }

  List<Map<String, String>> rows() {
    return rows;
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** One column of a type's row. */
  String field(String type, String column) {
    return byName.get(type).get(column);
  }

  long oid(String type) {
    return Long.parseLong(field(type, "oid"));
  }

  /** The name in {@code pg_type}. */
  static String nameOf(ValueType type) {
    return switch (type) {
      case BOOL -> "bool";
      case INT2 -> "int2";
      case INT4 -> "int4";
      case INT8 -> "int8";
      case FLOAT4 -> "float4";
      case FLOAT8 -> "float8";
      case NUMERIC -> "numeric";
      case TEXT -> "text";
      case NAME -> "name";
      case CHAR -> "char";
      case OID -> "oid";
      case BYTEA -> "bytea";
      case DATE -> "date";
      case TIME -> "time";
      case TIMESTAMP -> "timestamp";
      case TIMESTAMPTZ -> "timestamptz";
      case INTERVAL -> "interval";
      case UUID -> "uuid";
      case JSONB -> "jsonb";
      case INT8_ARRAY -> "_int8";
      case FLOAT8_ARRAY -> "_float8";
      case TEXT_ARRAY -> "_text";
      case INT2_ARRAY -> "_int2";
      case OID_ARRAY -> "_oid";
    };
  }

  /** The engine's type for a column of the dictionary; the names are those that occur there. */
  static String engineType(String type) {
    return switch (type) {
      case "bool" -> "BOOLEAN";
      case "int2" -> "SMALLINT";
      case "int4", "cardinal_number" -> "INTEGER";
      case "int8" -> "BIGINT";
      case "float4" -> "FLOAT";
      case "float8" -> "DOUBLE";
      case "numeric" -> "DECIMAL(38, 6)";
      case "oid", "xid", "cid" -> "UINTEGER";
      case "bytea" -> "BLOB";
      case "timestamptz", "time_stamp" -> "TIMESTAMPTZ";
      case "interval" -> "INTERVAL";
      case "int2vector", "_int2" -> "SMALLINT[]";
      case "oidvector", "_oid" -> "UINTEGER[]";
      case "_bool" -> "BOOLEAN[]";
      case "_float4" -> "FLOAT[]";
      case "_float8" -> "DOUBLE[]";
      case "_text", "_name", "_char", "_aclitem", "_regtype" -> "VARCHAR[]";
      default -> "VARCHAR";
    };
  }

  /** What a column of the dictionary that the engine has as VARCHAR is to a client. */
  static ValueType textType(String type) {
    return switch (type) {
      case "name", "sql_identifier" -> ValueType.NAME;
      case "char" -> ValueType.CHAR;
      default -> ValueType.TEXT;
    };
  }
}
