package tidemark.state.definition;

import java.util.List;
import java.util.Objects;
import tidemark.state.SeriesIdentity;

/**
 * Which series of an org a definition concerns.
 *
 * @param metric pattern of the metric's name; coarser series are never concerned
 * @param where conditions on tags, all of which must hold
 */
public record SeriesFilter(TextPattern metric, List<TagCondition> where) {
  /** Each is looked at for each new series of the org, in a task that serves all orgs. */
  private static final int MAX_CONDITIONS = 64;

  public SeriesFilter {
    Objects.requireNonNull(metric, "metric");
    where = List.copyOf(where);
    if (where.size() > MAX_CONDITIONS) {
      throw new IllegalArgumentException(
          "a filter must have at most %d conditions, got %d"
              .formatted(MAX_CONDITIONS, where.size()));
    }
  }

  public boolean takesMetric(String name) {
    return !CoarserSeries.isName(name) && metric.matches(name);
  }

  public boolean takes(SeriesIdentity series) {
    return takesMetric(series.metric())
        && where.stream().allMatch(condition -> condition.holds(series.tags()));
  }
}
