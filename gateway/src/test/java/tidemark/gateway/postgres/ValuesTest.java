package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.ValueType;

/** Values to text and bytes and back; the golden ones are what PostgreSQL 16 sends. */
class ValuesTest {
  private static final int SEEDS = 500;
  private static final int[] ALPHABET =
      "aZ9 ,{}\"\\'\n\tnull\u00e4\u20ac\uD83D\uDE00".codePoints().toArray();

  static byte[] binary(ValueType type, Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MessageWriter writer = new MessageWriter(out, 1 << 20);
    writer.begin('D');
    BinaryValues.write(type, value, writer);
    writer.end();
    writer.flush();
    return Arrays.copyOfRange(out.toByteArray(), 5, out.size());
  }

  static Stream<Arguments> golden() {
    return Stream.of(
        Arguments.of(ValueType.BOOL, true, "t", "01"),
        Arguments.of(ValueType.INT2, (short) -2, "-2", "fffe"),
        Arguments.of(ValueType.INT4, 258, "258", "00000102"),
        Arguments.of(ValueType.INT8, -1L, "-1", "ffffffffffffffff"),
        Arguments.of(ValueType.FLOAT4, 1.5f, "1.5", "3fc00000"),
        Arguments.of(ValueType.FLOAT8, 1e20, "1e+20", "4415af1d78b58c40"),
        Arguments.of(
            ValueType.NUMERIC,
            new BigDecimal("-12345.678"),
            "-12345.678",
            "0003" + "0001" + "4000" + "0003" + "0001" + "0929" + "1a7c"),
        Arguments.of(ValueType.NUMERIC, new BigDecimal("0.00"), "0.00", "0000000000000002"),
        Arguments.of(
            ValueType.NUMERIC, new BigDecimal("1E+8"), "100000000", "00010002000000000001"),
        Arguments.of(ValueType.NUMERIC, new BigDecimal("0.0001"), "0.0001", "0001ffff000000040001"),
        Arguments.of(ValueType.TEXT, "aä", "aä", "61c3a4"),
        Arguments.of(ValueType.NAME, "id", "id", "6964"),
        Arguments.of(ValueType.CHAR, "r", "r", "72"),
        Arguments.of(ValueType.OID, 4294967295L, "4294967295", "ffffffff"),
        Arguments.of(ValueType.DATE, LocalDate.of(2000, 1, 2), "2000-01-02", "00000001"),
        Arguments.of(ValueType.DATE, LocalDate.of(0, 12, 31), "0001-12-31 BC", "fff4dbf8"),
        Arguments.of(ValueType.DATE, LocalDate.MAX, "infinity", "7fffffff"),
        Arguments.of(
            ValueType.TIME, LocalTime.of(0, 0, 1, 500_000), "00:00:01.0005", "00000000000f4434"),
        Arguments.of(
            ValueType.TIMESTAMP,
            LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000),
            "1999-12-31 23:59:59.999999",
            "ffffffffffffffff"),
        Arguments.of(
            ValueType.TIMESTAMPTZ,
            OffsetDateTime.of(2000, 1, 1, 0, 0, 1, 0, ZoneOffset.UTC),
            "2000-01-01 00:00:01+00",
            "00000000000f4240"),
        Arguments.of(
            ValueType.INTERVAL,
            "1 year 2 mons -3 days +04:05:06.7",
            "1 year 2 mons -3 days +04:05:06.7",
            "000000036c966ee0" + "fffffffd" + "0000000e"),
        Arguments.of(
            ValueType.UUID,
            new UUID(0x0011223344556677L, 0x8899aabbccddeeffL),
            "00112233-4455-6677-8899-aabbccddeeff",
            "00112233445566778899aabbccddeeff"),
        Arguments.of(ValueType.JSONB, "{\"a\": 1}", "{\"a\": 1}", "017b2261223a20317d"),
        Arguments.of(
            ValueType.INT8_ARRAY,
            Arrays.asList(1L, null),
            "{1,NULL}",
            "00000001"
                + "00000001"
                + "00000014"
                + "00000002"
                + "00000001"
                + "00000008"
                + "0000000000000001"
                + "ffffffff"),
        Arguments.of(ValueType.FLOAT8_ARRAY, List.of(), "{}", "0000000000000000000002bd"),
        Arguments.of(
            ValueType.TEXT_ARRAY,
            Arrays.asList("a", "", "null", null, "x,\"y\\"),
            "{a,\"\",\"null\",NULL,\"x,\\\"y\\\\\"}",
            "00000001"
                + "00000001"
                + "00000019"
                + "00000005"
                + "00000001"
                + "0000000161"
                + "00000000"
                + "000000046e756c6c"
                + "ffffffff"
                + "00000005782c22795c"),
        Arguments.of(
            ValueType.INT2_ARRAY,
            List.of(7),
            "{7}",
            "00000001" + "00000000" + "00000015" + "00000001" + "00000001" + "000000020007"),
        Arguments.of(
            ValueType.OID_ARRAY,
            List.of(3_000_000_000L),
            "{3000000000}",
            "00000001" + "00000000" + "0000001a" + "00000001" + "00000001" + "00000004b2d05e00"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void valueIsWrittenAndReadAsPostgresDoes(
      ValueType type, Object value, String text, String bytes) {
    assertThat(TextValues.text(type, value)).isEqualTo(text);
    assertThat(HexFormat.of().formatHex(binary(type, value))).isEqualTo(bytes);
    Object fromText = TextValues.parse(type, text);
    Object fromBytes = BinaryValues.read(PostgresType.of(type), binary(type, value));
    if (value instanceof BigDecimal decimal) {
      assertThat((BigDecimal) fromText).isEqualByComparingTo(decimal);
      assertThat((BigDecimal) fromBytes).isEqualByComparingTo(decimal);
    } else {
      assertThat(fromText).isEqualTo(value);
      assertThat(fromBytes).isEqualTo(value);
    }
  }

  @Test
  void bytesAreWrittenInHexAndReadInBothForms() {
    byte[] bytes = {0, 'a', -1};
    assertThat(TextValues.text(ValueType.BYTEA, bytes)).isEqualTo("\\x0061ff");
    assertThat((byte[]) TextValues.parse(ValueType.BYTEA, "\\x0061FF")).isEqualTo(bytes);
    assertThat((byte[]) TextValues.parse(ValueType.BYTEA, "\\000a\\377")).isEqualTo(bytes);
    assertThat(binary(ValueType.BYTEA, bytes)).isEqualTo(bytes);
    assertThat((byte[]) BinaryValues.read(PostgresType.BYTEA, bytes)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource(ValueType.class)
  void randomValuesComeBack(ValueType type) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Object value = random(type, new Random(seed));
      Object fromText = TextValues.parse(type, TextValues.text(type, value));
      Object fromBytes = BinaryValues.read(PostgresType.of(type), binary(type, value));
      assertThat(fromText).as("%s, seed %d, text", type, seed).isEqualTo(value);
      assertThat(fromBytes).as("%s, seed %d, binary", type, seed).isEqualTo(value);
    }
  }

  private static Object random(ValueType type, Random random) {
    return switch (type) {
      case BOOL -> random.nextBoolean();
      case INT2 -> (short) random.nextInt();
      case INT4 -> random.nextInt();
      case INT8 -> random.nextLong();
      case FLOAT4 -> Float.intBitsToFloat(random.nextInt() & 0xff7fffff);
      case FLOAT8 -> Double.longBitsToDouble(random.nextLong() & 0xffefffffffffffffL);
      case NUMERIC ->
          new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(40))
              .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1));
      case TEXT, NAME, JSONB -> randomText(random);
      case CHAR -> String.valueOf((char) ('a' + random.nextInt(26)));
      case OID -> random.nextInt() & 0xffffffffL;
      case BYTEA -> randomText(random).getBytes(UTF_8);
      case DATE -> LocalDate.of(2000, 1, 1).plusDays(random.nextInt(6_000_000) - 2_000_000);
      case TIME ->
          LocalTime.ofNanoOfDay(random.nextInt(86_400) * 1_000_000_000L + randomNanos(random));
      case TIMESTAMP -> randomTime(random);
      case TIMESTAMPTZ -> randomTime(random).atOffset(ZoneOffset.UTC);
      case INTERVAL ->
          new Interval(random.nextInt() >> 8, random.nextInt() >> 8, random.nextLong() >> 8).text();
      case UUID -> new UUID(random.nextLong(), random.nextLong());
      case INT8_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY, OID_ARRAY -> randomList(type, random);
      case INT2_ARRAY -> List.of((int) (short) random.nextInt(), (int) (short) random.nextInt());
    };
  }

  private static long randomNanos(Random random) {
    return random.nextInt(1_000_000) * 1_000L;
  }

  private static LocalDateTime randomTime(Random random) {
    return LocalDateTime.of(1, 1, 1, 0, 0)
        .plusSeconds(random.nextLong(300_000_000_000L) - 60_000_000_000L)
        .plusNanos(randomNanos(random));
  }

  private static List<Object> randomList(ValueType type, Random random) {
    List<Object> list = new ArrayList<>();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      list.add(random.nextInt(4) == 0 ? null : random(TextValues.elementOf(type), random));
    }
    return list;
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    int size = random.nextInt(12);
    for (int i = 0; i < size; i++) {
      text.appendCodePoint(ALPHABET[random.nextInt(ALPHABET.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "0.1, 0.1",
    "100000, 100000",
    "123456789012345, 123456789012345",
    "1e15, 1e+15",
    "1234567890123456, 1.234567890123456e+15",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "-1.5e-7, -1.5e-07",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity"
  })
  void doublesHaveThePlainFormThatPostgresGivesThem(String java, String text) {
    assertThat(FloatText.text(Double.parseDouble(java))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"100000, 100000", "1000000, 1e+06", "0.1, 0.1", "-3.4028235e38, -3.4028235e+38"})
  void floatsTurnToExponentsEarlier(String java, String text) {
    assertThat(FloatText.text(Float.parseFloat(java))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-02 03:04:05.678+01, 2024-01-02 02:04:05.678+00",
    "2024-01-02T03:04:05Z, 2024-01-02 03:04:05+00",
    "2024-01-02, 2024-01-02 00:00:00+00",
    "2024-01-02 03:04, 2024-01-02 03:04:00+00",
    "2024-01-02 03:04:05-05:30, 2024-01-02 08:34:05+00",
    "2024-01-02 03:04:05 UTC, 2024-01-02 03:04:05+00",
    "12024-01-02 03:04:05+00, 12024-01-02 03:04:05+00",
    "0044-03-15 00:00:00+00 BC, 0044-03-15 00:00:00+00 BC",
    "infinity, infinity",
    "-infinity, -infinity",
    "epoch, 1970-01-01 00:00:00+00"
  })
  void timestampsAreReadInTheFormsThatClientsSend(String text, String utc) {
    Object value = TextValues.parse(ValueType.TIMESTAMPTZ, text);
    assertThat(TextValues.text(ValueType.TIMESTAMPTZ, value)).isEqualTo(utc);
  }

  @ParameterizedTest
  @CsvSource({
    "1 years 2 mons 3 days 4 hours 5 mins 6.7 secs, 1 year 2 mons 3 days 04:05:06.7",
    "1 month 2 days, 1 mon 2 days",
    "P1Y2M3DT4H5M6.7S, 1 year 2 mons 3 days 04:05:06.7",
    "PT-1H, -01:00:00",
    "-1 mons +1 days, -1 mons +1 day",
    "-1 days +02:03:00, -1 days +02:03:00",
    "1 day -00:00:00.000001, 1 day -00:00:00.000001",
    "100:00:00, 100:00:00",
    "0 days, 00:00:00",
    "1.5 hours, 01:30:00"
  })
  void intervalsAreReadInTheFormsThatClientsSend(String text, String normal) {
    assertThat(TextValues.parse(ValueType.INTERVAL, text)).isEqualTo(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, maybe",
    "BOOL, o",
    "INT2, 32768",
    "INT4, 1.5",
    "INT8, 9223372036854775808",
    "FLOAT8, 1e999",
    "FLOAT8, 0x1p0",
    "FLOAT8, 1d",
    "NUMERIC, 1e999999999",
    "NUMERIC, NaN",
    "NUMERIC, 1e-999999999",
    "OID, -1",
    "BYTEA, \\xabc",
    "BYTEA, \\9",
    "DATE, 2024-13-01",
    "TIME, 25:00",
    "TIMESTAMP, yesterday",
    "INTERVAL, 3",
    "INTERVAL, 1 parsec",
    "INTERVAL, ''",
    "UUID, 1-1-1-1-1",
    "INT8_ARRAY, '{1,{2}}'",
    "INT8_ARRAY, '{1'",
    "INT8_ARRAY, '{1,}'",
    "TEXT_ARRAY, '{\"a}'",
    "TEXT_ARRAY, a"
  })
  void nonsenseIsInvalidText(ValueType type, String text) {
    assertThatThrownBy(() -> TextValues.parse(type, text))
        .isInstanceOfSatisfying(
            AskException.class, e -> assertThat(e.state().code()).isEqualTo("22P02"));
  }

  @Test
  void randomBytesAreAValueOrAnError() {
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      for (PostgresType type : PostgresType.values()) {
        try {
          assertThat(BinaryValues.read(type, bytes)).isNotNull();
        } catch (AskException e) {
          assertThat(e.state().code()).as("seed %d", seed).isNotEqualTo("XX000");
        }
      }
    }
  }

  @Test
  void parametersTurnIntoWhatTheStatementWants() {
    assertThat(Coercion.to(ValueType.INT8, ValueType.INT4, 7)).isEqualTo(7L);
    assertThat(Coercion.to(ValueType.FLOAT8, ValueType.NUMERIC, new BigDecimal("1.5")))
        .isEqualTo(1.5);
    assertThat(Coercion.to(ValueType.NUMERIC, ValueType.INT8, 7L)).isEqualTo(new BigDecimal("7"));
    assertThat(Coercion.to(ValueType.INT4, ValueType.FLOAT8, 2.5)).isEqualTo(2);
    assertThat(Coercion.to(ValueType.TIMESTAMPTZ, ValueType.TEXT, "2024-01-02"))
        .isEqualTo(OffsetDateTime.of(2024, 1, 2, 0, 0, 0, 0, ZoneOffset.UTC));
    assertThat(Coercion.to(ValueType.TIMESTAMP, ValueType.DATE, LocalDate.of(2024, 1, 2)))
        .isEqualTo(LocalDateTime.of(2024, 1, 2, 0, 0));
    assertThat(Coercion.to(ValueType.TEXT, ValueType.BOOL, true)).isEqualTo("t");
    assertThatThrownBy(() -> Coercion.to(ValueType.INT2, ValueType.INT8, 70_000L))
        .hasMessage("parameter is out of range of int2: 70000");
    assertThatThrownBy(() -> Coercion.to(ValueType.INT8, ValueType.FLOAT8, Double.NaN))
        .hasMessageContaining("out of range");
    assertThatThrownBy(() -> Coercion.to(ValueType.UUID, ValueType.INT8, 1L))
        .hasMessage("parameter must be of type uuid, got int8");
  }
}
