package tidemark.gateway.scan;

import java.util.Arrays;
import java.util.Set;
import tidemark.state.ExactSum;
import tidemark.state.SketchMerger;

/**
 * Merged values by cell, a cell being one group of series and one step of time: columns of numbers,
 * of which only those asked for exist.
 *
 * <p>Merging is exact and commutative. Not thread-safe: each reader has its own, merged at the end.
 */
final class ScanCells {
  private static final double[] NO_REST = {};
  private static final long NEVER = Long.MIN_VALUE;

  final boolean[] isPresent;
  final long[] count;
  final double[] sum;
  final double[] low;
  final double[] min;
  final double[] max;
  final long[] lastAtMs;
  final double[] last;
  final SketchMerger[] sketch;
  final double[] sketchError;
  private ExactSum[] wide; // sums that two doubles do not hold; null as long as there is none

  ScanCells(int cells, Set<ScanColumn> columns) {
    isPresent = new boolean[cells];
    count = columns.contains(ScanColumn.COUNT) ? new long[cells] : null;
    sum = columns.contains(ScanColumn.SUM) ? new double[cells] : null;
    low = sum == null ? null : new double[cells];
    min = filled(columns.contains(ScanColumn.MIN), cells, Double.POSITIVE_INFINITY);
    max = filled(columns.contains(ScanColumn.MAX), cells, Double.NEGATIVE_INFINITY);
    last = filled(columns.contains(ScanColumn.LAST), cells, 0);
    lastAtMs = last == null ? null : new long[cells];
    if (lastAtMs != null) {
      Arrays.fill(lastAtMs, NEVER);
    }
    sketch = columns.contains(ScanColumn.SKETCH) ? new SketchMerger[cells] : null;
    sketchError = filled(columns.contains(ScanColumn.SKETCH_ERROR), cells, 0);
  }

  private static double[] filled(boolean isWanted, int cells, double value) {
    if (!isWanted) {
      return null;
    }
    double[] column = new double[cells];
    if (value != 0) {
      Arrays.fill(column, value);
    }
    return column;
  }

  /** Heap of a cell with these columns, about; a sketch that spans some hundred bins among them. */
  static long bytesPerCell(Set<ScanColumn> columns) {
    long bytes = 1;
    for (ScanColumn column : columns) {
      bytes +=
          switch (column) {
            case COUNT, MIN, MAX, SKETCH_ERROR -> Double.BYTES;
            case SUM, LAST -> 2 * Double.BYTES;
            case SKETCH -> 4_096;
          };
    }
    return bytes;
  }

  int size() {
    return isPresent.length;
  }

  void addSum(int cell, double value, double lowPart) {
    if (wide != null && wide[cell] != null) {
      wide[cell].add(value, lowPart, NO_REST);
      return;
    }
    if (!ExactSum.addToColumns(sum, low, cell, value)) {
      widen(cell).addComponent(value);
      wide[cell].addComponent(lowPart);
    } else if (lowPart != 0 && !ExactSum.addToColumns(sum, low, cell, lowPart)) {
      widen(cell).addComponent(lowPart);
    }
  }

  /** Adds what a row's sum leaves over after two doubles. */
  void addRest(int cell, double component) {
    widen(cell).addComponent(component);
  }

  private ExactSum widen(int cell) {
    if (wide == null) {
      wide = new ExactSum[size()];
    }
    if (wide[cell] == null) {
      wide[cell] = ExactSum.of(sum[cell], low[cell], NO_REST);
    }
    return wide[cell];
  }

  /** The exact sum of a cell. */
  ExactSum exactSum(int cell) {
    return wide != null && wide[cell] != null
        ? wide[cell]
        : ExactSum.of(sum[cell], low[cell], NO_REST);
  }

  /** Of two newest values of one time the greater one counts. */
  void offerLast(int cell, long atMs, double value) {
    if (atMs > lastAtMs[cell] || (atMs == lastAtMs[cell] && value > last[cell])) {
      lastAtMs[cell] = atMs;
      last[cell] = value;
    }
  }

  boolean hasLast(int cell) {
    return lastAtMs != null && lastAtMs[cell] != NEVER;
  }

  SketchMerger sketch(int cell) {
    if (sketch[cell] == null) {
      sketch[cell] = new SketchMerger();
    }
    return sketch[cell];
  }

  void merge(ScanCells other) {
    for (int cell = 0; cell < size(); cell++) {
      if (other.isPresent[cell]) {
        mergeCell(other, cell);
      }
    }
  }

  private void mergeCell(ScanCells other, int cell) {
    isPresent[cell] = true;
    if (count != null) {
      count[cell] += other.count[cell];
    }
    if (sum != null) {
      ExactSum theirs = other.exactSum(cell);
      addSum(cell, theirs.value(), theirs.low());
      for (double component : theirs.rest()) {
        addRest(cell, component);
      }
    }
    if (min != null) {
      min[cell] = Math.min(min[cell], other.min[cell]);
    }
    if (max != null) {
      max[cell] = Math.max(max[cell], other.max[cell]);
    }
    if (other.hasLast(cell)) {
      offerLast(cell, other.lastAtMs[cell], other.last[cell]);
    }
    if (sketch != null && other.sketch[cell] != null) {
      sketch(cell).merge(other.sketch[cell]);
    }
    if (sketchError != null) {
      sketchError[cell] = Math.max(sketchError[cell], other.sketchError[cell]);
    }
  }
}
