package tidemark.state;

import java.util.Arrays;

/**
 * A sum of doubles that loses nothing: the same inputs give the same bits in any order and
 * grouping.
 *
 * <p>The exact sum is read as its canonical expansion: {@link #value} is the exact sum correctly
 * rounded (half to even), {@link #low} what that left over correctly rounded, {@link #rest} goes on
 * until nothing is left. Zero is always +0.0.
 *
 * <p>Two components are nearly always enough, and adding to them allocates nothing: {@code high +
 * low} with {@code high == high + low} in double arithmetic, which is the canonical expansion
 * already. Only when a third component appears does the sum go over to an array of non-overlapping
 * partials (Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
 * Predicates", 1997), and it returns as soon as two suffice again.
 *
 * <p>Inputs are at most {@link #MAX_VALUE} in magnitude, so that 2^60 of them cannot overflow.
 * Adding costs about twenty floating-point operations on two components. Not thread-safe.
 */
public final class ExactSum {
  /** Largest magnitude of one input: 2^960. */
  public static final double MAX_VALUE = 0x1p960;

  /** Largest magnitude that a sum may reach: 2^60 inputs of {@link #MAX_VALUE}. */
  public static final double MAX_SUM = 0x1p1020;

  private static final double[] NONE = {};

  // Exact sum = high + low while partialCount is 0; else the partials alone.
  private double high;
  private double low;
  private double[] partials = NONE; // ascending magnitude, non-overlapping, none of them zero
  private int partialCount;
  private boolean partialsAreCanonical;

  /** What {@code a + b} in double arithmetic leaves out, exactly: a + b = (a + b) + error. */
  public static double twoSumError(double a, double b) {
    double sum = a + b;
    double bPart = sum - a;
    return (a - (sum - bPart)) + (b - bPart);
  }

  /**
   * Adds a value to a sum held in two columns, if two components still hold it; else leaves both as
   * they are and returns false. Lets tables of many sums do without objects: an {@link ExactSum} is
   * needed only where this returned false once.
   *
   * @param value at most {@link #MAX_VALUE} in magnitude, unchecked
   */
  public static boolean addToColumns(double[] high, double[] low, int slot, double value) {
    double sum = high[slot] + value;
    double error = twoSumError(high[slot], value);
    double lowSum = low[slot] + error;
    if (twoSumError(low[slot], error) != 0) {
      return false;
    }
    high[slot] = sum + lowSum;
    low[slot] = twoSumError(sum, lowSum);
    return true;
  }

  /** The sum whose canonical expansion, or any other expansion, is {@code sum, low, rest...}. */
  public static ExactSum of(double sum, double low, double[] rest) {
    ExactSum result = new ExactSum();
    result.add(sum, low, rest);
    return result;
  }

  /**
   * Adds one input.
   *
   * @throws IllegalArgumentException unless {@code |value| <= }{@link #MAX_VALUE}
   */
  public void add(double value) {
    if (!(Math.abs(value) <= MAX_VALUE)) {
      throw new IllegalArgumentException(
          "a value to sum must be at most 2^960 in magnitude, got " + value);
    }
    addExactly(value);
  }

  /** Adds all components of another sum, as read from a row. */
  public void add(double sum, double low, double[] rest) {
    addComponent(sum);
    addComponent(low);
    for (double component : rest) {
      addComponent(component);
    }
  }

  /**
   * Adds one component of another sum, which may be larger than one input.
   *
   * @throws IllegalArgumentException unless {@code |component| <= }{@link #MAX_SUM}
   */
  public void addComponent(double component) {
    if (!(Math.abs(component) <= MAX_SUM)) {
      throw new IllegalArgumentException(
          "a component of a sum must be at most 2^1020 in magnitude, got " + component);
    }
    addExactly(component);
    requireInRange();
  }

  public void add(ExactSum other) {
    if (other.partialCount == 0) {
      double otherHigh = other.high;
      double otherLow = other.low;
      addExactly(otherHigh);
      addExactly(otherLow);
    } else {
      // A copy, for a sum may be added to itself.
      for (double partial : Arrays.copyOf(other.partials, other.partialCount)) {
        addExactly(partial);
      }
    }
    requireInRange();
  }

  public void clear() {
    high = 0;
    low = 0;
    partialCount = 0;
  }

