package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * Values in PostgreSQL's text form, as its output and input functions have it with {@code DateStyle
 * ISO}, {@code TimeZone UTC} and {@code IntervalStyle postgres}.
 */
final class TextValues {
  private static final HexFormat HEX = HexFormat.of();

  /** PostgreSQL's own bounds of {@code numeric}; they keep {@code 1e999999999} from growing. */
  private static final int MAX_DIGITS = 131_072;

  private static final int MAX_SCALE = 16_383;

  private TextValues() {}

  static String text(ValueType type, Object value) {
    return switch (type) {
      case BOOL -> (Boolean) value ? "t" : "f";
      case INT2, INT4, INT8, OID -> value.toString();
      case FLOAT4 -> FloatText.text((Float) value);
      case FLOAT8 -> FloatText.text((Double) value);
      case NUMERIC -> ((BigDecimal) value).toPlainString();
      case TEXT, NAME, CHAR, JSONB -> (String) value;
      case BYTEA -> "\\x" + HEX.formatHex((byte[]) value);
      case DATE -> PostgresTime.text((LocalDate) value);
      case TIME -> PostgresTime.text((LocalTime) value);
      case TIMESTAMP -> PostgresTime.text((LocalDateTime) value);
      case TIMESTAMPTZ -> PostgresTime.text((OffsetDateTime) value);
      case INTERVAL -> Interval.parse((String) value).text();
      case UUID -> value.toString();
      case INT8_ARRAY, INT2_ARRAY, OID_ARRAY, TEXT_ARRAY, FLOAT8_ARRAY ->
          arrayText(elementOf(type), (List<?>) value);
    };
  }

  private static String arrayText(ValueType element, List<?> values) {
    List<String> texts = new ArrayList<>(values.size());
    for (Object value : values) {
      texts.add(value == null ? null : text(element, value));
    }
    return ArrayText.text(texts);
  }

  /** The type of an array's elements. */
  static ValueType elementOf(ValueType array) {
    return switch (array) {
      case INT8_ARRAY -> ValueType.INT8;
      case INT2_ARRAY -> ValueType.INT4;
      case OID_ARRAY -> ValueType.OID;
      case FLOAT8_ARRAY -> ValueType.FLOAT8;
      case TEXT_ARRAY -> ValueType.TEXT;
      default -> throw new IllegalArgumentException(array + " is no array");
    };
  }

  /**
   * Reads a value, of the Java type that {@link ValueType} says.
   *
   * @throws AskException {@code 22P02} if it is none of the type
   */
  static Object parse(ValueType type, String text) {
    try {
      return parsed(type, text);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new AskException(
          SqlState.INVALID_TEXT,
          "invalid input syntax for type %s: \"%s\""
              .formatted(type.name().toLowerCase(Locale.ROOT), excerpt(text)),
          e);
    }
  }

  private static String excerpt(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private static Object parsed(ValueType type, String text) {
    return switch (type) {
      case BOOL -> bool(text.strip().toLowerCase(Locale.ROOT));
      case INT2 -> Short.valueOf(text.strip());
      case INT4 -> Integer.valueOf(text.strip());
      case INT8 -> Long.valueOf(text.strip());
      case OID -> Integer.toUnsignedLong(Integer.parseUnsignedInt(text.strip()));
      case FLOAT4 -> (float) float8(text.strip(), Float::parseFloat);
      case FLOAT8 -> float8(text.strip(), Double::parseDouble);
      case NUMERIC -> numeric(text.strip());
      case TEXT, NAME, CHAR, JSONB -> text;
      case BYTEA -> bytes(text);
      case DATE -> PostgresTime.parseDate(text);
      case TIME -> PostgresTime.parseTime(text);
      case TIMESTAMP -> PostgresTime.parseTimestamp(text);
      case TIMESTAMPTZ -> PostgresTime.parseTimestamptz(text);
      case INTERVAL -> Interval.parse(text).text();
      case UUID -> uuid(text.strip());
      case INT8_ARRAY, INT2_ARRAY, OID_ARRAY, TEXT_ARRAY, FLOAT8_ARRAY ->
          array(elementOf(type), text);
    };
  }

  private static Boolean bool(String text) {
    if (!text.isEmpty()
        && ("true".startsWith(text) || "yes".startsWith(text) || "on".equals(text))) {
      return true;
    }
    if (!text.isEmpty()
        && ("false".startsWith(text) || "no".startsWith(text) || "off".startsWith(text))
        && !"o".equals(text)) {
      return false;
    }
    return switch (text) {
      case "1" -> true;
      case "0" -> false;
      default -> throw new IllegalArgumentException("no boolean");
    };
  }

  private static double float8(String text, Function<String, ? extends Number> parser) {
    switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> {
        return Double.NaN;
      }
      case "infinity", "+infinity", "inf", "+inf" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-infinity", "-inf" -> {
        return Double.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    // Java alone takes 1d, 1f and 0x1p0.
    if (!text.matches("[0-9.eE+-]+")) {
      throw new IllegalArgumentException("no number");
    }
    double value = parser.apply(text).doubleValue();
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }

  private static BigDecimal numeric(String text) {
    BigDecimal value = new BigDecimal(text);
    if (value.scale() > MAX_SCALE || (long) value.precision() - value.scale() > MAX_DIGITS) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }

  private static UUID uuid(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("a UUID has 36 characters");
    }
    return uuid;
  }

  private static byte[] bytes(String text) {
    if (text.startsWith("\\x")) {
      return HEX.parseHex(text.substring(2).replaceAll("\\s", ""));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.writeBytes(String.valueOf(c).getBytes(UTF_8));
      } else if (text.startsWith("\\\\", i)) {
        bytes.write('\\');
        i++;
      } else if (i + 3 < text.length()) {
        bytes.write(Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        throw new IllegalArgumentException("an escape has three octal digits");
      }
    }
    return bytes.toByteArray();
  }

  private static List<Object> array(ValueType element, String text) {
    List<Object> values = new ArrayList<>();
    for (String value : ArrayText.parse(text)) {
      values.add(value == null ? null : parsed(element, value));
    }
    return values;
  }
}
