package tidemark.operators.compare;

import java.util.List;

/**
 * Rows of one tier and UTC day whose windows start in [{@code fromMs}, {@code toMs}): files of both
 * sides that may hold such rows.
 *
 * @param left all of one side
 * @param right all of the other
 * @param leftSeries files of the series table in which the left side's series must stand; none if
 *     that is looked at elsewhere
 * @param rightSeries the same of the right side
 */
record CompareTask(
    int tierSeconds,
    long epochDay,
    long fromMs,
    long toMs,
    List<ComparedFile> left,
    List<ComparedFile> right,
    List<String> leftSeries,
    List<String> rightSeries) {

  CompareTask {
    left = List.copyOf(left);
    right = List.copyOf(right);
    leftSeries = List.copyOf(leftSeries);
    rightSeries = List.copyOf(rightSeries);
  }
}
