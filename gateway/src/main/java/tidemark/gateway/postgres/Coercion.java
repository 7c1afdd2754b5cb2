package tidemark.gateway.postgres;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Locale;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * Turns a parameter of the type that the client named into one of the type that the statement
 * wants: numbers into each other if they fit, dates into timestamps, everything into text and text
 * into everything.
 */
final class Coercion {
  private Coercion() {}

  /**
   * @param value not null
   * @throws AskException if it cannot be such a value
   */
  static Object to(ValueType wanted, ValueType given, Object value) {
    if (wanted == given) {
      return value;
    }
    if (value instanceof String text) {
      return TextValues.parse(wanted, text);
    }
    try {
      return switch (wanted) {
        case INT2 -> exact(value, given, wanted).shortValueExact();
        case INT4 -> exact(value, given, wanted).intValueExact();
        case INT8, OID -> exact(value, given, wanted).longValueExact();
        case FLOAT4 -> number(value, given, wanted).floatValue();
        case FLOAT8 -> number(value, given, wanted).doubleValue();
        case NUMERIC -> exactOrScaled(value, given, wanted);
        case DATE -> date(value, given, wanted);
        case TIMESTAMP -> timestamp(value, given, wanted);
        case TIMESTAMPTZ -> PostgresTime.atUtc(timestamp(value, given, wanted));
        case TEXT, NAME, CHAR, JSONB -> TextValues.text(given, value);
        default -> throw mismatch(given, wanted);
      };
    } catch (ArithmeticException e) {
      throw new AskException(
          SqlState.DATA_EXCEPTION,
          "parameter is out of range of %s: %s".formatted(nameOf(wanted), value),
          e);
    }
  }

  private static Number number(Object value, ValueType given, ValueType wanted) {
    if (value instanceof Number number) {
      return number;
    }
    throw mismatch(given, wanted);
  }

  /** To the nearest integer, ties to even, as PostgreSQL casts floats. */
  private static BigDecimal exact(Object value, ValueType given, ValueType wanted) {
    return exactOrScaled(value, given, wanted).setScale(0, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal exactOrScaled(Object value, ValueType given, ValueType wanted) {
    Number number = number(value, given, wanted);
    if (number instanceof BigDecimal decimal) {
      return decimal;
    }
    if (!Double.isFinite(number.doubleValue())) {
      throw new ArithmeticException("not finite");
    }
    return new BigDecimal(number.toString());
  }

  private static LocalDate date(Object value, ValueType given, ValueType wanted) {
    return timestamp(value, given, wanted).toLocalDate();
  }

  private static LocalDateTime timestamp(Object value, ValueType given, ValueType wanted) {
    if (value instanceof LocalDate date) {
      return date.atStartOfDay();
    }
    if (value instanceof LocalDateTime time) {
      return time;
    }
    if (value instanceof OffsetDateTime time) {
      return time.toLocalDateTime();
    }
    throw mismatch(given, wanted);
  }

  private static AskException mismatch(ValueType given, ValueType wanted) {
    return new AskException(
        SqlState.DATATYPE_MISMATCH,
        "parameter must be of type %s, got %s".formatted(nameOf(wanted), nameOf(given)));
  }

  private static String nameOf(ValueType type) {
    return PostgresType.of(type).name().toLowerCase(Locale.ROOT);
  }
}
