package tidemark.operators;

import java.util.EnumSet;
import java.util.List;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/** Rules as tests need them. */
public final class RuleSamples {
  private RuleSamples() {}

  /** Over all metrics, types and tiers, with room for plenty of series. */
  public static AggregationRule keeping(
      String org, String name, int version, long fromMs, String tagKey) {
    return of(org, name, version, fromMs, tagKey, List.of(10, 60, 3600), 1_000_000);
  }

  public static AggregationRule of(
      String org,
      String name,
      int version,
      long fromMs,
      String tagKey,
      List<Integer> tiers,
      int maxSeries) {
    return new AggregationRule(
        org,
        name,
        version,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        AggregationRule.TagChoice.KEEP,
        new TreeSet<>(List.of(tagKey)),
        EnumSet.allOf(MetricType.class),
        new TreeSet<>(tiers),
        false,
        maxSeries);
  }
}
