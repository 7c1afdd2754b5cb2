package tidemark.gateway.postgres;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * The types of PostgreSQL's catalog that may cross the wire: all of {@link ValueType} both ways,
 * and what clients name for parameters besides.
 */
enum PostgresType {
  BOOL(16, 1, ValueType.BOOL),
  BYTEA(17, -1, ValueType.BYTEA),
  CHAR(18, 1, ValueType.CHAR),
  NAME(19, 64, ValueType.NAME),
  INT8(20, 8, ValueType.INT8),
  INT2(21, 2, ValueType.INT2),
  INT4(23, 4, ValueType.INT4),
  TEXT(25, -1, ValueType.TEXT),
  OID(26, 4, ValueType.OID),
  FLOAT4(700, 4, ValueType.FLOAT4),
  FLOAT8(701, 8, ValueType.FLOAT8),
  INT2_ARRAY(1005, -1, ValueType.INT2_ARRAY),
  TEXT_ARRAY(1009, -1, ValueType.TEXT_ARRAY),
  INT8_ARRAY(1016, -1, ValueType.INT8_ARRAY),
  FLOAT8_ARRAY(1022, -1, ValueType.FLOAT8_ARRAY),
  OID_ARRAY(1028, -1, ValueType.OID_ARRAY),
  DATE(1082, 4, ValueType.DATE),
  TIME(1083, 8, ValueType.TIME),
  TIMESTAMP(1114, 8, ValueType.TIMESTAMP),
  TIMESTAMPTZ(1184, 8, ValueType.TIMESTAMPTZ),
  INTERVAL(1186, 16, ValueType.INTERVAL),
  NUMERIC(1700, -1, ValueType.NUMERIC),
  UUID(2950, 16, ValueType.UUID),
  JSONB(3802, -1, ValueType.JSONB),

  // Of parameters only.
  JSON(114, -1, ValueType.JSONB),
  UNKNOWN(705, -2, ValueType.TEXT),
  INT4_ARRAY(1007, -1, ValueType.INT8_ARRAY),
  VARCHAR_ARRAY(1015, -1, ValueType.TEXT_ARRAY),
  FLOAT4_ARRAY(1021, -1, ValueType.FLOAT8_ARRAY),
  BPCHAR(1042, -1, ValueType.TEXT),
  VARCHAR(1043, -1, ValueType.TEXT);

  private static final Map<Integer, PostgresType> BY_OID =
      Arrays.stream(values()).collect(Collectors.toMap(PostgresType::oid, Function.identity()));
  private static final Map<ValueType, PostgresType> BY_VALUE = new EnumMap<>(ValueType.class);

  static {
    for (PostgresType type : values()) {
      BY_VALUE.putIfAbsent(type.value, type);
    }
  }

  private final int oid;
  private final int length;
  private final ValueType value;

  PostgresType(int oid, int length, ValueType value) {
    this.oid = oid;
    this.length = length;
    this.value = value;
  }

  static PostgresType of(ValueType type) {
    return BY_VALUE.get(type);
  }

  /**
   * @throws AskException if no value of this type may cross the wire
   */
  static PostgresType ofOid(int oid) {
    PostgresType type = BY_OID.get(oid);
    if (type == null) {
      throw new AskException(
              SqlState.UNDEFINED_OBJECT,
              "type with OID %s is not supported".formatted(Integer.toUnsignedString(oid)))
          .withHint("Leave the parameter's type open, or send it as text.");
    }
    return type;
  }

  int oid() {
    return oid;
  }

  /** In bytes; -1 if it varies. */
  int length() {
    return length;
  }

  /** What its values are in Java. */
  ValueType value() {
    return value;
  }
}
