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

  @Test
  void truncatedBytesAreAnError() {
    byte[] bytes = REPORT.toBytes();
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
      positions.put(
          "topic/" + random.nextInt(3), new Position(random.nextInt(3), random.nextBoolean()));
    }
    return new EpochReport(counts, positions);
  }
}
