package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchIndexTest {
  private static final LogarithmicMapping LIBRARY = new LogarithmicMapping(SketchBuffer.GAMMA, 0);

  @Test
  void gammaIsThe64thRootOfTwo() {
    BigDecimal power = new BigDecimal(SketchBuffer.GAMMA).pow(64, MathContext.DECIMAL128);
    assertThat(power.doubleValue()).isCloseTo(2, within(64 * 0x1p-52));
    assertThat(SketchBuffer.RELATIVE_ACCURACY).isEqualTo(LIBRARY.relativeAccuracy());
    assertThat(SketchBuffer.MAX_ZERO).isEqualTo(LIBRARY.minIndexableValue());
    assertThat(SketchIndex.of(Math.nextUp(SketchBuffer.MAX_ZERO)))
        .isGreaterThanOrEqualTo(SketchBuffer.MIN_INDEX);
    assertThat(SketchIndex.of(SketchBuffer.MAX_VALUE)).isLessThanOrEqualTo(SketchBuffer.MAX_INDEX);
  }

  @Test
  void indexesAreThoseOfTheLibrary() {
    for (int exponent = -1021; exponent <= 960; exponent++) {
      requireLibraryIndex(Math.scalb(1.0, exponent));
    }
    for (int i = 1; i <= 1_000_000; i++) {
      requireLibraryIndex(i);
      requireLibraryIndex(i / 1000.0);
    }
    Random random = new Random(1);
    for (int i = 0; i < 2_000_000; i++) {
      requireLibraryIndex(Math.scalb(1 + random.nextDouble(), random.nextInt(1980) - 1021));
    }
  }

  /** Closer than 10^-13 the library says what its processor's logarithm says. */
  @Test
  void indexesAreThoseOfTheLibraryOnBothSidesOfEveryBound() {
    for (int index = SketchBuffer.MIN_INDEX + 2; index < SketchBuffer.MAX_INDEX; index++) {
      double bound = LIBRARY.lowerBound(index);
      for (double distance = 1e-13; distance < 1e-9; distance *= 3) {
        requireLibraryIndex(bound * (1 + distance));
        requireLibraryIndex(bound * (1 - distance));
      }
    }
  }

  @Test
  void theBinOfAPowerOfTwoIsFrozen() {
    assertThat(SketchIndex.of(1)).isEqualTo(0);
    assertThat(SketchIndex.of(2)).isEqualTo(63);
    assertThat(SketchIndex.of(1024)).isEqualTo(639);
    assertThat(SketchIndex.of(0.5)).isEqualTo(-64);
    assertThat(SketchIndex.of(0x1p960)).isEqualTo(61439);
  }

  @Test
  void valuesAreThoseOfTheLibrary() {
    for (int index = SketchBuffer.MIN_INDEX; index <= SketchBuffer.MAX_INDEX; index++) {
      double expected = LIBRARY.value(index);
      if (!(Math.abs(SketchIndex.valueOf(index) - expected) <= expected * 1e-15)) {
        throw new AssertionError(
            "index %d: %s, library %s".formatted(index, SketchIndex.valueOf(index), expected));
      }
    }
  }

  private static void requireLibraryIndex(double value) {
    if (SketchIndex.of(value) != LIBRARY.index(value)) {
      throw new AssertionError(
          "%s: index %d, library %d".formatted(value, SketchIndex.of(value), LIBRARY.index(value)));
    }
  }
}
