package tidemark.gameday;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;

/** Small definitions, series and verdicts for the tests of judges. */
final class GameSamples {
  static final Series ONE = gauge("host:a");
  static final Series OTHER = gauge("host:b");

  private GameSamples() {}

  static Series gauge(String tag) {
    return new Series("acme", MetricType.GAUGE, "cpu", List.of(tag), tag);
  }

  /** Of {@code cpu} by host, each 10 s; an alert above 5. */
  static Monitor monitor(Monitor.Function function, int version, long fromMs) {
    return new Monitor(
        "acme",
        "hot",
        version,
        fromMs,
        new SeriesFilter(new TextPattern("cpu"), List.of()),
        MetricType.GAUGE,
        new TreeSet<>(Set.of("host")),
        new Monitor.Measure(function, 0),
        10_000,
        10_000,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            5,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0,
        30_000,
        100);
  }

  /** Without hosts, of {@code cpu}. */
  static AggregationRule rule(int version, long fromMs) {
    return new AggregationRule(
        "acme",
        "all",
        version,
        fromMs,
        new SeriesFilter(new TextPattern("c*"), List.of()),
        AggregationRule.TagChoice.KEEP,
        new TreeSet<>(),
        Set.of(MetricType.GAUGE),
        new TreeSet<>(Set.of(10, 60)),
        false,
        100);
  }

  /** A proven word of {@link #monitor} on host a. */
  static Verdict verdict(
      long endMs, int revision, VerdictStatus status, double value, long points, long watermarkMs) {
    return verdict(endMs, revision, status, value, points, watermarkMs, List.of(), Set.of());
  }

  static Verdict verdict(
      long endMs,
      int revision,
      VerdictStatus status,
      double value,
      long points,
      long watermarkMs,
      List<String> holding,
      Set<VerdictMark> marks) {
    VerdictSubject subject = new VerdictSubject("acme", "hot", 1, ONE.tags());
    return new Verdict(
        subject.verdictId(endMs),
        revision,
        subject,
        endMs - 10_000,
        endMs,
        status,
        value,
        points,
        new Evidence(watermarkMs, Completeness.PROVEN, "{}", holding),
        marks);
  }
}
