package tidemark.operators.compare;

import java.util.List;
import java.util.Map;

/**
 * One row that the sides do not have alike.
 *
 * @param kind {@code missing}: only left; {@code extra}: only right; {@code different}; {@code
 *     unknown-series}: a row whose series is not in the series table of its side
 * @param tags of its series; null if nobody knows them
 * @param columns that differ
 * @param left values by column, none if it has no such row
 * @param right the same of the right side
 * @param leftCommits sequence numbers of the commits whose files hold it on the left side
 * @param rightCommits the same of the right side
 */
record RowDifference(
    String kind,
    int tierSeconds,
    String org,
    String metric,
    String type,
    long seriesId,
    long windowStartMs,
    List<String> tags,
    List<String> columns,
    Map<String, String> left,
    Map<String, String> right,
    List<Long> leftCommits,
    List<Long> rightCommits) {
  static final String MISSING = "missing";
  static final String EXTRA = "extra";
  static final String DIFFERENT = "different";
  static final String UNKNOWN_SERIES = "unknown-series";

  RowDifference withCommits(List<Long> ofLeft, List<Long> ofRight) {
    return new RowDifference(
        kind,
        tierSeconds,
        org,
        metric,
        type,
        seriesId,
        windowStartMs,
        tags,
        columns,
        left,
        right,
        ofLeft,
        ofRight);
  }

  RowDifference withTags(List<String> found) {
    return new RowDifference(
        kind,
        tierSeconds,
        org,
        metric,
        type,
        seriesId,
        windowStartMs,
        found,
        columns,
        left,
        right,
        leftCommits,
        rightCommits);
  }
}
