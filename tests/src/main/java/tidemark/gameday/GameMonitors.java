package tidemark.gameday;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import tidemark.state.MetricType;

/**
 * The monitors of the game over {@link Series}: all measures and types, with and without groups,
 * windows of 10 to 60 s, thresholds near what the load has, so that they are crossed. Pure.
 */
final class GameMonitors {
  /**
   * An entry of a file.
   *
   * @param fields YAML, all but org, name and alert
   * @param thresholds YAML, beside the alert; of the first version only
   */
  record Entry(String org, String name, String fields, double alert, String thresholds) {
    String yaml() {
      return "- {org: %s, name: %s, %s, alert: %s%s}%n"
          .formatted(org, name, fields, number(alert), thresholds);
    }

    /** The same with the alert elsewhere. */
    Entry changed(Random random) {
      double moved = alert * (0.7 + 0.6 * random.nextDouble());
      return new Entry(org, name, fields, moved, "");
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.6f", value);
    }
  }

  private static final String COUNTERS = "org-0";
  private static final String GAUGES = "org-1";
  private static final String DISTRIBUTIONS = "org-2";

  private final List<Entry> entries = new ArrayList<>();
  private final int series;
  private final int pointsPerSeries;

  /**
   * @param series of the load
   * @param pointsPerSeries in a second
   */
  GameMonitors(int series, int pointsPerSeries) {
    this.series = series;
    this.pointsPerSeries = pointsPerSeries;
    addCounters();
    addGauges();
    addDistributions();
  }

  private void addCounters() {
    double tenSeconds = 10.0 * pointsPerSeries;
    counter("count-host", 0, "group_by: [host], measure: count, window: 10s", tenSeconds - 1);
    and(", warn: %s".formatted(tenSeconds - 3));
    counter("count-all", 1, "measure: count, window: 30s, step: 10s", full(0, 1, 30) - 20);
    counter("avg-zone", 2, "group_by: [zone], measure: avg, window: 20s, step: 10s", 63.5);
    and(", warn: 62.5, alert_recovery: 63");
    counter("sum-all", 3, "measure: sum, window: 60s, step: 20s, side: below", full(0, 3, 60) * 63);
    counter("avg-host", 4, "group_by: [host], measure: avg, window: 10s, no_data: ok", 65);
    and(", warn: 64, alert_recovery: 64.5, warn_recovery: 63");
    counter(
        "count-zone",
        5,
        "group_by: [zone], measure: count, window: 60s, step: 30s, side: below",
        full(0, 5, 60) / 5);
    entries.add(
        new Entry(
            COUNTERS,
            "sum-some",
            "metric: \"gameday.counter.*\", where: {host: [\"h1*\", \"!h12*\"]}, type: counter,"
                + " measure: sum, window: 10s",
            20 * tenSeconds * 63,
            ""));
  }

  private void addGauges() {
    gauge("max-all", 0, "measure: max, window: 10s", 2e11);
    gauge(
        "min-zone",
        1,
        "group_by: [zone], measure: min, window: 20s, step: 10s, side: below",
        -1.5e11);
    gauge("last-host", 2, "group_by: [host], measure: last, window: 10s", 1e8);
    gauge("avg-all", 3, "measure: avg, window: 30s", 1e8);
    and(", warn: -1e8");
    gauge("sum-zone", 4, "group_by: [zone], measure: sum, window: 20s", 1e10);
    and(", alert_recovery: -1e11");
    gauge(
        "count-short",
        5,
        "group_by: [host], measure: count, window: 20s, step: 10s, no_data: alert, forget_group: 1m",
        20.0 * pointsPerSeries - 3);
    gauge(
        "max-short",
        6,
        "group_by: [host], measure: max, window: 10s, side: below, no_data: keep, forget_group: 30s",
        5e10);
  }

  private void addDistributions() {
    distribution("p99-all", 0, "measure: percentile(0.99), window: 30s, step: 10s", 110);
    and(", warn: 100, alert_recovery: 105, warn_recovery: 95");
    distribution("p50-zone", 1, "group_by: [zone], measure: percentile(0.5), window: 10s", 1.05);
    and(", warn: 1");
    distribution("above-host", 2, "group_by: [host], measure: share_above(50), window: 20s", 0.03);
    and(", warn: 0.02");
    distribution("below-all", 3, "measure: share_below(0.1), window: 10s, side: below", 0.12);
    distribution("max-zone", 4, "group_by: [zone], measure: max, window: 60s, step: 20s", 2_000);
    distribution("min-all", 5, "measure: min, window: 10s, side: below", 0.002);
    distribution(
        "avg-early",
        6,
        "group_by: [host], measure: avg, window: 30s, step: 10s, new_group_delay: 0",
        8);
    entries.add(
        new Entry(
            DISTRIBUTIONS,
            "sum-pattern",
            "metric: \"*.distribution.*\", type: distribution, group_by: [zone, host],"
                + " measure: sum, window: 10s, new_group_delay: 1m",
            800,
            ", warn: 700"));
  }

  /** Points of a metric in so many seconds, but for late ones and fresh series. */
  private double full(int type, int metric, int seconds) {
    int count = 0;
    for (int number = 0; number < series; number++) {
      Series one = Series.ofNumber(number);
      if (number % MetricType.values().length == type && one.metric().endsWith("." + metric)) {
        count++;
      }
    }
    return (double) count * pointsPerSeries * seconds;
  }

  private void counter(String name, int metric, String fields, double alert) {
    add(COUNTERS, MetricType.COUNTER, name, metric, fields, alert);
  }

  private void gauge(String name, int metric, String fields, double alert) {
    add(GAUGES, MetricType.GAUGE, name, metric, fields, alert);
  }

  private void distribution(String name, int metric, String fields, double alert) {
    add(DISTRIBUTIONS, MetricType.DISTRIBUTION, name, metric, fields, alert);
  }

  private void add(
      String org, MetricType type, String name, int metric, String fields, double alert) {
    String all =
        "metric: gameday.%s.%d, type: %s, %s".formatted(type.label(), metric, type.label(), fields);
    entries.add(new Entry(org, name, all, alert, ""));
  }

  /** Thresholds of the monitor that was added last. */
  private void and(String thresholds) {
    Entry last = entries.remove(entries.size() - 1);
    entries.add(new Entry(last.org(), last.name(), last.fields(), last.alert(), thresholds));
  }

  List<Entry> entries() {
    return entries;
  }

  /** All in one file. */
  String yaml() {
    StringBuilder yaml = new StringBuilder("monitors:\n");
    entries.forEach(entry -> yaml.append(entry.yaml()));
    return yaml.toString();
  }
}
