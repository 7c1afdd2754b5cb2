package tidemark.gateway;

import java.util.ArrayList;
import java.util.List;

/** Reads off the tables that {@link AuditSql} makes what differs, and how much was compared. */
final class AuditAccounts {
  private static final int LIMIT = 10_000;

  /** Minutes that only one side knows count as zero on the other. */
  private static final String ACCOUNTS =
      """
      (SELECT org, start_ms, coalesce(accepted, 0) AS accepted, coalesce(received, 0) AS received,
        coalesce(closed, 0) AS closed, coalesce(fine_points, 0) AS stored,
        coalesce(dropped, 0) AS dropped
      FROM ledger FULL JOIN minutes USING (org, start_ms))""";

  private final QueryEngine engine;
  private final long watermarkMs;

  AuditAccounts(QueryEngine engine, long watermarkMs) {
    this.engine = engine;
    this.watermarkMs = watermarkMs;
  }

  /** Accepted, received, closed, stored and dropped points of each org and minute. */
  List<AuditDifference> points(AuditRange range) {
    List<AuditDifference> differences = new ArrayList<>();
    for (List<Object> row :
        rows(
            ("SELECT org, start_ms, accepted, received, closed, stored, dropped FROM %s WHERE start_ms >= %d"
                    + " AND (accepted <> received OR closed <> stored + dropped OR closed > received OR"
                    + " (received <> closed AND %s))")
                .formatted(ACCOUNTS, range.fromMs(), isEnded(AuditRange.MINUTE_MS)))) {
      AuditStage stage = stage(row);
      differences.add(
          AuditDifference.ofMinute(
              stage,
              (String) row.get(0),
              (Long) row.get(1),
              "accepted %s, received %s, closed %s, stored %s, dropped by rules %s"
                  .formatted(row.get(2), row.get(3), row.get(4), row.get(5), row.get(6))));
    }
    return differences;
  }

  /** The first step at which the counts part. */
  private static AuditStage stage(List<Object> row) {
    if (!row.get(2).equals(row.get(3))) {
      return AuditStage.ADMIT;
    }
    long kept = (Long) row.get(5) + (Long) row.get(6);
    return row.get(4).equals(kept) ? AuditStage.ROLL_UP : AuditStage.STORE;
  }

  List<AuditDifference> minutes(AuditRange range) {
    return windows("minutes", AuditStage.ONE_MINUTE, AuditRange.MINUTE_MS, range.fromMs());
  }

  List<AuditDifference> hours() {
    return windows("hours", AuditStage.ONE_HOUR, AuditRange.HOUR_MS, 0);
  }

  private List<AuditDifference> windows(
      String table, AuditStage stage, long windowMs, long fromMs) {
    List<AuditDifference> differences = new ArrayList<>();
    for (List<Object> row :
        rows(
            ("SELECT org, start_ms, fine_points, coarse_points, differing, example FROM %s"
                    + " WHERE differing > 0 AND start_ms >= %d AND %s")
                .formatted(table, fromMs, isEnded(windowMs)))) {
      differences.add(
          AuditDifference.ofMinute(
              stage,
              (String) row.get(0),
              (Long) row.get(1),
              "points %s and %s, %s series differ, such as %s"
                  .formatted(row.get(2), row.get(3), row.get(4), row.get(5))));
    }
    return differences;
  }

  /** As the roll up stage closes windows: when the watermark reaches their last millisecond. */
  private String isEnded(long windowMs) {
    return "start_ms + %d <= %d".formatted(windowMs - 1, watermarkMs);
  }

  private List<List<Object>> rows(String sql) {
    return engine.query(sql + " ORDER BY start_ms, org LIMIT " + LIMIT).rows();
  }

  AuditReport.Counts counts(long epochs, long files, long rows) {
    List<Object> minutes =
        engine
            .query(
                ("SELECT count(*), count(*) FILTER (NOT %s), CAST(coalesce(sum(accepted), 0) AS"
                        + " BIGINT), CAST(coalesce(sum(stored), 0) AS BIGINT) FROM %s")
                    .formatted(isEnded(AuditRange.MINUTE_MS), ACCOUNTS))
            .rows()
            .get(0);
    return new AuditReport.Counts(
        (Long) minutes.get(0),
        (Long) minutes.get(1),
        (Long) minutes.get(2),
        (Long) minutes.get(3),
        series("minutes", AuditRange.MINUTE_MS),
        series("hours", AuditRange.HOUR_MS),
        epochs,
        files,
        rows);
  }

  private long series(String table, long windowMs) {
    String sql =
        "SELECT CAST(coalesce(sum(series), 0) AS BIGINT) FROM %s WHERE %s"
            .formatted(table, isEnded(windowMs));
    return (Long) engine.query(sql).single();
  }
}
