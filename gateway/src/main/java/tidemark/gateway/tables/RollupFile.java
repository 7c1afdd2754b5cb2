package tidemark.gateway.tables;

import tidemark.gateway.StoredFile;

/**
 * A data file of the rollups table, and what its statistics say of its rows.
 *
 * @param minMs first window start in it, ms since 1970
 * @param maxMs last window start
 * @param minOrg lower bound of its orgs; may be cut short
 * @param maxOrg upper bound; empty if unknown
 * @param minMetric lower bound of its metrics
 * @param maxMetric upper bound; empty if unknown
 */
public record RollupFile(
    StoredFile file,
    long minMs,
    long maxMs,
    String minOrg,
    String maxOrg,
    String minMetric,
    String maxMetric) {

  /** Whether windows that start in [fromMs, toMs) may be in it. */
  public boolean mayHold(long fromMs, long toMs) {
    return minMs < toMs && maxMs >= fromMs;
  }

  /** Whether rows of that org may be in it. */
  public boolean mayHoldOrg(String org) {
    return minOrg.compareTo(org) <= 0 && (maxOrg.isEmpty() || maxOrg.compareTo(org) >= 0);
  }

  /** Whether rows of that metric may be in it. */
  public boolean mayHoldMetric(String metric) {
    return minMetric.compareTo(metric) <= 0
        && (maxMetric.isEmpty() || maxMetric.compareTo(metric) >= 0);
  }
}
