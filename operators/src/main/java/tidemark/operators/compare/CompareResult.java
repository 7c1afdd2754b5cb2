package tidemark.operators.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What comparing has come to, of one task or of several.
 *
 * @param counts keys by kind, {@code equal} among them, and {@code rows-left}, {@code rows-right},
 *     which are partial rows
 * @param columns differing rows by column
 * @param leftCommits differing rows by the sequence number of a commit whose files hold them
 * @param rightCommits the same of the right side
 * @param untold differing rows whose commits nobody has looked for, since there are too many
 * @param samples of each kind the first hundred, in the order of the keys
 */
record CompareResult(
    SortedMap<String, Long> counts,
    SortedMap<String, Long> columns,
    SortedMap<Long, Long> leftCommits,
    SortedMap<Long, Long> rightCommits,
    long untold,
    List<RowDifference> samples) {
  static final int MAX_SAMPLES = 100;
  static final String EQUAL = "equal";
  static final String ROWS_LEFT = "rows-left";
  static final String ROWS_RIGHT = "rows-right";

  static CompareResult empty() {
    return new CompareResult(
        new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), 0, new ArrayList<>());
  }

  CompareResult plus(CompareResult other) {
    List<RowDifference> both = new ArrayList<>(samples);
    for (RowDifference sample : other.samples) {
      if (both.stream().filter(each -> each.kind().equals(sample.kind())).count() < MAX_SAMPLES) {
        both.add(sample);
      }
    }
    return new CompareResult(
        sum(counts, other.counts),
        sum(columns, other.columns),
        sum(leftCommits, other.leftCommits),
        sum(rightCommits, other.rightCommits),
        untold + other.untold,
        both);
  }

  private static <K extends Comparable<K>> SortedMap<K, Long> sum(
      Map<K, Long> one, Map<K, Long> other) {
    SortedMap<K, Long> sum = new TreeMap<>(one);
    other.forEach((key, count) -> sum.merge(key, count, Math::addExact));
    return sum;
  }

  long count(String kind) {
    return counts.getOrDefault(kind, 0L);
  }

  boolean isEqual() {
    return count(RowDifference.MISSING) == 0
        && count(RowDifference.EXTRA) == 0
        && count(RowDifference.DIFFERENT) == 0
        && count(RowDifference.UNKNOWN_SERIES) == 0;
  }
}
