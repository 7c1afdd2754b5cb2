package tidemark.gateway.scan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import tidemark.gateway.scan.ScanRequest.Others;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.StoredColumns;

/** Which row groups a scan reads, by the bounds that footers and page indexes tell. Pure. */
final class RowGroupFilter {
  /** More series than this are looked for in all pages. */
  private static final int FEW_SERIES = 256;

  private final boolean areAllMetrics;
  private final byte[] org;
  private final byte[][] metrics;
  private final long fromMicros;
  private final long toMicros;
  private final boolean isOfFewSeries;
  private final long[] sortedIds;

  RowGroupFilter(ScanRequest request) {
    areAllMetrics = request.metrics().isEmpty();
    org = request.org().getBytes(UTF_8);
    metrics =
        request.metrics().orElse(List.of()).stream()
            .map(name -> name.getBytes(UTF_8))
            .toArray(byte[][]::new);
    fromMicros = micros(request.fromMs());
    toMicros = micros(request.toMs());
    sortedIds = request.groups().sortedIds();
    isOfFewSeries = request.others() == Others.LEFT_OUT && sortedIds.length <= FEW_SERIES;
  }

  private static long micros(long ms) {
    return ms == Long.MIN_VALUE || ms == Long.MAX_VALUE ? ms : Math.multiplyExact(ms, 1000L);
  }

  /** In UTF-8. */
  byte[] org() {
    return org;
  }

  /** In UTF-8; none if all are asked for. */
  byte[][] metrics() {
    return metrics;
  }

  /** Whether a row with this window start, in microseconds, is asked for. */
  boolean isInTime(long windowStart) {
    return windowStart >= fromMicros && windowStart < toMicros;
  }

  /** Whether a row group may have rows that count. */
  boolean mayHold(StoredColumns file, int group) {
    return file.min(group, RollupsTable.WINDOW_START) < toMicros
        && file.max(group, RollupsTable.WINDOW_START) >= fromMicros
        && (areAllMetrics || mayHoldMetric(file, group))
        && file.mayHold(group, RollupsTable.ORG, org)
        && (!isOfFewSeries || file.rowsOf(group, sortedIds).length > 0);
  }

  private boolean mayHoldMetric(StoredColumns file, int group) {
    for (byte[] metric : metrics) {
      if (file.mayHold(group, RollupsTable.METRIC, metric)) {
        return true;
      }
    }
    return false;
  }

  /** The rows of a row group that may count, as {@code from, to} pairs, ascending. */
  long[] rows(StoredColumns file, int group) {
    return isOfFewSeries ? file.rowsOf(group, sortedIds) : new long[] {0, file.rows(group)};
  }
}
