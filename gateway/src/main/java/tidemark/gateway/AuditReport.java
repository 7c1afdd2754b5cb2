package tidemark.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What an audit found.
 *
 * @param epoch that the tables reflect
 * @param watermarkMs minutes that end at or before it are closed
 * @param from first minute looked at
 * @param to end of the minutes looked at, exclusive; {@link Instant#MAX} if there was none
 * @param counts what was compared
 * @param differences at most {@link Audit#MAX_DIFFERENCES}; empty if all is well
 * @param notes what was left out, in words
 * @param took the whole of it
 */
public record AuditReport(
    AuditEpoch epoch,
    long watermarkMs,
    Instant from,
    Instant to,
    Counts counts,
    List<AuditDifference> differences,
    List<String> notes,
    Duration took) {

  /**
   * How much was compared.
   *
   * @param minutes pairs of org and minute
   * @param openMinutes of them, those that the watermark has not ended
   * @param accepted points that the ledger says were accepted
   * @param stored points in rows of the 10 s tier
   * @param seriesMinutes groups of the 10 s and 1 m tiers that were compared
   * @param seriesHours groups of the 1 m and 1 h tiers that were compared
   * @param epochs commits whose chain was followed
   * @param files files read
   * @param rows rows in them
   */
  public record Counts(
      long minutes,
      long openMinutes,
      long accepted,
      long stored,
      long seriesMinutes,
      long seriesHours,
      long epochs,
      long files,
      long rows) {}

  public AuditReport {
    differences = List.copyOf(differences);
    notes = List.copyOf(notes);
  }

  public boolean isWell() {
    return differences.isEmpty();
  }
}
