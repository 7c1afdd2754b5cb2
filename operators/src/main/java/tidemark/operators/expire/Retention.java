package tidemark.operators.expire;

import java.io.IOException;
import java.util.OptionalLong;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Drops the days of a tier that lie wholly behind its retention, seen from the newest epoch's
 * watermark: a replay of old data keeps what a clock on the wall would have thrown away. Whole
 * partitions go, so no data file is opened.
 */
final class Retention {
  private static final long DAY_MS = 86_400_000L;
  private static final long DAY_MICROS = DAY_MS * 1000;

  private Retention() {}

  /** Rows that are beyond their retention; false if no tier has one. */
  static Expression expired(ExpireConfig config, long watermarkMs) {
    return Expressions.or(
        Expressions.or(
            expired(10, config.retention10sMs(), watermarkMs),
            expired(60, config.retention1mMs(), watermarkMs)),
        Expressions.or(
            expired(3600, config.retention1hMs(), watermarkMs),
            expired(LedgerRows.TIER, config.retention1mMs(), watermarkMs)));
  }

  private static Expression expired(int tierSeconds, long retentionMs, long watermarkMs) {
    if (retentionMs == ExpireConfig.FOR_EVER) {
      return Expressions.alwaysFalse();
    }
    long firstDayKept = Math.floorDiv(watermarkMs - retentionMs, DAY_MS);
    return Expressions.and(
        Expressions.equal("tier", tierSeconds),
        Expressions.lessThan("window_start", firstDayKept * DAY_MICROS));
  }

  /** Drops them from a branch of the rollups table, and returns how many files went. */
  static int apply(Table rollups, String branch, ExpireConfig config) throws IOException {
    OptionalLong watermarkMs = BranchHead.watermarkMs(rollups, branch);
    if (watermarkMs.isEmpty()) {
      return 0;
    }
    Expression expired = expired(config, watermarkMs.getAsLong());
    int files = 0;
    try (CloseableIterable<FileScanTask> tasks =
        rollups.newScan().useRef(branch).filter(expired).planFiles()) {
      for (FileScanTask unused : tasks) {
        files++;
      }
    }
    if (files > 0) {
      KeptFrom.mark(rollups, config, watermarkMs.getAsLong());
      rollups
          .newDelete()
          .toBranch(branch)
          .deleteFromRowFilter(expired)
          .set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.RETENTION)
          .commit();
    }
    return files;
  }
}
