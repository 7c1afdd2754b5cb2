package tidemark.bench;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

/** Rules and monitors for a {@link Workload}, in force from its start. */
final class BenchDefinitions {
  static final int MONITORS = 1_000;
  private static final List<String> SERVICES =
      IntStream.range(0, MONITORS / Workload.METRICS_PER_HOST)
          .mapToObj(service -> "svc-" + service)
          .toList();
  private static final long MINUTE_MS = 60_000;
  private static final long PANES = MINUTE_MS / Workload.WINDOW_MS;
  private static final double MEAN = 50; // of the values, see Points
  private static final int MANY = 100_000;

  private BenchDefinitions() {}

  static List<Definition> of(Variant variant, Workload workload) {
    return switch (variant) {
      case RULES, HOT -> List.of(rule(workload));
      case MONITORS -> monitors(workload);
      default -> List.of();
    };
  }

  /** Rows of the coarser series, one for each of them and window of 10 s. */
  static long coarserRows(Variant variant, Workload workload) {
    if (of(variant, workload).stream().noneMatch(AggregationRule.class::isInstance)) {
      return 0;
    }
    Set<String> coarser = new HashSet<>();
    for (int series = 0; series < workload.series(); series++) {
      coarser.add(Workload.metric(series) + Workload.service(series));
    }
    return (long) coarser.size() * workload.windows();
  }

  /** Groups of all monitors together. */
  static long groups(Workload workload) {
    return IntStream.range(0, workload.series())
        .filter(series -> SERVICES.contains(Workload.service(series)))
        .count();
  }

  /** All metrics by service: hosts go. */
  private static AggregationRule rule(Workload workload) {
    return new AggregationRule(
        Workload.ORG,
        "by-service",
        1,
        workload.windowStartMs(0),
        new SeriesFilter(new TextPattern("*"), List.of()),
        AggregationRule.TagChoice.KEEP,
        new TreeSet<>(List.of("service")),
        EnumSet.allOf(MetricType.class),
        new TreeSet<>(List.of(10, 60, 3600)),
        false,
        MANY);
  }

  /** Each metric of a few services, by host and each minute; a series has one monitor at most. */
  private static List<Definition> monitors(Workload workload) {
    List<Definition> monitors = new ArrayList<>();
    for (String service : SERVICES) {
      for (int series = 0; series < Workload.METRICS_PER_HOST; series++) {
        monitors.add(monitor(workload, series, service));
      }
    }
    return monitors;
  }

  private static Monitor monitor(Workload workload, int series, String service) {
    boolean isCounter = workload.type(series) == MetricType.COUNTER;
    return new Monitor(
        Workload.ORG,
        "metric-%d-%s".formatted(series, service),
        1,
        workload.windowStartMs(0),
        new SeriesFilter(
            new TextPattern(Workload.metric(series)),
            List.of(new TagCondition("service", new TextPattern(service), false))),
        workload.type(series),
        new TreeSet<>(List.of("host")),
        new Monitor.Measure(isCounter ? Monitor.Function.SUM : Monitor.Function.AVG, 0),
        MINUTE_MS,
        MINUTE_MS,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            isCounter ? MEAN * workload.pointsPerWindow() * PANES : MEAN, // half are above
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0,
        60 * MINUTE_MS,
        MANY);
  }
}
