package tidemark.serde.partial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.EpochReport.Position;

class EpochReportTest {
  private static final EpochReport REPORT =
      new EpochReport(
          new TreeMap<>(Map.of("b", 2L, "a", 1L)),
          new TreeMap<>(Map.of("t/0", new Position(258L, true))));

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void mergingIsCommutativeAndAssociative(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      EpochReport a = random(random);
      EpochReport b = random(random);
      EpochReport c = random(random);
      assertThat(a.merge(b)).as("seed %s", seed).isEqualTo(b.merge(a));
      assertThat(a.merge(b).merge(c)).as("seed %s", seed).isEqualTo(a.merge(b.merge(c)));
      assertThat(a.merge(EpochReport.empty())).as("seed %s", seed).isEqualTo(a);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void bytesComeBack(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      EpochReport report = random(random);
      byte[] bytes = report.toBytes();
      assertThat(EpochReport.ofBytes(bytes, bytes.length)).as("seed %s", seed).isEqualTo(report);
    }
  }

  @Test
  void countsAddAndTheFurtherPositionCounts() {
    EpochReport other =
        new EpochReport(
            new TreeMap<>(Map.of("b", 5L)),
            new TreeMap<>(Map.of("t/0", new Position(300L, false), "t/1", new Position(1L, true))));
    EpochReport merged = REPORT.merge(other);
    assertThat(merged.counts()).isEqualTo(Map.of("a", 1L, "b", 7L));
    assertThat(merged.positions())
        .isEqualTo(Map.of("t/0", new Position(300L, false), "t/1", new Position(1L, true)));
    assertThat(REPORT.count("b")).isEqualTo(2);
    assertThat(REPORT.count("none")).isZero();
  }

  @Test
  void anOverflowIsAnErrorAndNotASmallNumber() {
    EpochReport large = EpochReport.of(Map.of("a", Long.MAX_VALUE));
    assertThatThrownBy(() -> large.merge(REPORT)).isInstanceOf(ArithmeticException.class);
  }

  // Golden: the store keeps totals in savepoints in this form. Never edit.
  @Test
  void writesTheGoldenBytes() {
    assertThat(HexFormat.of().formatHex(REPORT.toBytes()))
        .isEqualTo(
            "0002 0001 61 0000000000000001 0001 62 0000000000000002 0001 0003 742f30 0000000000000102 01"
                .replace(" ", ""));
  }

  // Golden, with flag 2: a record's time, and without the other flag. Never edit.
  @Test
  void writesTheGoldenBytesOfTheNewestRecord() {
    EpochReport report =
        new EpochReport(
            new TreeMap<>(),
            new TreeMap<>(
                Map.of(
                    "t/0", new Position(258L, true, 772L),
                    "t/1", new Position(1L, false, -1L),
                    "t/2", new Position(2L, false))));
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                ("0000 0003"
                        + " 0003 742f30 0000000000000102 03 0000000000000304"
                        + " 0003 742f31 0000000000000001 02 ffffffffffffffff"
                        + " 0003 742f32 0000000000000002 00")
                    .replace(" ", ""));
    assertThat(report.toBytes()).isEqualTo(bytes);
    assertThat(EpochReport.ofBytes(bytes, bytes.length)).isEqualTo(report);
    assertThat(report.newestMs()).isEqualTo(772L);
  }

  /** Bytes of before there was a flag for it. */
  @Test
  void olderBytesKnowNoNewestRecord() {
    byte[] bytes = REPORT.toBytes();
    EpochReport read = EpochReport.ofBytes(bytes, bytes.length);
    assertThat(read.positions().get("t/0").newestMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(read.newestMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(EpochReport.empty().newestMs()).isEqualTo(Long.MIN_VALUE);
  }

  /** The partition that was read further is not always the one with the newer record. */
  @Test
  void theNewestRecordOfAllStays() {
    EpochReport far = positions(Map.of("t/0", new Position(9L, false, 100L)));
    EpochReport near = positions(Map.of("t/0", new Position(5L, true, 200L)));
    EpochReport unknown = positions(Map.of("t/0", new Position(9L, true)));
    EpochReport other = positions(Map.of("t/1", new Position(1L, true, 150L)));
    assertThat(far.merge(near)).isEqualTo(positions(Map.of("t/0", new Position(9L, false, 200L))));
    assertThat(far.merge(unknown))
        .isEqualTo(positions(Map.of("t/0", new Position(9L, true, 100L))));
    assertThat(far.merge(other).newestMs()).isEqualTo(150L);
    assertThat(far.merge(other).merge(near).newestMs()).isEqualTo(200L);
  }

  private static EpochReport positions(Map<String, Position> positions) {
    return new EpochReport(new TreeMap<>(), new TreeMap<>(positions));
  }

  @Test
  void truncatedBytesAreAnError() {
    byte[] bytes = REPORT.merge(positions(Map.of("t/0", new Position(1L, false, 772L)))).toBytes();
    for (int length = 0; length < bytes.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> EpochReport.ofBytes(bytes, cut))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(cut + " bytes are not an epoch report");
    }
  }

  private static EpochReport random(Random random) {
    TreeMap<String, Long> counts = new TreeMap<>();
    TreeMap<String, Position> positions = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      counts.put("count-" + random.nextInt(4), (long) random.nextInt(1_000));
      // few offsets, so that ties are common
      long newestMs = random.nextInt(3) == 0 ? Long.MIN_VALUE : random.nextInt(3);
      positions.put(
          "topic/" + random.nextInt(3),
          new Position(random.nextInt(3), random.nextBoolean(), newestMs));
    }
    return new EpochReport(counts, positions);
  }
}
