package tidemark.operators.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.fold.NewFiles;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Compares the two sides of one task: a merge of two sorted streams of folded rows.
 *
 * <p>Memory: the open files of both sides, {@link DifferingKeys}, a hundred samples of each kind,
 * and the names of the metrics. Not thread-safe.
 */
final class RowComparison {
  /** Where series are looked up: each row of a finer tier has one there. */
  static final int SERIES_TIER = 3600;

  private final CompareTask task;
  private final CoveredRows covered;
  private final NewFiles made;
  private final long memoryBytes;
  private final MetricNames names = new MetricNames(System.nanoTime());
  private final DifferingKeys keys = new DifferingKeys(names);
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private final SortedMap<String, Long> columns = new TreeMap<>();
  private final List<RowDifference> samples = new ArrayList<>();
  private final Map<String, Integer> sampled = new HashMap<>();
  private long equal;

  /**
   * @param made takes what is folded on the way; the caller removes it
   */
  RowComparison(CompareTask task, CoveredRows covered, NewFiles made, long memoryBytes) {
    this.task = task;
    this.covered = covered;
    this.made = made;
    this.memoryBytes = memoryBytes;
  }

  CompareResult compare() throws IOException {
    try (ComparedSide left = side(task.left());
        ComparedSide right = side(task.right());
        SeriesPresence leftSeries = presence(task.leftSeries());
        SeriesPresence rightSeries = presence(task.rightSeries())) {
      while (left.row() != null || right.row() != null) {
        step(left, right, leftSeries, rightSeries);
      }
    }
    counts.merge(CompareResult.EQUAL, equal, Long::sum);
    Map<Integer, List<Long>> leftOf = new HashMap<>();
    Map<Integer, List<Long>> rightOf = new HashMap<>();
    SortedMap<Long, Long> leftCommits = new TreeMap<>();
    SortedMap<Long, Long> rightCommits = new TreeMap<>();
    if (!keys.isEmpty()) {
      leftCommits = keys.find(task.left(), made.io(), leftOf);
      rightCommits = keys.find(task.right(), made.io(), rightOf);
    }
    for (int i = 0; i < samples.size(); i++) {
      samples.set(
          i,
          samples
              .get(i)
              .withCommits(leftOf.getOrDefault(i, List.of()), rightOf.getOrDefault(i, List.of())));
    }
    return new CompareResult(counts, columns, leftCommits, rightCommits, keys.untold(), samples);
  }

  private ComparedSide side(List<ComparedFile> files) throws IOException {
    return new ComparedSide(task, files, covered, names, made, memoryBytes / 2);
  }

  private SeriesPresence presence(List<String> files) throws IOException {
    return new SeriesPresence(files, names, made.io(), made, memoryBytes / 2);
  }

  private void step(
      ComparedSide left, ComparedSide right, SeriesPresence leftSeries, SeriesPresence rightSeries)
      throws IOException {
    int order = left.compareTo(right);
    if (order < 0) {
      differs(RowDifference.MISSING, left.row(), RowColumns.values(left.row()), Map.of());
    } else if (order > 0) {
      differs(RowDifference.EXTRA, right.row(), Map.of(), RowColumns.values(right.row()));
    } else if (RowColumns.areSame(left.row(), right.row())) {
      equal++;
    } else {
      differs(
          RowDifference.DIFFERENT,
          left.row(),
          RowColumns.values(left.row()),
          RowColumns.values(right.row()));
    }
    if (order <= 0) {
      look(leftSeries, left.row(), true);
      left.advance();
    }
    if (order >= 0) {
      look(rightSeries, right.row(), false);
      right.advance();
    }
  }

  private void look(SeriesPresence series, PartialRow row, boolean isLeft) {
    if (task.tierSeconds() == SERIES_TIER && series.isNewAndUnknown(row)) {
      Map<String, String> values = RowColumns.values(row);
      differs(
          RowDifference.UNKNOWN_SERIES,
          row,
          isLeft ? values : Map.of(),
          isLeft ? Map.of() : values);
    }
  }

  private void differs(
      String kind, PartialRow row, Map<String, String> left, Map<String, String> right) {
    counts.merge(kind, 1L, Long::sum);
    List<String> differing =
        kind.equals(RowDifference.DIFFERENT) ? RowColumns.differing(left, right) : List.of();
    differing.forEach(column -> columns.merge(column, 1L, Long::sum));
    int sample = -1;
    if (sampled.merge(kind, 1, Integer::sum) <= CompareResult.MAX_SAMPLES) {
      sample = samples.size();
      MetricNames.Name name = names.name(row.name);
      samples.add(
          new RowDifference(
              kind,
              task.tierSeconds(),
              new String(name.org(), StandardCharsets.UTF_8),
              new String(name.metric(), StandardCharsets.UTF_8),
              row.type.label(),
              row.seriesId,
              row.windowStartMs,
              null,
              differing,
              left,
              right,
              List.of(),
              List.of()));
    }
    if (!kind.equals(RowDifference.UNKNOWN_SERIES)) {
      keys.add(row, sample);
    }
  }
}
