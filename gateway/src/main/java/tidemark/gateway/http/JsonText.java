package tidemark.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import tidemark.gateway.ask.ValueType;

/**
 * Values as JSON:
 *
 * <pre>
 * null                        null
 * bool                        true, false
 * int2, int4, int8, oid       number; all 64 bits: mind readers that make doubles of them
 * float4, float8              number, or "NaN", "Infinity", "-Infinity"
 * numeric                     number with all its digits
 * date, time, timestamp       "2026-03-01", "12:00:00", "2026-03-01T12:00:00"
 * timestamptz                 "2026-03-01T12:00:00Z"
 * bytea                       base64 (RFC 4648, with padding)
 * jsonb                       the value itself: object, array, ...
 * arrays                      array of the above
 * anything else               string
 * </pre>
 */
final class JsonText {
  /** Buffers are ours: a generator neither flushes nor closes what it writes to. */
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private JsonText() {}

  static JsonGenerator generator(OutputStream out) throws IOException {
    JsonGenerator json = FACTORY.createGenerator(out);
    json.setRootValueSeparator(null);
    return json;
  }

  /** A type's name as PostgreSQL calls it. */
  static String name(ValueType type) {
    String name = type.name().toLowerCase(Locale.ROOT);
    return name.endsWith("_array") ? name.replace("_array", "[]") : name;
  }

  static void write(JsonGenerator json, ValueType type, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    switch (type) {
      case BOOL -> json.writeBoolean((Boolean) value);
      case INT2, INT4, INT8, OID -> json.writeNumber(((Number) value).longValue());
      case FLOAT4 -> json.writeNumber((Float) value);
      case FLOAT8 -> json.writeNumber((Double) value);
      case NUMERIC -> json.writeNumber((BigDecimal) value);
      case BYTEA -> json.writeBinary((byte[]) value);
      case JSONB -> writeJson(json, (String) value);
      case TIME, TIMESTAMP, TIMESTAMPTZ -> json.writeString(time(value));
      case TEXT, NAME, CHAR, DATE, INTERVAL, UUID -> json.writeString(value.toString());
      case INT8_ARRAY, OID_ARRAY -> writeArray(json, ValueType.INT8, value);
      case FLOAT8_ARRAY -> writeArray(json, ValueType.FLOAT8, value);
      case TEXT_ARRAY -> writeArray(json, ValueType.TEXT, value);
      case INT2_ARRAY -> writeArray(json, ValueType.INT4, value);
    }
  }

  private static void writeArray(JsonGenerator json, ValueType of, Object list) throws IOException {
    json.writeStartArray();
    for (Object element : (List<?>) list) {
      write(json, of, element);
    }
    json.writeEndArray();
  }

  /** As it is, on one line; as a string if it turns out to be no JSON after all. */
  private static void writeJson(JsonGenerator json, String text) throws IOException {
    if (isJson(text)) {
      // Outside of strings a line end is white space, and inside there is none.
      json.writeRawValue(text.replace('\n', ' ').replace('\r', ' '));
    } else {
      json.writeString(text);
    }
  }

  private static boolean isJson(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** A time of any type, ISO 8601. */
  static String time(Object value) {
    if (value instanceof OffsetDateTime instant) {
      return instant.toInstant().toString();
    }
    return value instanceof LocalDateTime local
        ? DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(local)
        : DateTimeFormatter.ISO_LOCAL_TIME.format((LocalTime) value);
  }

  /** A value as text of its own. */
  static String of(ValueType type, Object value) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      write(json, type, value);
    }
    return text.toString();
  }
}
