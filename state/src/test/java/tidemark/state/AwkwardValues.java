package tidemark.state;

import java.util.Random;

/** Seeded inputs that break sums and sketches which are only nearly right. */
final class AwkwardValues {
  private static final double[] CHOSEN = {
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    1e16,
    -1e16,
    1 + 0x1p-52,
    0x1p53,
    -0x1p53,
    0x1p-53,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    -Double.MIN_NORMAL,
    ExactSum.MAX_VALUE,
    -ExactSum.MAX_VALUE,
    Math.nextDown(ExactSum.MAX_VALUE),
  };

  private AwkwardValues() {}

  /** 1 to {@code most} values of one temper: tame, all zeros, or from anywhere in the range. */
  static double[] next(Random random, int most) {
    double[] values = new double[1 + random.nextInt(most)];
    int temper = random.nextInt(5);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (temper) {
            case 0 -> CHOSEN[random.nextInt(CHOSEN.length)];
            case 1 -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(1920) - 960);
            case 2 -> random.nextInt(10) == 0 ? random.nextGaussian() : 0.0;
            case 3 -> random.nextInt(100) / 10.0;
            default -> halfway(random);
          };
    }
    return values;
  }

  /** Powers of two near each other and far below: their sums lie exactly between two doubles. */
  private static double halfway(Random random) {
    int exponent = random.nextInt(3) * -53 - random.nextInt(2) * random.nextInt(900);
    return (random.nextBoolean() ? 1 : -1) * Math.scalb(1.0, exponent);
  }
}
