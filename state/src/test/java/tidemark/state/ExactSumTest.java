package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every sum is held against a recomputation in {@link BigDecimal}. */
class ExactSumTest {

  @Test
  void sumsAreTheCanonicalExpansionOfTheExactSum() {
    for (int seed = 0; seed < 10_000; seed++) {
      double[] values = AwkwardValues.next(new Random(seed), 60);
      ExactSum sum = new ExactSum();
      BigDecimal exact = BigDecimal.ZERO;
      for (double value : values) {
        sum.add(value);
        exact = exact.add(new BigDecimal(value));
      }
      assertThat(components(sum)).as("seed %d", seed).isEqualTo(canonicalExpansion(exact));
    }
  }

  @Test
  void readingInBetweenChangesNothing() {
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      ExactSum read = new ExactSum();
      ExactSum unread = new ExactSum();
      for (double value : AwkwardValues.next(random, 40)) {
        read.add(value);
        unread.add(value);
        if (random.nextInt(4) == 0) {
          read = ExactSum.of(read.value(), read.low(), read.rest());
        }
      }
      assertThat(components(read)).as("seed %d", seed).isEqualTo(components(unread));
    }
  }

  @Test
  void columnsHoldTheSameSumAsLongAsTwoComponentsDo() {
    int held = 0;
    for (int seed = 0; seed < 10_000; seed++) {
      double[] high = new double[3];
      double[] low = new double[3];
      ExactSum sum = new ExactSum();
      for (double value : AwkwardValues.next(new Random(seed), 20)) {
        double highBefore = high[1];
        double lowBefore = low[1];
        if (!ExactSum.addToColumns(high, low, 1, value)) {
          assertThat(high[1]).as("seed %d", seed).isEqualTo(highBefore);
          assertThat(low[1]).as("seed %d", seed).isEqualTo(lowBefore);
          break;
        }
        sum.add(value);
        assertThat(List.of(high[1], low[1]))
            .as("seed %d", seed)
            .isEqualTo(List.of(sum.value(), sum.low()));
        assertThat(sum.hasRest()).as("seed %d", seed).isFalse();
        held++;
      }
    }
    assertThat(held).isGreaterThan(30_000);
  }

  @Test
  void whatCancelsLeavesTheSmallOne() {
    assertThat(components(sumOf(1e16, 1, -1e16))).containsExactly(1.0);
    assertThat(components(sumOf(0x1p960, Double.MIN_VALUE, 1, -0x1p960)))
        .containsExactly(1.0, Double.MIN_VALUE);
    assertThat(components(sumOf(0.1, 0.2, -0.3))).containsExactly(0x1.0p-55);
  }

  @Test
  void halfOfTheLastPlaceRoundsToEvenUnlessSomethingLiesBelow() {
    assertThat(sumOf(1, 0x1p-53).value()).isEqualTo(1);
    assertThat(sumOf(1, 0x1p-53, 0x1p-1000).value()).isEqualTo(Math.nextUp(1.0));
    assertThat(sumOf(1, 0x1p-53, -0x1p-1000).value()).isEqualTo(1);
    assertThat(sumOf(1, 0x1p-53, 0x1p-1000).rest()).containsExactly(0x1p-1000);
  }

  @Test
  void zeroHasNoSign() {
    assertThat(components(sumOf(-0.0))).isEmpty();
    assertThat(Double.doubleToRawLongBits(sumOf(-0.0, -0.0).value())).isZero();
    assertThat(Double.doubleToRawLongBits(ExactSum.of(-0.0, -0.0, new double[0]).value())).isZero();
    assertThat(Double.doubleToRawLongBits(sumOf(1, 0x1p-60, 0x1p-120, -1).rest().length)).isZero();
  }

  @Test
  void aSumCanBeAddedToItself() {
    ExactSum sum = sumOf(1, 0x1p-60, 0x1p-120, 0x1p-180);
    sum.add(sum);
    assertThat(components(sum)).containsExactly(2.0, 0x1p-59, 0x1p-119, 0x1p-179);
  }

  @Test
  void clearedSumsAreNew() {
    ExactSum sum = sumOf(1, 0x1p-60, 0x1p-120, 0x1p-180);
    sum.clear();
    sum.add(5);
    assertThat(components(sum)).containsExactly(5.0);
  }

  @Test
  void whatCouldOverflowIsRefused() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -0x1.1p960}) {
      assertThatThrownBy(() -> new ExactSum().add(value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a value to sum must be at most 2^960 in magnitude, got " + value);
      assertThatThrownBy(() -> ExactSum.of(0, Math.scalb(value, 61), new double[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 2^1020");
    }
    assertThatThrownBy(() -> ExactSum.of(0x1p1020, 0x1p1020, new double[0]))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("at most 2^1020");
  }

  private static ExactSum sumOf(double... values) {
    ExactSum sum = new ExactSum();
    for (double value : values) {
      sum.add(value);
    }
    return sum;
  }

  /** All components that are not zero; equal lists of boxed doubles are equal bits. */
  static List<Double> components(ExactSum sum) {
    List<Double> components = new ArrayList<>();
    components.add(sum.value());
    components.add(sum.low());
    for (double component : sum.rest()) {
      components.add(component);
    }
    components.removeIf(component -> Double.doubleToRawLongBits(component) == 0);
    return components;
  }

  private static List<Double> canonicalExpansion(BigDecimal exact) {
    List<Double> components = new ArrayList<>();
    BigDecimal left = exact;
    while (left.signum() != 0) {
      double component = left.doubleValue();
      components.add(component);
      left = left.subtract(new BigDecimal(component));
    }
    return components;
  }
}
