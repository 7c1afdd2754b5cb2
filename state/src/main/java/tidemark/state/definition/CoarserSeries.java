package tidemark.state.definition;

/**
 * Names of coarser series: {@code metric@rule}, as in {@code http.latency@by-service}. Admission
 * refuses points whose metric has an {@value #MARK} in its name, so that none is taken for another.
 */
public final class CoarserSeries {
  /** Between metric and rule. */
  public static final char MARK = '@';

  /** What stands before the name of a monitor's own series, which are never stored. */
  private static final String MONITOR = "@monitor@";

  private CoarserSeries() {}

  /** Whether a metric is a coarser one. */
  public static boolean isName(String metric) {
    return metric.indexOf(MARK) >= 0;
  }

  /** Metric of the series that a rule makes of this one. */
  public static String ofRule(String metric, String rule) {
    return metric + MARK + rule;
  }

  /** The metric that a rule's series was made of. */
  public static String metric(String name) {
    return name.substring(0, name.indexOf(MARK));
  }

  /** The rule that made a series; empty if none did. */
  public static String rule(String name) {
    return name.substring(name.indexOf(MARK) + 1);
  }

  /** Metric of the series in which a version of a monitor gathers what it looks at. */
  public static String ofMonitor(String monitor, int version) {
    return MONITOR + version + MARK + monitor;
  }

  /** Whether a series is a monitor's own. */
  public static boolean isMonitor(String metric) {
    return metric.startsWith(MONITOR);
  }
}
