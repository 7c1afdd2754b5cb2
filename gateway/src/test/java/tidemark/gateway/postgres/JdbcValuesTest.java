package tidemark.gateway.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.core.TypeInfo;
import org.postgresql.util.PGInterval;

/** Every type as pgjdbc reads it, in text and in binary, and as it sends it. */
class JdbcValuesTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = Served.byDefault();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("true", Oid.BOOL, true),
        Arguments.of("(-7)::smallint", Oid.INT2, -7),
        Arguments.of("2147483647::int", Oid.INT4, 2147483647),
        Arguments.of("(-9223372036854775807)::bigint", Oid.INT8, -9223372036854775807L),
        Arguments.of("1.25::float", Oid.FLOAT4, 1.25f),
        Arguments.of("0.1::double", Oid.FLOAT8, 0.1),
        Arguments.of("'nan'::double", Oid.FLOAT8, Double.NaN),
        Arguments.of("-1234567.8901::decimal(20,4)", Oid.NUMERIC, new BigDecimal("-1234567.8901")),
        Arguments.of(
            "170141183460469231731687303715884105727::hugeint",
            Oid.NUMERIC,
            new BigDecimal("170141183460469231731687303715884105727")),
        Arguments.of("'∀ä\uD83D\uDE00'", Oid.TEXT, "∀ä\uD83D\uDE00"),
        Arguments.of("'pg' as c__name", Oid.NAME, "pg"),
        Arguments.of("'r' as c__char", Oid.CHAR, "r"),
        Arguments.of("4000000000::uinteger", Oid.OID, 4000000000L),
        Arguments.of("date '2024-02-29'", Oid.DATE, java.sql.Date.valueOf("2024-02-29")),
        Arguments.of("time '23:59:58'", Oid.TIME, java.sql.Time.valueOf("23:59:58")),
        Arguments.of(
            "timestamp '1969-12-31 23:59:59.123456'",
            Oid.TIMESTAMP,
            java.sql.Timestamp.valueOf("1969-12-31 23:59:59.123456")),
        Arguments.of(
            "timestamptz '2024-01-02 03:04:05.5+00'",
            Oid.TIMESTAMPTZ,
            java.sql.Timestamp.from(
                OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 500_000_000, ZoneOffset.UTC).toInstant())),
        Arguments.of(
            "uuid '00112233-4455-6677-8899-aabbccddeeff'",
            Oid.UUID,
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")));
  }

  private static Connection connect(String format) throws SQLException {
    // -1 asks for binary results from the first run on.
    return format.equals("binary")
        ? served.connect(
            "prepareThreshold", "-1", "binaryTransferEnable", "1042,25,19,1043,1082,1083,1114,1184")
        : served.connect("prepareThreshold", "0", "binaryTransfer", "false");
  }

  @ParameterizedTest
  @MethodSource("values")
  void valueIsReadInTextAndBinary(String sql, int oid, Object value) throws SQLException {
    for (String format : new String[] {"text", "binary"}) {
      try (Connection connection = connect(format);
          PreparedStatement statement =
              connection.prepareStatement(
                  "select %s union all select null limit 2".formatted(sql));
          ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject(1)).as(format).isEqualTo(value);
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject(1)).isNull();
        String type = rows.getMetaData().getColumnTypeName(1);
        TypeInfo types = connection.unwrap(BaseConnection.class).getTypeInfo();
        assertThat(types.getPGType(type)).isEqualTo(oid);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "binary"})
  void bytesIntervalJsonAndArraysAreRead(String format) throws SQLException {
    String sql =
        "select 'a\\x00\\xFF'::blob, interval '14 months 3 days 1 hour', '{\"a\": [1]}'::json,"
            + " [1, null, -3]::bigint[], [0.5::double, 'inf'::double], ['a,b', null, '\"', '']::varchar[],"
            + " [1, 2]::smallint[], [7]::uinteger[], []::bigint[]";
    try (Connection connection = connect(format);
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBytes(1)).isEqualTo(new byte[] {'a', 0, -1});
      assertThat(rows.getString(3)).isEqualTo("{\"a\": [1]}");
      assertThat((Long[]) rows.getArray(4).getArray()).containsExactly(1L, null, -3L);
      assertThat((Double[]) rows.getArray(5).getArray())
          .containsExactly(0.5, Double.POSITIVE_INFINITY);
      assertThat((String[]) rows.getArray(6).getArray()).containsExactly("a,b", null, "\"", "");
      assertThat((Object[]) rows.getArray(7).getArray()).hasSize(2);
      assertThat((Object[]) rows.getArray(9).getArray()).isEmpty();
      if (format.equals("text")) {
        assertThat(new PGInterval(rows.getString(2))).isEqualTo(new PGInterval(1, 2, 3, 1, 0, 0));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "binary"})
  void parametersArriveAsTheyWereMeant(String format) throws SQLException {
    String sql =
        "select ?::boolean, ?::smallint, ?::int, ?::bigint, ?::float, ?::double, ?::decimal(38,10),"
            + " ?::varchar, ?::date, ?::time, ?::timestamp, ?::timestamptz, ?::uuid, ?::int,"
            + " octet_length(?::blob), ?::bigint";
    OffsetDateTime time =
        OffsetDateTime.of(2024, 1, 2, 3, 4, 5, 678_901_000, ZoneOffset.ofHours(2));
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    try (Connection connection = connect(format);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBoolean(1, true);
      statement.setShort(2, (short) -5);
      statement.setInt(3, 77);
      statement.setLong(4, Long.MIN_VALUE);
      statement.setFloat(5, 1.5f);
      statement.setDouble(6, -2.25e-100);
      statement.setBigDecimal(7, new BigDecimal("-12345678901234567890.123456789"));
      statement.setString(8, "it's \\ ∀");
      statement.setObject(9, LocalDate.of(1999, 12, 31));
      statement.setObject(10, LocalTime.of(1, 2, 3, 4_000));
      statement.setObject(11, LocalDateTime.of(2024, 1, 2, 3, 4, 5, 6_000));
      statement.setObject(12, time);
      statement.setObject(13, uuid);
      statement.setNull(14, Types.INTEGER);
      statement.setBytes(15, new byte[] {0, 1, 2, -1});
      statement.setInt(16, 9);
      for (int run = 0; run < 3; run++) {
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getBoolean(1)).isTrue();
          assertThat(rows.getShort(2)).isEqualTo((short) -5);
          assertThat(rows.getInt(3)).isEqualTo(77);
          assertThat(rows.getLong(4)).isEqualTo(Long.MIN_VALUE);
          assertThat(rows.getFloat(5)).isEqualTo(1.5f);
          assertThat(rows.getDouble(6)).isEqualTo(-2.25e-100);
          assertThat(rows.getBigDecimal(7)).isEqualByComparingTo("-12345678901234567890.123456789");
          assertThat(rows.getString(8)).isEqualTo("it's \\ ∀");
          assertThat(rows.getObject(9, LocalDate.class)).isEqualTo(LocalDate.of(1999, 12, 31));
          assertThat(rows.getObject(10, LocalTime.class)).isEqualTo(LocalTime.of(1, 2, 3, 4_000));
          assertThat(rows.getObject(11, LocalDateTime.class))
              .isEqualTo(LocalDateTime.of(2024, 1, 2, 3, 4, 5, 6_000));
          assertThat(rows.getObject(12, OffsetDateTime.class).toInstant())
              .isEqualTo(time.toInstant());
          assertThat(rows.getObject(13)).isEqualTo(uuid);
          assertThat(rows.getObject(14)).isNull();
          assertThat(rows.getInt(15)).isEqualTo(4);
          assertThat(rows.getLong(16)).isEqualTo(9);
        }
      }
    }
  }

  @Test
  void arrayParameterArrives() throws SQLException {
    for (String format : new String[] {"text", "binary"}) {
      try (Connection connection = connect(format);
          PreparedStatement statement =
              connection.prepareStatement("select list_sum(?::bigint[]), ?::varchar[]")) {
        Array numbers = connection.createArrayOf("int4", new Integer[] {1, null, 41});
        Array words = connection.createArrayOf("text", new String[] {"a", "b c", null});
        statement.setArray(1, numbers);
        statement.setArray(2, words);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          assertThat(rows.getLong(1)).isEqualTo(42);
          assertThat(Arrays.asList((String[]) rows.getArray(2).getArray()))
              .containsExactly("a", "b c", null);
        }
      }
    }
  }

  @Test
  void parameterTypeOfTheClientWins() throws SQLException {
    try (Connection connection = served.connect();
        PreparedStatement statement = connection.prepareStatement("select ?::bigint")) {
      assertThat(statement.getParameterMetaData().getParameterTypeName(1)).isEqualTo("int8");
      statement.setInt(1, 5);
      statement.executeQuery().close();
      assertThat(statement.getParameterMetaData().getParameterTypeName(1)).isEqualTo("int4");
    }
  }
}
