package tidemark.gateway.plan;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tidemark.gateway.rules.RuleSpan;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.CoarserSeries;

/**
 * Which rules made series that answer a statement in place of the finer ones: of its only metric,
 * with all tags that it names, for every type that the metric has, from all of its series.
 *
 * <p>A coarser series that its rule's limit refused is missing for good; so for each series of the
 * metric its coarser one must be known, unless the finer rows are not stored at all. Not
 * thread-safe; costs a look at the index of metrics, and a pass over the series of the metric where
 * {@link Proofs} does not know it yet.
 */
final class RuleChoice {
  private static final long DAY_MS = 86_400_000;

  private final Connection connection;
  private final Planner.Context context;

  RuleChoice(Connection connection, Planner.Context context) {
    this.connection = connection;
    this.context = context;
  }

  /** What is known of one metric. */
  private static final class Metric {
    private final Map<MetricType, Long> series = new TreeMap<>();
    private final Set<String> tags = new TreeSet<>();
    private long changes;
    private long firstMs = Long.MAX_VALUE;

    long count() {
      return series.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Those that fit, that with the fewest series first. */
  List<RuleSpan> fitting(PointsUse use) throws SQLException {
    if (use.tags().isEmpty() || use.metrics().filter(names -> names.size() == 1).isEmpty()) {
      return List.of();
    }
    String metric = use.metrics().get().get(0);
    List<RuleSpan> named =
        context.rules().spans().stream()
            .filter(span -> span.rule().filter().where().isEmpty())
            .filter(span -> span.rule().filter().takesMetric(metric))
            .filter(span -> use.tags().get().stream().allMatch(span.rule()::keeps))
            .filter(span -> span.rule().fromMs() < use.toMs() && span.untilMs() > use.fromMs())
            .filter(span -> !hasMoreRoomLater(span, context.rules().spans()))
            .toList();
    if (named.isEmpty()) {
      return List.of();
    }
    Map<String, Metric> known = known(metric, named);
    List<RuleSpan> fitting = new ArrayList<>();
    for (RuleSpan span : named) {
      Metric coarser = known.get(CoarserSeries.ofRule(metric, span.rule().name()));
      if (coarser != null && fits(span, use, metric, known.get(metric), coarser)) {
        since(span, coarser.firstMs).ifPresent(fitting::add);
      }
    }
    fitting.sort(
        Comparator.comparingLong(
                (RuleSpan span) ->
                    known.get(CoarserSeries.ofRule(metric, span.rule().name())).count())
            .thenComparing(span -> span.rule().name())
            .thenComparing(span -> span.rule().fromMs()));
    return fitting;
  }

  /** From the day on which any of its series was seen first: a job may apply it later. */
  private static Optional<RuleSpan> since(RuleSpan span, long firstMs) {
    if (firstMs <= span.rule().fromMs()) {
      return Optional.of(span);
    }
    return firstMs < span.untilMs()
        ? Optional.of(new RuleSpan(span.rule().withFrom(firstMs), span.untilMs()))
        : Optional.empty();
  }

  private boolean fits(RuleSpan span, PointsUse use, String metric, Metric finer, Metric coarser)
      throws SQLException {
    if (finer == null) {
      return span.rule().dropsFiner();
    }
    return span.rule().types().containsAll(finer.series.keySet())
        && (span.rule().dropsFiner() || isWhole(span, use, metric, finer, coarser));
  }

  /**
   * Whether a later version may make series that this one was refused: that they are known says
   * nothing then of the days on which both were in force.
   */
  private static boolean hasMoreRoomLater(RuleSpan span, List<RuleSpan> all) {
    return !span.rule().dropsFiner()
        && all.stream()
            .map(RuleSpan::rule)
            .filter(other -> other.name().equals(span.rule().name()))
            .filter(other -> other.version() > span.rule().version())
            .anyMatch(other -> other.maxSeries() > span.rule().maxSeries());
  }

  private Map<String, Metric> known(String metric, List<RuleSpan> rules) throws SQLException {
    List<String> names =
        rules.stream()
            .map(span -> CoarserSeries.ofRule(metric, span.rule().name()))
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    names.add(metric);
    Map<String, Metric> known = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ViewSql.metricRows(context.org(), names))) {
      while (row.next()) {
        Metric found = known.computeIfAbsent(row.getString(1), name -> new Metric());
        found.series.put(MetricType.ofLabel(row.getString(2)), row.getLong(3));
        found.changes += row.getLong(5);
        found.firstMs = Math.min(found.firstMs, row.getLong(6));
        for (Object key : (Object[]) row.getArray(4).getArray()) {
          found.tags.add((String) key);
        }
      }
    }
    return known;
  }

  /** Whether each series of the metric that may have rows has its coarser one. */
  private boolean isWhole(RuleSpan span, PointsUse use, String metric, Metric finer, Metric coarser)
      throws SQLException {
    AggregationRule rule = span.rule();
    // days are as exact as it is known when a series was seen last
    long fromMs = Math.max(rule.fromMs(), use.fromMs());
    long dayMs = fromMs - Math.floorMod(fromMs, DAY_MS);
    Proofs.Claim claim =
        new Proofs.Claim(
            context.org(),
            metric,
            span.title(),
            dayMs,
            span.untilMs(),
            finer.changes + coarser.changes);
    Optional<Boolean> proven = context.proofs().find(claim);
    if (proven.isPresent()) {
      return proven.get();
    }
    List<String> kept = finer.tags.stream().filter(rule::keeps).toList();
    String sql =
        ViewSql.missingSeries(
            context.org(),
            metric,
            CoarserSeries.ofRule(metric, rule.name()),
            kept,
            dayMs,
            span.untilMs());
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      boolean isWhole = !row.next();
      context.proofs().keep(claim, isWhole);
      return isWhole;
    }
  }
}
