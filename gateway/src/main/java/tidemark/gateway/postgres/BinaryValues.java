package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * Values in PostgreSQL's binary form: numbers big endian, floats as IEEE 754, dates as days and
 * times as microseconds from 2000-01-01, an interval as microseconds (8 bytes), days and months (4
 * each), JSON behind a version byte of 1. Arrays:
 *
 * <pre>
 * dimensions  4 bytes    0 (empty) or 1
 * hasNulls    4 bytes    0 or 1
 * element     4 bytes    OID of its type
 * size        4 bytes    if there is a dimension
 * lower bound 4 bytes    1; likewise
 * elements    length of 4 bytes, -1 for null, and bytes
 * </pre>
 */
final class BinaryValues {
  private static final int JSON_VERSION = 1;
  private static final int NULL = -1;

  private BinaryValues() {}

  /** Writes the value without its length. */
  static void write(ValueType type, Object value, MessageWriter out) {
    switch (type) {
      case BOOL -> out.int8((Boolean) value ? 1 : 0);
      case INT2 -> out.int16((Short) value);
      case INT4 -> out.int32((Integer) value);
      case INT8 -> out.int64((Long) value);
      case OID -> out.int32(((Long) value).intValue());
      case FLOAT4 -> out.int32(Float.floatToRawIntBits((Float) value));
      case FLOAT8 -> out.int64(Double.doubleToRawLongBits((Double) value));
      case NUMERIC -> NumericBinary.write((BigDecimal) value, out);
      case TEXT, NAME, CHAR -> out.utf8((String) value);
      case JSONB -> out.int8(JSON_VERSION).utf8((String) value);
      case BYTEA -> out.bytes((byte[]) value);
      case DATE -> out.int32(PostgresTime.days((LocalDate) value));
      case TIME -> out.int64(PostgresTime.micros((LocalTime) value));
      case TIMESTAMP -> out.int64(PostgresTime.micros((LocalDateTime) value));
      case TIMESTAMPTZ -> out.int64(PostgresTime.micros((OffsetDateTime) value));
      case INTERVAL -> writeInterval(Interval.parse((String) value), out);
      case UUID -> {
        UUID uuid = (UUID) value;
        out.int64(uuid.getMostSignificantBits()).int64(uuid.getLeastSignificantBits());
      }
      case INT8_ARRAY, OID_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY ->
          writeArray(PostgresType.of(TextValues.elementOf(type)), (List<?>) value, out);
      case INT2_ARRAY -> writeArray(PostgresType.INT2, shorts((List<?>) value), out);
    }
  }

  private static void writeInterval(Interval interval, MessageWriter out) {
    out.int64(interval.micros()).int32(interval.days()).int32(interval.months());
  }

  private static List<Short> shorts(List<?> values) {
    List<Short> shorts = new ArrayList<>(values.size());
    for (Object value : values) {
      shorts.add(value == null ? null : ((Integer) value).shortValue());
    }
    return shorts;
  }

  private static void writeArray(PostgresType element, List<?> values, MessageWriter out) {
    int hasNulls = values.stream().anyMatch(Objects::isNull) ? 1 : 0;
    out.int32(values.isEmpty() ? 0 : 1).int32(hasNulls).int32(element.oid());
    if (!values.isEmpty()) {
      out.int32(values.size()).int32(1);
    }
    for (Object value : values) {
      if (value == null) {
        out.int32(NULL);
      } else {
        int mark = out.beginValue();
        write(element.value(), value, out);
        out.endValue(mark);
      }
    }
  }

  /**
   * Reads a value, of the Java type that {@link PostgresType#value} says.
   *
   * @throws AskException if the bytes are none of the type
   */
  static Object read(PostgresType type, byte[] bytes) {
    Message in = new Message('B', bytes);
    try {
      Object value = read(type, in);
      in.end();
      return value;
    } catch (DateTimeException | ArithmeticException e) {
      throw new AskException(
          SqlState.DATA_EXCEPTION, "incorrect binary data of type " + type.name(), e);
    }
  }

  private static Object read(PostgresType type, Message in) {
    return switch (type) {
      case BOOL -> in.uint8() != 0;
      case INT2 -> (short) in.uint16();
      case INT4 -> in.int32();
      case INT8 -> int64(in);
      case OID -> Integer.toUnsignedLong(in.int32());
      case FLOAT4 -> Float.intBitsToFloat(in.int32());
      case FLOAT8 -> Double.longBitsToDouble(int64(in));
      case NUMERIC -> NumericBinary.read(in);
      case TEXT, NAME, CHAR, JSON, UNKNOWN, BPCHAR, VARCHAR -> Message.utf8(in.rest());
      case JSONB -> jsonb(in);
      case BYTEA -> in.rest();
      case DATE -> PostgresTime.date(in.int32());
      case TIME -> PostgresTime.time(int64(in));
      case TIMESTAMP -> PostgresTime.timestamp(int64(in));
      case TIMESTAMPTZ -> PostgresTime.atUtc(PostgresTime.timestamp(int64(in)));
      case INTERVAL -> interval(in);
      case UUID -> new UUID(int64(in), int64(in));
      case INT2_ARRAY,
          INT4_ARRAY,
          INT8_ARRAY,
          OID_ARRAY,
          FLOAT4_ARRAY,
          FLOAT8_ARRAY,
          TEXT_ARRAY,
          VARCHAR_ARRAY ->
          array(TextValues.elementOf(type.value()), in);
    };
  }

  private static long int64(Message in) {
    return ((long) in.int32() << 32) | (in.int32() & 0xffffffffL);
  }

  private static String jsonb(Message in) {
    int version = in.uint8();
    if (version != JSON_VERSION) {
      throw new AskException(
          SqlState.DATA_EXCEPTION, "unsupported jsonb version number " + version);
    }
    return new String(in.rest(), UTF_8);
  }

  private static String interval(Message in) {
    long micros = int64(in);
    int days = in.int32();
    return new Interval(in.int32(), days, micros).text();
  }

  /** Elements say their own type, which may be a narrower one than the array's in Java. */
  private static List<Object> array(ValueType wanted, Message in) {
    int dimensions = in.int32();
    if (dimensions != 0 && dimensions != 1) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "arrays must have one dimension, got " + dimensions);
    }
    in.int32();
    PostgresType element = PostgresType.ofOid(in.int32());
    List<Object> values = new ArrayList<>();
    if (dimensions == 0) {
      return values;
    }
    int size = in.int32();
    in.int32();
    // Each element takes four bytes at least, so a claim without them ends at the first.
    for (int i = 0; i < size; i++) {
      int length = in.int32();
      values.add(
          length == NULL
              ? null
              : Coercion.to(wanted, element.value(), read(element, in.bytes(length))));
    }
    return values;
  }
}
