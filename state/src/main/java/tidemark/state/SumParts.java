package tidemark.state;

import java.util.Arrays;

/**
 * An exact sum as a value: its canonical expansion, as {@link ExactSum} gives it and rows store it.
 *
 * <p>Equal sums are equal values, bit for bit.
 *
 * @param sum the exact sum, correctly rounded; never -0.0
 * @param low what {@code sum} leaves out, correctly rounded; 0 if nothing
 * @param rest what both leave out, descending magnitude; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record SumParts(double sum, double low, double[] rest) {
  private static final double[] NONE = {};

  public SumParts {
    sum += 0.0;
    low += 0.0;
    rest = rest.clone();
    requireCanonical(sum, low, rest);
  }

  /** The sum of one value. */
  public static SumParts of(double value) {
    return new SumParts(value, 0, NONE);
  }

  public static SumParts of(ExactSum sum) {
    return new SumParts(sum.value(), sum.low(), sum.rest());
  }

  /** Commutative and associative to the bit. */
  public SumParts merge(SumParts other) {
    ExactSum merged = ExactSum.of(sum, low, rest);
    merged.add(other.sum, other.low, other.rest);
    return of(merged);
  }

  @Override
  public double[] rest() {
    return rest.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SumParts that
        && Double.compare(sum, that.sum) == 0
        && Double.compare(low, that.low) == 0
        && Arrays.equals(rest, that.rest);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Double.hashCode(sum) + Double.hashCode(low)) + Arrays.hashCode(rest);
  }

  @Override
  public String toString() {
    return "SumParts[sum=%s, low=%s, rest=%s]".formatted(sum, low, Arrays.toString(rest));
  }

  private static void requireCanonical(double sum, double low, double[] rest) {
    ExactSum exact = ExactSum.of(sum, low, rest);
    if (Double.compare(exact.value(), sum) != 0
        || Double.compare(exact.low(), low) != 0
        || !Arrays.equals(exact.rest(), rest)) {
      throw new IllegalArgumentException(
          "the parts of a sum must be its canonical expansion, got %s + %s + %s for %s"
              .formatted(sum, low, Arrays.toString(rest), exact));
    }
  }
}
