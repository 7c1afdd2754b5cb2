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

  public SeriesFilter {
    Objects.requireNonNull(metric, "metric");
    where = List.copyOf(where);
  }

  public boolean takesMetric(String name) {
    return !CoarserSeries.isName(name) && metric.matches(name);
  }

  public boolean takes(SeriesIdentity series) {
    return takesMetric(series.metric())
        && where.stream().allMatch(condition -> condition.holds(series.tags()));
  }
}
