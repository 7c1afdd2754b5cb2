package tidemark.serde.definition;

import java.io.Serializable;
import java.time.Duration;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;

/**
 * What an org may define. Names whose last version is a removal do not count once that is in force,
 * and versions do not that ended long ago. A removal may always be the last version of a name.
 *
 * @param maxRulesPerOrg at a time; at least 0
 * @param maxMonitorsPerOrg at a time; at least 0
 * @param maxVersionsPerName that have not ended long ago; at least 1
 * @param maxSeriesPerRule highest {@code max_series}; at least 1
 * @param maxGroupsPerMonitor highest {@code max_groups}; at least 1
 * @param maxStepsPerWindow windows of a monitor that may overlap at one time; at least 1
 * @param keepEndedMs ms after which a version that ended counts no more; not negative
 */
public record DefinitionLimits(
    int maxRulesPerOrg,
    int maxMonitorsPerOrg,
    int maxVersionsPerName,
    int maxSeriesPerRule,
    int maxGroupsPerMonitor,
    int maxStepsPerWindow,
    long keepEndedMs)
    implements Serializable {
  /** As many as there are. */
  public static final DefinitionLimits NONE =
      new DefinitionLimits(
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Long.MAX_VALUE / 2);

  /** Those of a job that is told no others. */
  public static final DefinitionLimits DEFAULTS =
      new DefinitionLimits(
          200, 2_000, 1_000, 1_000_000, 100_000, 1_440, Duration.ofDays(41).toMillis());

  public DefinitionLimits {
    if (maxRulesPerOrg < 0 || maxMonitorsPerOrg < 0) {
      throw new IllegalArgumentException(
          "an org must be allowed at least 0 rules and monitors, got %d and %d"
              .formatted(maxRulesPerOrg, maxMonitorsPerOrg));
    }
    if (Math.min(maxVersionsPerName, maxSeriesPerRule) < 1
        || Math.min(maxGroupsPerMonitor, maxStepsPerWindow) < 1) {
      throw new IllegalArgumentException(
          "versions, series, groups and steps must be limited to at least 1, got %d, %d, %d, %d"
              .formatted(
                  maxVersionsPerName, maxSeriesPerRule, maxGroupsPerMonitor, maxStepsPerWindow));
    }
    if (keepEndedMs < 0) {
      throw new IllegalArgumentException(
          "versions must be kept for at least 0 ms, got " + keepEndedMs);
    }
  }

  /**
   * @throws IllegalArgumentException if the definition asks for more than any may have
   */
  void requireWithin(Definition definition) {
    if (definition instanceof AggregationRule rule && rule.maxSeries() > maxSeriesPerRule) {
      throw new IllegalArgumentException(
          "max_series of a rule must be at most %d, got %d: keep fewer tags, and ask for fewer"
              .formatted(maxSeriesPerRule, rule.maxSeries()));
    }
    if (definition instanceof Monitor monitor && monitor.maxGroups() > maxGroupsPerMonitor) {
      throw new IllegalArgumentException(
          "max_groups of a monitor must be at most %d, got %d: group by fewer tags, and ask for"
                  .formatted(maxGroupsPerMonitor, monitor.maxGroups())
              + " fewer");
    }
    if (definition instanceof Monitor monitor
        && monitor.windowMs() / monitor.stepMs() > maxStepsPerWindow) {
      throw new IllegalArgumentException(
          ("window of a monitor must be at most %d steps, got %d s and steps of %d s: take a longer"
                  + " step, or a shorter window")
              .formatted(maxStepsPerWindow, monitor.windowMs() / 1000, monitor.stepMs() / 1000));
    }
  }

  /** How many versions a name may have that ends with this one. */
  long versionsThatEndWith(Definition last) {
    return (long) maxVersionsPerName + (last instanceof Removal ? 1 : 0);
  }
}