  /** The exact sum, correctly rounded. */
  public double value() {
    if (partialCount == 0) {
      return high;
    }
    makePartialsCanonical();
    return partials[partialCount - 1];
  }

  /** What {@link #value} leaves out, correctly rounded; 0 if nothing. */
  public double low() {
    if (partialCount == 0) {
      return low;
    }
    makePartialsCanonical();
    return partialCount < 2 ? 0 : partials[partialCount - 2];
  }

  /** Whether {@link #value} and {@link #low} are not the whole of it. */
  public boolean hasRest() {
    if (partialCount == 0) {
      return false;
    }
    makePartialsCanonical();
    return partialCount > 2;
  }

  /** What {@link #value} and {@link #low} leave out, descending magnitude; empty if nothing. */
  public double[] rest() {
    if (!hasRest()) {
      return NONE;
    }
    double[] rest = new double[partialCount - 2];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = partials[partialCount - 3 - i];
    }
    return rest;
  }

  @Override
  public String toString() {
    return "ExactSum[%s + %s + %s]".formatted(value(), low(), Arrays.toString(rest()));
  }

  private void requireInRange() {
    double largest = partialCount == 0 ? high : partials[partialCount - 1];
    if (!(Math.abs(largest) <= MAX_SUM)) {
      throw new ArithmeticException("a sum must be at most 2^1020 in magnitude, got " + largest);
    }
  }

  private void addExactly(double value) {
    if (partialCount != 0) {
      addToPartials(value);
      return;
    }
    double sum = high + value;
    double error = twoSumError(high, value);
    double lowSum = low + error;
    double lowError = twoSumError(low, error);
    if (lowError != 0) {
      beginPartials();
      addToPartials(value);
      return;
    }
    high = sum + lowSum;
    low = twoSumError(sum, lowSum);
  }

  private void beginPartials() {
    if (partials.length == 0) {
      partials = new double[4];
    }
    // A third component appeared, so neither of the two is zero.
    partials[0] = low;
    partials[1] = high;
    partialCount = 2;
  }

  private void addToPartials(double value) {
    growPartials(value);
    partialsAreCanonical = false;
    if (partialCount <= 2) {
      double top = partialCount == 0 ? 0 : partials[partialCount - 1];
      double bottom = partialCount < 2 ? 0 : partials[0];
      high = top + bottom;
      low = twoSumError(top, bottom);
      partialCount = 0;
    }
  }

  /** Shewchuk's GROW-EXPANSION with elimination of zeros. */
  private void growPartials(double value) {
    double carry = value;
    int kept = 0;
    for (int i = 0; i < partialCount; i++) {
      double partial = partials[i];
      double error = twoSumError(carry, partial);
      carry += partial;
      if (error != 0) {
        partials[kept++] = error;
      }
    }
    if (carry != 0) {
      if (kept == partials.length) {
        partials = Arrays.copyOf(partials, kept * 2);
      }
      partials[kept++] = carry;
    }
    partialCount = kept;
  }

  /**
   * Rewrites the partials so that each is the correctly rounded sum of itself and all below it.
   * Every round takes at least 53 bits off the exact sum, so it ends after 40.
   */
  private void makePartialsCanonical() {
    if (partialsAreCanonical) {
      return;
    }
    double[] canonical = new double[partials.length];
    int count = 0;
    while (partialCount > 0) {
      if (count == canonical.length) {
        canonical = Arrays.copyOf(canonical, count * 2);
      }
      double component = roundedPartials();
      canonical[count++] = component;
      growPartials(-component);
    }
    for (int i = 0; i < count; i++) {
      canonical[i] += 0.0;
    }
    if (partials.length < count) {
      partials = new double[canonical.length];
    }
    for (int i = 0; i < count; i++) {
      partials[i] = canonical[count - 1 - i];
    }
    partialCount = count;
    partialsAreCanonical = true;
  }

  /** The exact sum of the partials, rounded half to even. */
  private double roundedPartials() {
    int i = partialCount - 1;
    double sum = partials[i];
    double error = 0;
    while (i > 0 && error == 0) {
      i--;
      error = twoSumError(sum, partials[i]);
      sum += partials[i];
    }
    // The error may be exactly half a unit in the last place; what lies below it decides then.
    if (i > 0 && (error < 0) == (partials[i - 1] < 0)) {
      double twice = error * 2;
      double away = sum + twice;
      if (away - sum == twice) {
        return away;
      }
    }
    return sum;
  }
}
