package tidemark.serde.partial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/** Rows come back as they were written; their bytes are frozen. */
class PartialRowsTest {
  private static final int NAMES = 500;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void rowsComeBackInOrder(long seed) {
    Random random = new Random(seed);
    MetricNames names = new MetricNames(seed);
    PartialBatch batch = new PartialBatch(16);
    PartialWriter writer = new PartialWriter(names, batch);
    // the reader's task has numbers of its own
    MetricNames otherNames = new MetricNames(seed + 1);
    otherNames.number(MetricType.GAUGE, "someone", "else");
    PartialReader reader = new PartialReader(otherNames);
    for (int round = 0; round < 3; round++) {
      writer.begin(round, 10);
      List<String> written = new ArrayList<>();
      for (int i = random.nextInt(300); i > 0; i--) {
        PartialRow row = randomRow(random, names);
        written.add(describe(row, names));
        writer.write(row);
      }
      assertThat(writer.rows()).isEqualTo(written.size());
      assertThat(batch.keyGroup()).isEqualTo(round);
      // behind the end stands what an earlier round left there
      reader.open(batch);
      assertThat(readAll(reader, otherNames)).as("seed %s", seed).isEqualTo(written);
      byte[] copy = batch.toBytes();
      reader.open(copy, copy.length);
      assertThat(readAll(reader, otherNames)).as("seed %s, copied", seed).isEqualTo(written);
    }
  }

