package tidemark.gameday;

import java.math.BigDecimal;
import java.util.Arrays;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;

/**
 * The points of one window, and what one measure of them is: decimals and sorted values, no
 * sketches. Immutable; costs an addition or a copy for each point added.
 *
 * <p>Percentiles and shares are known to what a sketch with bins of 2^(1/64) can tell: a value
 * counts as one up to 0.5416 % beside it.
 */
final class WindowSample {
  /** gamma = 2^(1/64) gives (gamma - 1) / (gamma + 1) = 0.5416 %, and rounding a little more. */
  private static final double SKETCH_ERROR = 0.005_42;

  private static final double[] NO_VALUES = {};

  private final Measure measure;
  private final long count;
  private final BigDecimal sum;
  private final double min;
  private final double max;
  private final double last;
  private final long lastMs;
  private final double[] sorted;

  /** Few values that are not among the sorted ones, so that a sample with one more is cheap. */
  private final double[] more;

  private WindowSample(
      Measure measure,
      long count,
      BigDecimal sum,
      double min,
      double max,
      double last,
      long lastMs,
      double[] sorted,
      double[] more) {
    this.measure = measure;
    this.count = count;
    this.sum = sum;
    this.min = min;
    this.max = max;
    this.last = last;
    this.lastMs = lastMs;
    this.sorted = sorted;
    this.more = more;
  }

  /** Of points that lie in two arrays. */
  static WindowSample of(Measure measure, long[] timesMs, double[] values) {
    BigDecimal sum = BigDecimal.ZERO;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    long lastMs = Long.MIN_VALUE;
    boolean isSum = isSum(measure.function());
    for (int i = 0; i < values.length; i++) {
      sum = isSum ? sum.add(new BigDecimal(values[i])) : sum;
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
      if (isLater(timesMs[i], values[i], lastMs, last)) {
        last = values[i];
        lastMs = timesMs[i];
      }
    }
    double[] sorted = NO_VALUES;
    if (isOfRanks(measure.function())) {
      sorted = values.clone();
      Arrays.sort(sorted);
    }
    return new WindowSample(measure, values.length, sum, min, max, last, lastMs, sorted, NO_VALUES);
  }

  /** With one point more. */
  WindowSample with(long timeMs, double value) {
    double[] longer = more;
    if (isOfRanks(measure.function())) {
      longer = Arrays.copyOf(more, more.length + 1);
      longer[more.length] = value;
      Arrays.sort(longer);
    }
    boolean isLast = isLater(timeMs, value, lastMs, last);
    return new WindowSample(
        measure,
        count + 1,
        isSum(measure.function()) ? sum.add(new BigDecimal(value)) : sum,
        Math.min(min, value),
        Math.max(max, value),
        isLast ? value : last,
        isLast ? timeMs : lastMs,
        sorted,
        longer);
  }

  private static boolean isSum(Function function) {
    return function == Function.SUM || function == Function.AVG;
  }

  private static boolean isOfRanks(Function function) {
    return function == Function.PERCENTILE
        || function == Function.SHARE_ABOVE
        || function == Function.SHARE_BELOW;
  }

  /** Of equally late values the larger one is the last. */
  private static boolean isLater(long timeMs, double value, long lastMs, double last) {
    return timeMs > lastMs || (timeMs == lastMs && value > last);
  }

  long count() {
    return count;
  }

  /** Whether that can be told of these points; an empty window has no value at all. */
  boolean isWorth(double told) {
    if (count == 0 || Double.isNaN(told)) {
      return count == 0 && Double.isNaN(told);
    }
    return switch (measure.function()) {
      case COUNT -> told == count;
      case SUM -> told == sum.doubleValue();
      case AVG -> told == sum.doubleValue() / count;
      case MIN -> told == min;
      case MAX -> told == max;
      case LAST -> told == last;
      case PERCENTILE -> isNear(told, atRank((long) (measure.parameter() * (count - 1))));
      case SHARE_ABOVE ->
          isBetween(told, above(measure.parameter(), 1), above(measure.parameter(), -1));
      case SHARE_BELOW ->
          isBetween(told, below(measure.parameter(), -1), below(measure.parameter(), 1));
    };
  }

  /** What it should be, for a person. */
  String text() {
    return "%d points, sum %s, min %s, max %s, last %s, %s"
        .formatted(
            count,
            sum.doubleValue(),
            min,
            max,
            last,
            measure.function() == Function.PERCENTILE && count > 0
                ? "at rank " + atRank((long) (measure.parameter() * (count - 1)))
                : measure.function());
  }

  private static boolean isNear(double told, double exact) {
    return Math.abs(told - exact) <= SKETCH_ERROR * Math.abs(exact);
  }

  /** A share is a whole number of points, too. */
  private boolean isBetween(double told, long least, long most) {
    long points = Math.round(told * count);
    return told == (double) points / count && least <= points && points <= most;
  }

  private double atRank(long rank) {
    int ofMore = 0;
    // the value of which so many lie before it among both
    for (int i = 0; ; i++) {
      while (ofMore < more.length && (i == sorted.length || more[ofMore] <= sorted[i])) {
        if (i + ofMore == rank) {
          return more[ofMore];
        }
        ofMore++;
      }
      if (i + ofMore == rank) {
        return sorted[i];
      }
    }
  }

  /** Values above a threshold that is moved by the sketch's error, up or down. */
  private long above(double threshold, int direction) {
    double moved = threshold + direction * SKETCH_ERROR * 1.01 * Math.abs(threshold);
    return Arrays.stream(sorted).filter(value -> value > moved).count()
        + Arrays.stream(more).filter(value -> value > moved).count();
  }

  private long below(double threshold, int direction) {
    double moved = threshold + direction * SKETCH_ERROR * 1.01 * Math.abs(threshold);
    return Arrays.stream(sorted).filter(value -> value < moved).count()
        + Arrays.stream(more).filter(value -> value < moved).count();
  }
}
