package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SumResidueTest {
  private static final BigInteger PRIME = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
  private static final BigInteger SMALLEST = BigInteger.TWO.pow(1074);

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.1,
        0x1p61,
        0x1p60,
        -0x1p61,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        0x1p960,
        -0x1.fffffffffffffp960,
        0x1.fffffffffffffp52,
        1e17
      })
  void aResidueIsTheValueModuloThePrime(double value) {
    assertThat(MergeFunctions.residue(value)).as("%s", value).isEqualTo(expected(value));
  }

  @Test
  void randomDoublesHaveTheResidueOfTheirValue() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(MergeFunctions.residue(value)).as("%s", value).isEqualTo(expected(value));
      }
    }
  }

  /** By definition: integer times two to the exponent, where dividing by two is a field's. */
  private static long expected(double value) {
    if (value == 0) {
      return 0;
    }
    int exponent = Math.max(Math.getExponent(value), Double.MIN_EXPONENT) - 52;
    BigInteger integer =
        new BigDecimal(value)
            .multiply(new BigDecimal(SMALLEST))
            .toBigIntegerExact()
            .divide(BigInteger.TWO.pow(exponent + 1074));
    BigInteger power = BigInteger.TWO.modPow(BigInteger.valueOf(exponent), PRIME);
    return integer.multiply(power).mod(PRIME).longValueExact();
  }
}