  // Golden: runs of open windows lie in savepoints in this form. Never edit.
  @Test
  void writesTheGoldenBytesOfVersion2() {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(16));
    writer.begin(3, PartialBatch.OPEN);
    goldenRows(names).forEach(writer::write);
    longRows(names).forEach(writer::write);
    assertThat(HexFormat.of().formatHex(writer.batch().toBytes())).isEqualTo(golden2());
  }

  @Test
  void readsTheGoldenBytesOfVersion2() {
    MetricNames names = new MetricNames(1);
    List<PartialRow> rows = new ArrayList<>(goldenRows(names));
    rows.addAll(longRows(names));
    assertThat(readAll(golden2(), names)).isEqualTo(describe(rows, names));
  }

  @Test
  void readsTheGoldenBytesOfVersion1() {
    MetricNames names = new MetricNames(1);
    assertThat(readAll(golden1(), names)).isEqualTo(describe(goldenRows(names), names));
  }

  /** A state that was written before and after an update has runs of either version. */
  @Test
  void oneReaderReadsEitherVersionInTurn() {
    MetricNames names = new MetricNames(1);
    PartialReader reader = new PartialReader(names);
    List<String> expected = describe(goldenRows(names), names);
    for (String golden : List.of(golden1(), golden2(), golden1())) {
      byte[] bytes = HexFormat.of().parseHex(golden);
      reader.open(bytes, bytes.length);
      assertThat(readAll(reader, names)).startsWith(expected.toArray(String[]::new));
    }
  }

  private static List<String> readAll(String golden, MetricNames names) {
    byte[] bytes = HexFormat.of().parseHex(golden);
    PartialReader reader = new PartialReader(names);
    reader.open(bytes, bytes.length);
    return readAll(reader, names);
  }

  private static List<String> describe(List<PartialRow> rows, MetricNames names) {
    return rows.stream().map(row -> describe(row, names)).toList();
  }

  private static String golden2() {
    return String.join(
            "",
            "80 01 0100 61 0300 726571", // name 0: counter a/req
            "40 1027000000000000", // window at 10,000
            "08 0000 0700000000000000", // row of it
            "02000000 0000000000000840", // count 2, sum 3.0
            "80 02 0100 61 0300 637075", // name 1: gauge a/cpu
            "40 0000000000000000", // window at 0
            "19 0100 feffffffffffffff", // one reading in hundredths, series -2
            "96000000 05000000", // 1.50 at 5 ms
            "40 f0d8ffffffffffff", // window at -10,000
            "1e 0100 0100000000000000",
            "03000000 000000000000f03f 000000000000903c", // count 3, 1.0 + 2^-54
            "01 000000000000203a", // rest 2^-93
            "9cffffff c8000000", // min -1.00, max 2.00
            "16270000 c8000000", // last 2.00 at 6 ms, 10,006 ms after the start
            "80 03 0100 61 0100 6c", // name 2: distribution a/l
            "40 1027000000000000",
            "18 0200 0900000000000000",
            "01000000 0000000000001040", // count 1, sum 4.0: never single
            "90010000 90010000", // min, max
            "000000000000d03f", // error 0.25
            "03000000 010203", // sketch
            "00 0000 0700000000000000 2027000000000000", // counter, long, window at 10,016
            "0000008000000000 0000000000000840", // count 2^31, sum 3.0
            "01 0100 feffffffffffffff 0000000000000000", // gauge, long, window at 0
            "000000000000f83f 0000008000000000", // 1.5 at 2^31 ms
            "09 0100 feffffffffffffff", // gauge, brief, in the window at 10,000 still
            "000000000000c03f 00000080") // 0.125 at 2^31 ms before the start
        .replace(" ", "");
  }

  private static String golden1() {
    return String.join(
            "",
            "80 01 0100 61 0300 726571", // name 0: counter a/req
            "00 0000 0700000000000000 1027000000000000", // row of it, window at 10,000
            "0200000000000000 0000000000000840", // count 2, sum 3.0
            "80 02 0100 61 0300 637075", // name 1: gauge a/cpu
            "01 0100 feffffffffffffff 0000000000000000", // one reading, series -2
            "000000000000f83f 0500000000000000", // 1.5 at 5 ms
            "06 0100 0100000000000000 f0d8ffffffffffff", // window at -10,000
            "0300000000000000 000000000000f03f 000000000000903c", // count 3, 1.0 + 2^-54
            "01 000000000000203a", // rest 2^-93
            "000000000000f0bf 0000000000000040", // min -1, max 2
            "0600000000000000 0000000000000040", // last 2.0 at 6 ms
            "80 03 0100 61 0100 6c", // name 2: distribution a/l
            "00 0200 0900000000000000 1027000000000000",
            "0100000000000000 0000000000001040", // count 1, sum 4.0: never single
            "0000000000001040 0000000000001040", // min, max
            "000000000000d03f", // error 0.25
            "03000000 010203") // sketch
        .replace(" ", "");
  }

  private static List<PartialRow> goldenRows(MetricNames names) {
    PartialRow counter = row(names, MetricType.COUNTER, "req", 7L, 10_000L, 2, 3.0);
    PartialRow single = reading(names, 0L, 1.5, 5L);
    PartialRow gauge = row(names, MetricType.GAUGE, "cpu", 1L, -10_000L, 3, 1.0);
    gauge.low = 0x1p-54;
    gauge.rest = new double[] {0x1p-93};
    gauge.min = -1.0;
    gauge.max = 2.0;
    gauge.last = 2.0;
    gauge.lastTimestampMs = 6L;
    PartialRow distribution = row(names, MetricType.DISTRIBUTION, "l", 9L, 10_000L, 1, 4.0);
    distribution.min = 4.0;
    distribution.max = 4.0;
    distribution.sketchError = 0.25;
    distribution.sketch = new byte[] {9, 1, 2, 3, 9};
    distribution.sketchOffset = 1;
    distribution.sketchLength = 3;
    return List.of(counter, single, gauge, distribution);
  }

  /** What no i32 holds, and a value that is no hundredth. */
  private static List<PartialRow> longRows(MetricNames names) {
    PartialRow counter = row(names, MetricType.COUNTER, "req", 7L, 10_016L, 1L << 31, 3.0);
    PartialRow late = reading(names, 0L, 1.5, 1L << 31);
    PartialRow early = reading(names, 10_000L, 0.125, 10_000L - (1L << 31));
    return List.of(counter, late, early);
  }

  private static PartialRow reading(
      MetricNames names, long windowStartMs, double value, long timestampMs) {
    PartialRow row = row(names, MetricType.GAUGE, "cpu", -2L, windowStartMs, 1, value);
    row.min = value;
    row.max = value;
    row.last = value;
    row.lastTimestampMs = timestampMs;
    return row;
  }

  private static PartialRow row(
      MetricNames names,
      MetricType type,
      String metric,
      long seriesId,
      long windowStartMs,
      long count,
      double sum) {
    PartialRow row = new PartialRow();
    row.type = type;
    row.name = names.number(type, "a", metric);
    row.seriesId = seriesId;
    row.windowStartMs = windowStartMs;
    row.count = count;
    row.sum = sum;
    return row;
  }

  // 4 rows and 3 names: a cut behind one of them, but the last, is none
  @Test
  void aBatchOfVersion1ThatEndsWithinARowIsAnError() {
    assertThatCutsFail(golden1(), 6);
  }

  // 7 rows, 3 names and 4 windows
  @Test
  void aBatchThatEndsWithinARowIsAnError() {
    assertThatCutsFail(golden2(), 13);
  }

  private static void assertThatCutsFail(String golden, int boundaries) {
    byte[] bytes = HexFormat.of().parseHex(golden);
    int ends = 0;
    for (int length = 1; length < bytes.length; length++) {
      // behind the end stands the rest of the row, as in a buffer that is used again
      if (failsToRead(bytes, length)) {
        ends++;
      }
      assertThat(failsToRead(Arrays.copyOf(bytes, length), length))
          .as("cut at %s", length)
          .isEqualTo(failsToRead(bytes, length));
    }
    assertThat(ends).isEqualTo(bytes.length - 1 - boundaries);
  }

  private static boolean failsToRead(byte[] bytes, int length) {
    MetricNames names = new MetricNames(1);
    PartialReader reader = new PartialReader(names);
    reader.open(bytes, length);
    try {
      readAll(reader, names);
      return false;
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessage("a batch of %s bytes ends within a row", length);
      return true;
    }
  }

  @Test
  void anUnknownTypeIsAnError() {
    byte[] bytes = HexFormat.of().parseHex(golden2());
    bytes[1] = 4;
    PartialReader reader = new PartialReader(new MetricNames(1));
    reader.open(bytes, bytes.length);
    assertThatThrownBy(() -> reader.next(new PartialRow()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric type code must be 1 to 3, got 4");
  }

  @Test
  void aWriterSaysWhenItsNamesAreUsedUp() {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(16));
    writer.begin(0, 10);
    PartialRow row = row(names, MetricType.COUNTER, "m", 1L, 0L, 1, 1.0);
    for (int i = 0; i < 1 << 16; i++) {
      assertThat(writer.isFull(Integer.MAX_VALUE)).isFalse();
      row.name = names.number(MetricType.COUNTER, "a", "m" + i);
      writer.write(row);
    }
    assertThat(writer.isFull(Integer.MAX_VALUE)).isTrue();
    PartialReader reader = new PartialReader(names);
    reader.open(writer.batch());
    PartialRow read = new PartialRow();
    int last = -1;
    while (reader.next(read)) {
      last = read.name;
    }
    assertThat(last).isEqualTo(row.name);
  }

  private static List<String> readAll(PartialReader reader, MetricNames names) {
    List<String> rows = new ArrayList<>();
    PartialRow row = new PartialRow();
    while (reader.next(row)) {
      rows.add(describe(row, names));
    }
    assertThat(reader.next(row)).isFalse();
    return rows;
  }

  private static PartialRow randomRow(Random random, MetricNames names) {
    MetricType type = MetricType.values()[random.nextInt(3)];
    // text of any length, beyond ASCII too
    int number = random.nextInt(NAMES);
    PartialRow row = new PartialRow();
    row.type = type;
    row.name = names.number(type, "org" + number % 5, "m\u00e9\u20ac".repeat(number % 50) + number);
    row.seriesId = random.nextLong();
    row.windowStartMs = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(3) * 10_000L;
    row.count = random.nextInt(4) == 0 ? 1 : 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
    row.sum = randomDouble(random);
    boolean isSingle = row.count == 1 && type != MetricType.DISTRIBUTION;
    if (!isSingle && random.nextBoolean()) {
      row.low = Double.MIN_VALUE * (1 + random.nextInt(9));
      row.rest = random.doubles(random.nextInt(40)).toArray();
    }
    row.min = isSingle ? row.sum : randomDouble(random);
    row.max = isSingle ? row.sum : randomDouble(random);
    row.last = isSingle ? row.sum : randomDouble(random);
    row.lastTimestampMs =
        random.nextInt(4) == 0 ? random.nextLong() : row.windowStartMs + random.nextInt(10_000);
    if (type == MetricType.DISTRIBUTION) {
      row.sketchError = random.nextInt(2) * 0.1;
      random.nextBytes(row.reserveSketch(random.nextInt(500)));
    }
    return row;
  }

  private static double randomDouble(Random random) {
    double[] edges = {
      0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, 0x7fffffff / 100.0, 0x80000000 / 100.0, 3e7
    };
    return switch (random.nextInt(4)) {
      case 0 -> (random.nextInt(200_001) - 100_000) / 100.0; // as people report them
      case 1 -> edges[random.nextInt(edges.length)];
      default -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(1900) - 950);
    };
  }

  /** A row of the plainest metric, a reading each 10 s, is what most of a state is. */
  @Test
  void aReadingTakesAsFewBytesAsItShould() {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(16));
    writer.begin(0, PartialBatch.OPEN);
    writer.write(reading(names, 10_000L, 12.34, 10_001L));
    int first = writer.batch().length();
    writer.write(reading(names, 10_000L, 43.21, 19_999L));
    assertThat(writer.batch().length() - first).isEqualTo(1 + 2 + 8 + 4 + 4);
  }

  /** All that a row of this type says. */
  private static String describe(PartialRow row, MetricNames names) {
    MetricNames.Name name = names.name(row.name);
    StringBuilder text = new StringBuilder();
    text.append(name.type()).append(HexFormat.of().formatHex(name.org()));
    text.append('/').append(HexFormat.of().formatHex(name.metric()));
    text.append(' ').append(row.type).append(' ').append(row.seriesId);
    text.append(' ').append(row.windowStartMs).append(' ').append(row.count);
    text.append(' ').append(row.sum).append(' ').append(row.low);
    text.append(' ').append(Arrays.toString(row.rest));
    if (row.type != MetricType.COUNTER) {
      text.append(' ').append(row.min).append(' ').append(row.max);
    }
    if (row.type == MetricType.GAUGE) {
      text.append(' ').append(row.last).append(" at ").append(row.lastTimestampMs);
    }
    if (row.type == MetricType.DISTRIBUTION) {
      int end = row.sketchOffset + row.sketchLength;
      text.append(' ').append(row.sketchError).append(' ');
      text.append(HexFormat.of().formatHex(row.sketch, row.sketchOffset, end));
    }
    return text.toString();
  }
}
