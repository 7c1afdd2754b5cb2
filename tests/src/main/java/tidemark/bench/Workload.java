package tidemark.bench;

import java.util.ArrayList;
import java.util.List;
import tidemark.state.MetricType;

/**
 * What stands in the topic: every series has the same number of points in each window of 10 s.
 *
 * <p>Hosts have {@value #METRICS_PER_HOST} metrics, gauges and counters in turn, and four tags. The
 * first window starts 100 s before a full hour, so a run of more than 100 s of event time also
 * closes minutes and one hour.
 *
 * @param series number of series
 * @param pointsPerWindow points of one series in one window
 * @param windows number of windows
 * @param seed of the values
 */
record Workload(int series, int pointsPerWindow, int windows, long seed) {
  static final long WINDOW_MS = 10_000;
  static final String ORG = "acme";
  private static final int METRICS_PER_HOST = 100;
  private static final int SERIES_PER_RECORD = 1_000;
  private static final long START_MS = 1_767_225_600_000L - 100_000L; // before 2026-01-01T00:00Z

  Workload {
    if (series < 1 || pointsPerWindow < 1 || pointsPerWindow > WINDOW_MS || windows < 1) {
      throw new IllegalArgumentException(
          ("series and windows must be at least 1 and points per window from 1 to %s, got %s, %s"
                  + " and %s")
              .formatted(WINDOW_MS, series, windows, pointsPerWindow));
    }
  }

  /** The largest number of whole windows that holds at most so many points, and at least one. */
  static Workload ofPoints(int series, int pointsPerWindow, long points, long seed) {
    long windows = Math.max(1, points / ((long) series * pointsPerWindow));
    return new Workload(series, pointsPerWindow, Math.toIntExact(windows), seed);
  }

  long points() {
    return rows() * pointsPerWindow;
  }

  /** Rows of 10 s that these points make. */
  long rows() {
    return (long) series * windows;
  }

  /** The first windows of it, at least one. */
  Workload part(int share) {
    return new Workload(series, pointsPerWindow, Math.max(1, windows / share), seed);
  }

  long windowStartMs(int window) {
    return START_MS + window * WINDOW_MS;
  }

  int recordsPerWindow() {
    return (series + SERIES_PER_RECORD - 1) / SERIES_PER_RECORD;
  }

  int firstSeries(int recordOfWindow) {
    return Math.min(series, recordOfWindow * SERIES_PER_RECORD);
  }

  static MetricType type(int series) {
    return series % 2 == 0 ? MetricType.GAUGE : MetricType.COUNTER;
  }

  static String metric(int series) {
    return "metric.name.number." + series % METRICS_PER_HOST;
  }

  static List<String> tags(int series) {
    int host = series / METRICS_PER_HOST;
    List<String> tags = new ArrayList<>();
    tags.add("az:us-east-1" + (char) ('a' + host % 3));
    tags.add("env:prod");
    tags.add("host:i-" + Integer.toHexString(host * 7919));
    tags.add("service:svc-" + host % 50);
    return tags;
  }
}
