package tidemark.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tidemark.state.MetricType;

/**
 * What stands in the topic: every series has the same number of points in each window of 10 s.
 *
 * <p>Hosts have {@value #METRICS_PER_HOST} metrics, gauges and counters in turn, and four tags. The
 * first window starts 100 s before a full hour, so a run of more than 100 s of event time also
 * closes minutes and one hour.
 *
 * @param series number of series
 * @param pointsPerWindow points of one series in one window; the average if {@link Trait#SKEWED} or
 *     {@link Trait#HOT}
 * @param windows number of windows
 * @param seed of the values
 * @param traits what differs from the above
 */
public record Workload(int series, int pointsPerWindow, int windows, long seed, Set<Trait> traits) {
  public static final long WINDOW_MS = 10_000;
  public static final String ORG = "acme";
  static final int SERIES_PER_RECORD = 1_000;
  static final int METRICS_PER_HOST = 100;

  /** The one that is {@link Trait#HOT}. */
  static final int HOT_SERIES = 0;

  private static final int SERVICES = 50;
  private static final int SKEW = 10;
  private static final long START_MS = 1_767_225_600_000L - 100_000L; // before 2026-01-01T00:00Z

  public Workload {
    traits = Set.copyOf(traits);
    if (series < 1 || pointsPerWindow < 1 || pointsPerWindow > WINDOW_MS || windows < 1) {
      throw new IllegalArgumentException(
          ("series and windows must be at least 1 and points per window from 1 to %s, got %s, %s"
                  + " and %s")
              .formatted(WINDOW_MS, series, windows, pointsPerWindow));
    }
    if (traits.contains(Trait.GAUGES) && traits.contains(Trait.DISTRIBUTIONS)) {
      throw new IllegalArgumentException("a workload of gauges has no distributions");
    }
    if (traits.contains(Trait.OTLP) && traits.contains(Trait.DISTRIBUTIONS)) {
      throw new IllegalArgumentException("samples of distributions come as native batches only");
    }
    if (traits.contains(Trait.HOT)
        && (pointsPerWindow % 2 != 0
            || traits.contains(Trait.OTLP)
            || traits.contains(Trait.SKEWED)
            || traits.contains(Trait.SPREAD))) {
      throw new IllegalArgumentException(
          ("a workload with a hot series is native, neither skewed nor spread, and has an even number"
                  + " of points per window, got %s of %s; leave out variant hot")
              .formatted(pointsPerWindow, traits));
    }
    if (traits.contains(Trait.SKEWED)
        && (series % SKEW != 0 || (long) pointsPerWindow * SKEW > WINDOW_MS)) {
      throw new IllegalArgumentException(
          "a skewed workload has a multiple of %s series of at most %s points per window, got %s of %s"
              .formatted(SKEW, WINDOW_MS / SKEW, series, pointsPerWindow));
    }
  }

  /** The largest number of whole windows that holds at most so many points, and at least one. */
  public static Workload ofPoints(
      int series, int pointsPerWindow, long points, long seed, Set<Trait> traits) {
    long windows = Math.max(1, points / ((long) series * pointsPerWindow));
    return new Workload(series, pointsPerWindow, Math.toIntExact(windows), seed, traits);
  }

  public boolean is(Trait trait) {
    return traits.contains(trait);
  }

  public long points() {
    return rows() * pointsPerWindow;
  }

  /** Rows of 10 s that these points make. */
  public long rows() {
    return (long) series * windows;
  }

  /** The same with one more trait. */
  Workload with(Trait trait) {
    Set<Trait> more = new HashSet<>(traits);
    more.add(trait);
    return new Workload(series, pointsPerWindow, windows, seed, more);
  }

  /** The first windows of it. */
  public Workload first(int count) {
    return new Workload(series, pointsPerWindow, count, seed, traits);
  }

  /** One part in so many of it, at least one window. */
  public Workload part(int share) {
    return first(Math.max(1, windows / share));
  }

  public long windowStartMs(int window) {
    return START_MS + window * WINDOW_MS;
  }

  /** Groups of series that share a record. */
  public int groups() {
    return (series + SERIES_PER_RECORD - 1) / SERIES_PER_RECORD;
  }

  public int firstSeries(int group) {
    return Math.min(series, group * SERIES_PER_RECORD);
  }

  /** Records of a group in one window. */
  public int slices() {
    if (!is(Trait.SPREAD)) {
      return 1;
    }
    return is(Trait.SKEWED) ? pointsOf(0) : pointsPerWindow;
  }

  /**
   * Points of a series in one window. If it is {@link Trait#HOT}, each of them has a point of the
   * series {@link #HOT_SERIES} beside it.
   */
  public int pointsOf(int series) {
    if (is(Trait.HOT)) {
      return pointsPerWindow / 2;
    }
    if (!is(Trait.SKEWED)) {
      return pointsPerWindow;
    }
    return series % SKEW == 0 ? SKEW * pointsPerWindow - (SKEW - 1) : 1;
  }

  public MetricType type(int series) {
    if (is(Trait.DISTRIBUTIONS)) {
      return MetricType.DISTRIBUTION;
    }
    return is(Trait.GAUGES) || series % 2 == 0 ? MetricType.GAUGE : MetricType.COUNTER;
  }

  public static String metric(int series) {
    return "metric.name.number." + series % METRICS_PER_HOST;
  }

  public static List<String> tags(int series) {
    int host = series / METRICS_PER_HOST;
    List<String> tags = new ArrayList<>();
    tags.add("az:us-east-1" + (char) ('a' + host % 3));
    tags.add("env:prod");
    tags.add("host:i-" + Integer.toHexString(host * 7919));
    tags.add("service:" + service(series));
    return tags;
  }

  static String service(int series) {
    return "svc-" + series / METRICS_PER_HOST % SERVICES;
  }
}
