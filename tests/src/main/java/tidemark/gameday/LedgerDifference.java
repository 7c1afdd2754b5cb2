package tidemark.gameday;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How the ledgers of two branches differ.
 *
 * @param missing rows that only the left one has
 * @param extra rows that only the right one has
 * @param different rows with other counts
 */
record LedgerDifference(long missing, long extra, long different) {

  /** Of counts by org, step and minute. */
  static LedgerDifference of(Map<RowKey, Long> left, Map<RowKey, Long> right) {
    Set<RowKey> onlyLeft = new HashSet<>(left.keySet());
    onlyLeft.removeAll(right.keySet());
    Set<RowKey> onlyRight = new HashSet<>(right.keySet());
    onlyRight.removeAll(left.keySet());
    long different =
        left.entrySet().stream()
            .filter(row -> right.containsKey(row.getKey()))
            .filter(row -> !right.get(row.getKey()).equals(row.getValue()))
            .count();
    return new LedgerDifference(onlyLeft.size(), onlyRight.size(), different);
  }
}
