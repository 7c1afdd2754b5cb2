package tidemark.state.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/**
 * Looks at each complete window of each group, and says whether all is well.
 *
 * @param filter which series it looks at
 * @param type only series of this type
 * @param groupBy keys of tags: each distinct choice of their values is a group of its own; none:
 *     one group
 * @param measure what it computes of a window
 * @param windowMs length of the window, a multiple of 10 s
 * @param stepMs time from one window's end to the next one's, a multiple of 10 s, at most the
 *     window; windows end at multiples of it since 1970
 * @param thresholds when the value is an alert or a warning
 * @param noData what an empty window of a known group is
 * @param newGroupDelayMs how long after its first point a group is only watched
 * @param forgetGroupMs silence after which a group is forgotten
 * @param maxGroups groups that it may have, at least 1
 */
public record Monitor(
    String org,
    String name,
    int version,
    long fromMs,
    SeriesFilter filter,
    MetricType type,
    SortedSet<String> groupBy,
    Measure measure,
    long windowMs,
    long stepMs,
    Thresholds thresholds,
    NoData noData,
    long newGroupDelayMs,
    long forgetGroupMs,
    int maxGroups)
    implements Definition {
  /** Windows are made of these, ms. */
  public static final long PANE_MS = 10_000;

  private static final long MAX_WINDOW_MS = 86_400_000;

  /** What a window without points is. */
  public enum NoData {
    /** A verdict of its own. */
    REPORT,
    /** Well. */
    OK,
    /** An alert. */
    ALERT,
    /** What the window before it was. */
    KEEP
  }

  /** What is computed of a window. */
  public enum Function {
    COUNT,
    SUM,
    AVG,
    MIN,
    MAX,
    LAST,
    /** The value below which the share {@code parameter} (0 to 1) of the samples is. */
    PERCENTILE,
    /** Share of the samples above {@code parameter}, 0 to 1. */
    SHARE_ABOVE,
    /** Share of the samples below {@code parameter}, 0 to 1. */
    SHARE_BELOW;

    /** Whether points of that type have it. */
    public boolean isOf(MetricType type) {
      return switch (this) {
        case COUNT, SUM, AVG -> true;
        case MIN, MAX -> type != MetricType.COUNTER;
        case LAST -> type == MetricType.GAUGE;
        case PERCENTILE, SHARE_ABOVE, SHARE_BELOW -> type == MetricType.DISTRIBUTION;
      };
    }
  }

  /**
   * A function and what it needs.
   *
   * @param parameter of percentile and shares; 0 for the others
   */
  public record Measure(Function function, double parameter) {
    public Measure {
      Objects.requireNonNull(function, "function");
      if (function == Function.PERCENTILE && !(parameter >= 0 && parameter <= 1)) {
        throw new IllegalArgumentException("a percentile must be 0 to 1, got " + parameter);
      }
      if (!Double.isFinite(parameter)) {
        throw new IllegalArgumentException("a parameter must be finite, got " + parameter);
      }
    }
  }

  /** Side of a threshold that is bad. */
  public enum Side {
    /** Values greater than the threshold are bad. */
    ABOVE,
    /** Values less than the threshold are bad. */
    BELOW
  }

  /**
   * When a value is bad, and when it is well again: what was an alert stays one until the value has
   * passed the recovery threshold back, likewise a warning.
   *
   * @param alertRecovery where an alert ends; the alert's own threshold unless given
   * @param warnRecovery where a warning ends; the warning's own threshold unless given
   */
  public record Thresholds(
      Side side,
      double alert,
      OptionalDouble warn,
      OptionalDouble alertRecovery,
      OptionalDouble warnRecovery) {
    public Thresholds {
      Objects.requireNonNull(side, "side");
      requireFinite(alert);
      warn.ifPresent(Thresholds::requireFinite);
      alertRecovery.ifPresent(Thresholds::requireFinite);
      warnRecovery.ifPresent(Thresholds::requireFinite);
      if (warn.isPresent() && isBeyond(side, warn.getAsDouble(), alert)) {
        throw new IllegalArgumentException(
            "a warning must come before the alert at %s, got %s".formatted(alert, warn));
      }
      if (alertRecovery.isPresent() && isBeyond(side, alertRecovery.getAsDouble(), alert)) {
        throw new IllegalArgumentException(
            "recovery of an alert must not be beyond %s, got %s".formatted(alert, alertRecovery));
      }
      if (warnRecovery.isPresent()
          && (warn.isEmpty() || isBeyond(side, warnRecovery.getAsDouble(), warn.getAsDouble()))) {
        throw new IllegalArgumentException(
            "recovery of a warning must not be beyond the warning %s, got %s"
                .formatted(warn, warnRecovery));
      }
    }

    private static void requireFinite(double threshold) {
      if (!Double.isFinite(threshold)) {
        throw new IllegalArgumentException("a threshold must be finite, got " + threshold);
      }
    }

    private static boolean isBeyond(Side side, double value, double threshold) {
      return side == Side.ABOVE ? value > threshold : value < threshold;
    }

    /** Whether the value is on the bad side of that threshold. */
    public boolean isBad(double value, double threshold) {
      return isBeyond(side, value, threshold);
    }
  }

  public Monitor {
    DefinitionChecks.check(org, name, version, fromMs);
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(thresholds, "thresholds");
    Objects.requireNonNull(noData, "noData");
    groupBy = Collections.unmodifiableSortedSet(new TreeSet<>(groupBy));
    if (!measure.function().isOf(type)) {
      throw new IllegalArgumentException(
          "monitor %s cannot compute %s of a %s".formatted(name, measure.function(), type.label()));
    }
    if (windowMs < PANE_MS || windowMs % PANE_MS != 0 || windowMs > MAX_WINDOW_MS) {
      throw new IllegalArgumentException(
          "window of monitor %s must be a multiple of 10 s up to a day, got %d ms"
              .formatted(name, windowMs));
    }
    if (stepMs < PANE_MS || stepMs % PANE_MS != 0 || stepMs > windowMs) {
      throw new IllegalArgumentException(
          "step of monitor %s must be a multiple of 10 s and at most the window, got %d ms"
              .formatted(name, stepMs));
    }
    if (Math.max(newGroupDelayMs, forgetGroupMs) > DefinitionChecks.MAX_MS) {
      throw new IllegalArgumentException(
          "delay and silence of monitor %s must be at most %d ms, got %d ms, %d ms"
              .formatted(name, DefinitionChecks.MAX_MS, newGroupDelayMs, forgetGroupMs));
    }
    if (newGroupDelayMs < 0 || forgetGroupMs < windowMs || maxGroups < 1) {
      throw new IllegalArgumentException(
          ("monitor %s must have a delay of at least 0 ms, forget groups after at least the window,"
                  + " and have at least 1 group, got %d ms, %d ms, %d")
              .formatted(name, newGroupDelayMs, forgetGroupMs, maxGroups));
    }
  }

  @Override
  public Kind kind() {
    return Kind.MONITOR;
  }

  @Override
  public Monitor withFrom(long newFromMs) {
    return new Monitor(
        org,
        name,
        version,
        newFromMs,
        filter,
        type,
        groupBy,
        measure,
        windowMs,
        stepMs,
        thresholds,
        noData,
        newGroupDelayMs,
        forgetGroupMs,
        maxGroups);
  }

  /** Whether it looks at a series of that type. */
  public boolean takes(SeriesIdentity series, MetricType seriesType) {
    return seriesType == type && series.org().equals(org) && filter.takes(series);
  }

  /** The series in which all that it looks at in one group is gathered. */
  public SeriesIdentity gathered(SeriesIdentity series) {
    List<String> tags = new ArrayList<>(series.tags());
    tags.removeIf(tag -> !groupBy.contains(SeriesIdentity.key(tag)));
    return new SeriesIdentity(org, CoarserSeries.ofMonitor(name, version), tags);
  }
}
