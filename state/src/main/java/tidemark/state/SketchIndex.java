package tidemark.state;

/**
 * The logarithmic scale of every sketch: bin {@code i} holds magnitudes from 2^(i/64) up to
 * 2^((i+1)/64).
 *
 * <p>It is the scale of {@code LogarithmicMapping(2^(1/64), 0)} in sketches-java, with two
 * differences. It is made of table look-ups and {@link StrictMath} alone, so that a value ends in
 * the same bin on every processor, also within a few units in the last place of a bin's bound,
 * where {@link Math#log} may say one thing or the other. And it costs a third.
 *
 * <p>Near a bound, at powers of two above all, the logarithm decides and not the table: there the
 * library's rounding is part of the scale.
 */
final class SketchIndex {
  /** 2^(1/64). */
  static final double GAMMA = 1.0108892860517005;

  static final double RELATIVE_ACCURACY = (GAMMA - 1) / (GAMMA + 1);

  /** Largest magnitude that counts as zero. */
  static final double MAX_ZERO =
      Double.MIN_NORMAL * (1 + RELATIVE_ACCURACY) / (1 - RELATIVE_ACCURACY);

  private static final double MULTIPLIER = 1 / StrictMath.log1p(GAMMA - 1);

  private static final int BINS_PER_OCTAVE = 64;
  private static final int MANTISSA_BITS = 52;
  private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
  private static final int EXPONENT_BIAS = 1023;

  /** Distance from a bound within which the logarithm decides, in units of the last place. */
  private static final long NEAR = 1L << 18;

  // A cell is narrower than any bin, so that at most one bound lies in it.
  private static final int CELL_BITS = 7;

  /** Mantissa where the k-th bin of an octave begins, and where the octave ends. */
  private static final long[] BOUNDS = new long[BINS_PER_OCTAVE + 1];

  /** Bin in which the cell of the first mantissa bits begins. */
  private static final byte[] FIRST_BIN = new byte[1 << CELL_BITS];

  static {
    for (int bin = 0; bin <= BINS_PER_OCTAVE; bin++) {
      double lowerBound = StrictMath.pow(2, bin / (double) BINS_PER_OCTAVE);
      BOUNDS[bin] = StrictMath.round((lowerBound - 1) * 0x1p52);
    }
    for (int cell = 0; cell < FIRST_BIN.length; cell++) {
      long mantissa = (long) cell << (MANTISSA_BITS - CELL_BITS);
      int bin = 0;
      while (BOUNDS[bin + 1] <= mantissa) {
        bin++;
      }
      FIRST_BIN[cell] = (byte) bin;
    }
  }

  private SketchIndex() {}

  /**
   * Index of the bin of a magnitude.
   *
   * @param magnitude above {@link #MAX_ZERO}, finite
   */
  static int of(double magnitude) {
    long bits = Double.doubleToRawLongBits(magnitude);
    long mantissa = bits & MANTISSA;
    int bin = FIRST_BIN[(int) (mantissa >>> (MANTISSA_BITS - CELL_BITS))];
    // One bin further if the bound lies at or below; without a branch, which would be a coin toss.
    bin += (int) ((BOUNDS[bin + 1] - 1 - mantissa) >>> 63);
    if (mantissa - BOUNDS[bin] < NEAR || BOUNDS[bin + 1] - mantissa < NEAR) {
      return byLogarithm(magnitude);
    }
    return ((int) (bits >>> MANTISSA_BITS) - EXPONENT_BIAS) * BINS_PER_OCTAVE + bin;
  }

  /** The value that stands for a bin: off by the same part of itself from both bounds. */
  static double valueOf(int index) {
    return StrictMath.exp(index / MULTIPLIER) * (1 + RELATIVE_ACCURACY);
  }

  private static int byLogarithm(double magnitude) {
    double index = StrictMath.log(magnitude) * MULTIPLIER;
    return index >= 0 ? (int) index : (int) index - 1;
  }
}
