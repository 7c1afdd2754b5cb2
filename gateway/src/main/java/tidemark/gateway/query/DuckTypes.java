package tidemark.gateway.query;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import tidemark.gateway.ask.ValueType;

/** DuckDB's types and values as those of an answer. */
final class DuckTypes {
  private DuckTypes() {}

  /** The type of an answer's column, from DuckDB's name of it. */
  static ValueType of(String name) {
    String type = name.toUpperCase(Locale.ROOT);
    if (type.endsWith("[]") || type.endsWith("]")) {
      return ofList(type);
    }
    if (type.startsWith("DECIMAL")) {
      return ValueType.NUMERIC;
    }
    if (type.startsWith("STRUCT") || type.startsWith("MAP") || type.startsWith("UNION")) {
      return ValueType.JSONB;
    }
    return switch (type) {
      case "BOOLEAN" -> ValueType.BOOL;
      case "TINYINT", "SMALLINT", "UTINYINT" -> ValueType.INT2;
      case "INTEGER", "USMALLINT" -> ValueType.INT4;
      case "BIGINT", "UINTEGER" -> ValueType.INT8;
      case "HUGEINT", "UHUGEINT", "UBIGINT", "BIGNUM" -> ValueType.NUMERIC;
      case "FLOAT" -> ValueType.FLOAT4;
      case "DOUBLE" -> ValueType.FLOAT8;
      case "BLOB" -> ValueType.BYTEA;
      case "DATE" -> ValueType.DATE;
      case "TIME" -> ValueType.TIME;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP_US" ->
          ValueType.TIMESTAMP;
      case "TIMESTAMP WITH TIME ZONE" -> ValueType.TIMESTAMPTZ;
      case "INTERVAL" -> ValueType.INTERVAL;
      case "UUID" -> ValueType.UUID;
      case "JSON" -> ValueType.JSONB;
      default -> ValueType.TEXT;
    };
  }

  private static ValueType ofList(String type) {
    return switch (type.substring(0, type.lastIndexOf('['))) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          ValueType.INT8_ARRAY;
      case "FLOAT", "DOUBLE" -> ValueType.FLOAT8_ARRAY;
      case "VARCHAR" -> ValueType.TEXT_ARRAY;
      default -> ValueType.JSONB;
    };
  }

  /** A value of DuckDB's driver as the type's Java type; null stays null. */
  static Object convert(Object value, ValueType type) throws SQLException {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case BOOL -> value;
      case INT2 -> ((Number) value).shortValue();
      case INT4 -> ((Number) value).intValue();
      case INT8, OID -> ((Number) value).longValue();
      case FLOAT4 -> ((Number) value).floatValue();
      case FLOAT8 -> ((Number) value).doubleValue();
      case NUMERIC -> decimal(value);
      case BYTEA -> bytes(value);
      case DATE -> value instanceof Date date ? date.toLocalDate() : value;
      case TIME -> value instanceof Time time ? time.toLocalTime() : value;
      case TIMESTAMP -> localDateTime(value);
      case TIMESTAMPTZ -> offsetDateTime(value);
      case UUID -> value;
      case JSONB -> value instanceof String text ? text : JsonText.of(value);
      case INT8_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY, INT2_ARRAY, OID_ARRAY -> list(value, type);
      case TEXT, NAME, CHAR, INTERVAL -> value.toString();
    };
  }

  private static BigDecimal decimal(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    return value instanceof BigInteger integer
        ? new BigDecimal(integer)
        : new BigDecimal(value.toString());
  }

  static byte[] bytes(Object value) throws SQLException {
    return value instanceof Blob blob ? blob.getBytes(1, (int) blob.length()) : (byte[]) value;
  }

  private static Object localDateTime(Object value) {
    return value instanceof Timestamp timestamp ? timestamp.toLocalDateTime() : value;
  }

  private static Object offsetDateTime(Object value) {
    if (value instanceof OffsetDateTime time) {
      return time.withOffsetSameInstant(ZoneOffset.UTC);
    }
    return value instanceof LocalDateTime time ? time.atOffset(ZoneOffset.UTC) : value;
  }

  private static Object list(Object value, ValueType type) throws SQLException {
    List<Object> list = new ArrayList<>();
    for (Object element : (Object[]) ((Array) value).getArray()) {
      if (element == null) {
        list.add(null);
      } else {
        list.add(
            switch (type) {
              case FLOAT8_ARRAY -> ((Number) element).doubleValue();
              case TEXT_ARRAY -> element.toString();
              default -> ((Number) element).longValue();
            });
      }
    }
    return list;
  }

  /** Values as JSON text: what has no column type of its own. */
  private static final class JsonText {
    private JsonText() {}

    static String of(Object value) throws SQLException {
      StringBuilder json = new StringBuilder();
      append(value, json);
      return json.toString();
    }

    private static void append(Object value, StringBuilder json) throws SQLException {
      if (value == null) {
        json.append("null");
      } else if (value instanceof Map<?, ?> map) {
        appendMap(map, json);
      } else if (value instanceof Struct struct) {
        // DuckDB's structs know their names
        appendMap(((DuckDBStruct) struct).getMap(), json);
      } else if (value instanceof Array array) {
        String glue = "[";
        Object[] elements = (Object[]) array.getArray();
        for (Object element : elements) {
          json.append(glue);
          append(element, json);
          glue = ", ";
        }
        json.append(elements.length == 0 ? "[]" : "]");
      } else if (value instanceof Number number && isPlain(number)) {
        json.append(number);
      } else if (value instanceof Boolean) {
        json.append(value);
      } else {
        string(value instanceof Blob ? "\\x" + hex(bytes(value)) : value.toString(), json);
      }
    }

    private static boolean isPlain(Number number) {
      return !(number instanceof Double || number instanceof Float)
          || Double.isFinite(number.doubleValue());
    }

    private static void appendMap(Map<?, ?> map, StringBuilder json) throws SQLException {
      String glue = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.append(glue);
        string(String.valueOf(entry.getKey()), json);
        json.append(": ");
        append(entry.getValue(), json);
        glue = ", ";
      }
      json.append(map.isEmpty() ? "{}" : "}");
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }

    private static void string(String text, StringBuilder json) {
      json.append('"');
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        switch (c) {
          case '"' -> json.append("\\\"");
          case '\\' -> json.append("\\\\");
          case '\n' -> json.append("\\n");
          case '\r' -> json.append("\\r");
          case '\t' -> json.append("\\t");
          default -> {
            if (c < ' ') {
              json.append("\\u%04x".formatted((int) c));
            } else {
              json.append(c);
            }
          }
        }
      }
      json.append('"');
    }
  }
}
