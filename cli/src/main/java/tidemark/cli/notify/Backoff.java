package tidemark.cli.notify;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: twice as long each time, between half of that and all of
 * it, so that receivers that come back are not met by everyone at once. As thread-safe as {@code
 * random}.
 *
 * @param first longest wait before the second try
 * @param longest of all waits
 * @param random where between
 */
record Backoff(Duration first, Duration longest, RandomGenerator random) {
  private static final int MAX_DOUBLINGS = 30;

  Backoff {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "the first wait must be positive and the longest no shorter, got %s and %s"
              .formatted(first, longest));
    }
  }

  /**
   * @param attempts so far, at least 1
   */
  Duration after(int attempts) {
    long factor = 1L << Math.min(attempts - 1, MAX_DOUBLINGS);
    long nanos = longest.toNanos();
    if (factor <= nanos / first.toNanos()) {
      nanos = first.toNanos() * factor;
    }
    return Duration.ofNanos(nanos - random.nextLong(nanos / 2 + 1));
  }
}
