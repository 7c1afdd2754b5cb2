package tidemark.state.selection;

import java.io.Serializable;
import java.util.List;
import tidemark.state.definition.TextPattern;

/**
 * Points of some orgs, metrics and times.
 *
 * @param orgs names; empty for all
 * @param metrics patterns, of which one must match; empty for all
 * @param fromMs first event time, epoch ms; {@link Long#MIN_VALUE} for no bound
 * @param toMs event time behind the last, epoch ms; {@link Long#MAX_VALUE} for no bound
 */
public record PointSelection(List<String> orgs, List<TextPattern> metrics, long fromMs, long toMs)
    implements Serializable {
  /** Every point. */
  public static final PointSelection ALL =
      new PointSelection(List.of(), List.of(), Long.MIN_VALUE, Long.MAX_VALUE);

  public PointSelection {
    orgs = orgs.stream().sorted().distinct().toList();
    metrics = List.copyOf(metrics);
    if (fromMs >= toMs) {
      throw new IllegalArgumentException(
          "times must begin before they end, got %d to %d".formatted(fromMs, toMs));
    }
  }

  /** Whether points of that metric are taken, if their time is. */
  public boolean takesSeries(String org, String metric) {
    return takesOrg(org)
        && (metrics.isEmpty() || metrics.stream().anyMatch(pattern -> pattern.matches(metric)));
  }

  public boolean takesOrg(String org) {
    return orgs.isEmpty() || orgs.contains(org);
  }

  public boolean takesTime(long timestampMs) {
    return timestampMs >= fromMs && (timestampMs < toMs || toMs == Long.MAX_VALUE);
  }

  /** Last event time that is taken, epoch ms. */
  public long lastMs() {
    return toMs == Long.MAX_VALUE ? Long.MAX_VALUE : toMs - 1;
  }

  /** Whether points of every metric are taken. */
  public boolean isOfAllMetrics() {
    return metrics.isEmpty();
  }
}
