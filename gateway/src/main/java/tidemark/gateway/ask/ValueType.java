package tidemark.gateway.ask;

/**
 * What a column or a parameter may be. Each names the Java type that its values have; null is
 * allowed in all of them.
 */
public enum ValueType {
  /** {@code Boolean}. */
  BOOL,
  /** {@code Short}. */
  INT2,
  /** {@code Integer}. */
  INT4,
  /** {@code Long}. */
  INT8,
  /** {@code Float}. */
  FLOAT4,
  /** {@code Double}. */
  FLOAT8,
  /** {@code java.math.BigDecimal}. */
  NUMERIC,
  /** {@code String}. */
  TEXT,
  /** {@code String}; an identifier of the dictionary. */
  NAME,
  /** {@code String} of one character; PostgreSQL's {@code "char"}. */
  CHAR,
  /** {@code Long}, unsigned 32 bits; an object id of the dictionary. */
  OID,
  /** {@code byte[]}. */
  BYTEA,
  /** {@code java.time.LocalDate}. */
  DATE,
  /** {@code java.time.LocalTime}. */
  TIME,
  /** {@code java.time.LocalDateTime}. */
  TIMESTAMP,
  /** {@code java.time.OffsetDateTime}, UTC. */
  TIMESTAMPTZ,
  /** {@code String} as PostgreSQL writes intervals: {@code 1 day 02:00:00}. */
  INTERVAL,
  /** {@code java.util.UUID}. */
  UUID,
  /** {@code String}, JSON text: maps and structs of an answer. */
  JSONB,
  /** {@code java.util.List<Long>}. */
  INT8_ARRAY,
  /** {@code java.util.List<Double>}. */
  FLOAT8_ARRAY,
  /** {@code java.util.List<String>}. */
  TEXT_ARRAY,
  /** {@code java.util.List<Integer>}; of the dictionary. */
  INT2_ARRAY,
  /** {@code java.util.List<Long>}; of the dictionary. */
  OID_ARRAY
}
