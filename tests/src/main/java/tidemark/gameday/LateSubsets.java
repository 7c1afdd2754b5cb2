package tidemark.gameday;

import java.util.Arrays;
import java.util.function.IntPredicate;
import tidemark.state.definition.Monitor;

/**
 * Whether a value can be that of all points which must count, and of so many of those which may.
 *
 * <p>Tries every choice of the late points while there are at most {@link #MAX_CHOICES} of them,
 * each of which costs an addition; of more it knows only that the number is possible, and counts
 * it. Not thread-safe.
 */
final class LateSubsets {
  private static final long MAX_CHOICES = 20_000;

  private final PointLog points;
  private long undecided;

  LateSubsets(PointLog points) {
    this.points = points;
  }

  /** Values of which only the number of points was compared. */
  long undecided() {
    return undecided;
  }

  /**
   * @param some points of a window
   * @param count how many of them were counted
   * @param isIn must be counted
   * @param isPossible may be counted
   */
  boolean canBe(
      WatchedPoints watched,
      int[] some,
      long count,
      double value,
      IntPredicate isIn,
      IntPredicate isPossible) {
    WindowSample sample = watched.sample(some, isIn);
    int[] late = Arrays.stream(some).filter(isPossible.and(isIn.negate())).toArray();
    long left = count - sample.count();
    if (left < 0 || left > late.length) {
      return false;
    }
    if (left == late.length) {
      return add(sample, late).isWorth(value);
    }
    if (watched.monitor().measure().function() == Monitor.Function.COUNT) {
      return value == count;
    }
    if (choices(late.length, left) > MAX_CHOICES) {
      undecided++;
      return true;
    }
    return anyIsWorth(sample, late, 0, (int) left, value);
  }

  private WindowSample add(WindowSample sample, int[] late) {
    WindowSample whole = sample;
    for (int point : late) {
      whole = whole.with(points.timeMs(point), points.value(point));
    }
    return whole;
  }

  private boolean anyIsWorth(WindowSample sample, int[] late, int from, int left, double value) {
    if (left == 0) {
      return sample.isWorth(value);
    }
    for (int i = from; i <= late.length - left; i++) {
      WindowSample longer = sample.with(points.timeMs(late[i]), points.value(late[i]));
      if (anyIsWorth(longer, late, i + 1, left - 1, value)) {
        return true;
      }
    }
    return false;
  }

  private static long choices(int of, long left) {
    double choices = 1;
    for (int i = 0; i < Math.min(left, of - left); i++) {
      choices = choices * (of - i) / (i + 1);
    }
    return choices > MAX_CHOICES ? Long.MAX_VALUE : Math.round(choices);
  }
}
