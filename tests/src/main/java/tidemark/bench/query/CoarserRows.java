package tidemark.bench.query;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tidemark.serde.table.RollupRows;
import tidemark.state.ExactSum;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchMerger;
import tidemark.state.definition.AggregationRule;

/**
 * Rows of a rule's series in some windows that follow each other: those of the finer series of one
 * distribution, merged exactly.
 *
 * <p>Costs some kilobytes a row that is not empty. Not thread-safe.
 */
final class CoarserRows {
  private final long startMs;
  private final long windowMs;
  private final int windows;
  private final long[] ids; // of coarser series, ascending
  private final Map<Long, Integer> placeOf = new HashMap<>(); // of a finer series' coarser one
  private final Merged[] cells;

  private static final class Merged {
    private final ExactSum sum = new ExactSum();
    private final SketchMerger sketch = new SketchMerger();
    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sketchError;
  }

  /**
   * @param finer series of one metric
   */
  CoarserRows(
      AggregationRule rule, List<SeriesIdentity> finer, long startMs, long windowMs, int windows) {
    this.startMs = startMs;
    this.windowMs = windowMs;
    this.windows = windows;
    Map<Long, Long> coarserOf = new HashMap<>();
    for (SeriesIdentity series : finer) {
      coarserOf.put(series.hash()[0], rule.coarser(series).hash()[0]);
    }
    ids = coarserOf.values().stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    coarserOf.forEach((id, coarser) -> placeOf.put(id, Arrays.binarySearch(ids, coarser)));
    cells = new Merged[ids.length * windows];
  }

  /** Adds a row of a finer series. */
  void add(PartialRow row) {
    int window = (int) ((row.windowStartMs - startMs) / windowMs);
    int at = placeOf.get(row.seriesId) * windows + window;
    if (cells[at] == null) {
      cells[at] = new Merged();
    }
    Merged cell = cells[at];
    cell.count += row.count;
    cell.sum.add(row.sum, row.low, row.rest);
    cell.min = Math.min(cell.min, row.min);
    cell.max = Math.max(cell.max, row.max);
    cell.sketchError = Math.max(cell.sketchError, row.sketchError);
    cell.sketch.mergeEncoded(row.sketch, row.sketchOffset, row.sketchLength);
  }

  /**
   * What was added, merged.
   *
   * @param name of the coarser metric, in these names
   */
  RollupRows rows(MetricNames names, int name) {
    RollupRows rows = new RollupRows(names);
    forEach(
        row -> {
          row.name = name;
          rows.add(row);
        });
    return rows;
  }

  /** What was added, merged, in the table's order; a row is good until the next. */
  void forEach(Consumer<PartialRow> reader) {
    PartialRow row = new PartialRow();
    row.type = MetricType.DISTRIBUTION;
    for (int at = 0; at < cells.length; at++) {
      if (cells[at] != null) {
        row.seriesId = ids[at / windows];
        row.windowStartMs = startMs + at % windows * windowMs;
        fill(row, cells[at]);
        reader.accept(row);
      }
    }
  }

  private static void fill(PartialRow row, Merged cell) {
    row.count = cell.count;
    row.sum = cell.sum.value();
    row.low = cell.sum.low();
    row.rest = cell.sum.rest();
    row.min = cell.min;
    row.max = cell.max;
    row.sketchError = cell.sketchError;
    row.lastTimestampMs = row.windowStartMs;
    byte[] sketch = cell.sketch.toSketch().toBytes();
    row.sketch = sketch;
    row.sketchOffset = 0;
    row.sketchLength = sketch.length;
  }
}
