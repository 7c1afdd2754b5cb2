package tidemark.gateway.scan;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.StoredColumns;

/**
 * Rows to read and how to merge them.
 *
 * @param metrics of the rows; empty for all
 * @param coarser whether those of coarser series are among them, if no metric is named
 * @param groups of series
 * @param others what to do with rows of series that are in no group
 * @param columns to merge
 * @param fromMs windows that start before it are left out
 * @param toMs so are those that start at or after it
 * @param stepMs windows are put together to steps since 1970 of this length, or 0: all of them
 * @param files of one tier
 */
public record ScanRequest(
    String org,
    Optional<List<String>> metrics,
    Coarser coarser,
    SeriesGroups groups,
    Others others,
    Set<ScanColumn> columns,
    long fromMs,
    long toMs,
    long stepMs,
    List<StoredColumns> files) {
  /** What becomes of rows of coarser series. */
  public enum Coarser {
    /** They are rows as any others. */
    READ,
    /** They would count their points twice. */
    LEFT_OUT
  }

  /** What becomes of rows of series that are in no group. */
  public enum Others {
    /** They were not asked for. */
    LEFT_OUT,
    /** There should be none: they end the scan. */
    REFUSED
  }

  public ScanRequest {
    columns = Set.copyOf(columns);
    files = List.copyOf(files);
    if (stepMs < 0) {
      throw new IllegalArgumentException("a step must not be negative, got " + stepMs);
    }
  }

  /** First window start that may be read: that of the files, if it is later than asked for. */
  long firstMs() {
    long first = Long.MAX_VALUE;
    for (StoredColumns file : files) {
      for (int group = 0; group < file.rowGroups(); group++) {
        first = Math.min(first, Math.floorDiv(file.min(group, RollupsTable.WINDOW_START), 1000L));
      }
    }
    return Math.max(fromMs, first);
  }

  /** Last window start that may be read. */
  long lastMs() {
    long last = Long.MIN_VALUE;
    for (StoredColumns file : files) {
      for (int group = 0; group < file.rowGroups(); group++) {
        last = Math.max(last, Math.floorDiv(file.max(group, RollupsTable.WINDOW_START), 1000L));
      }
    }
    return toMs == Long.MAX_VALUE ? last : Math.min(toMs - 1, last);
  }
}
