package tidemark.serde.table;

import java.util.Arrays;
import java.util.Comparator;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Rows of the rollups table in columns, waiting to become one file. Memory per row: about 90 bytes
 * and its sketch. Not thread-safe.
 */
public final class RollupColumns {
  final MetricNames names;
  int size;
  int[] name = new int[256];
  long[] seriesId = new long[256];
  long[] windowStartMs = new long[256];
  long[] count = new long[256];
  double[] sum = new double[256];
  double[] low = new double[256];
  double[] min = new double[256];
  double[] max = new double[256];
  double[] last = new double[256];
  int[] lastMs = new int[256];
  double[] sketchError = new double[256];
  // sum_rest and sketch of row i: bytes [bytesStart[i], restEnd[i]) and [restEnd[i], bytesStart[i +
  // 1])
  int[] bytesStart = new int[257];
  int[] restEnd = new int[256];
  byte[] bytes = new byte[1024];

  public RollupColumns(MetricNames names) {
    this.names = names;
  }

  public int size() {
    return size;
  }

  /** Heap that the rows take, in bytes. */
  public long memoryBytes() {
    return 92L * name.length + bytes.length;
  }

  public void add(PartialRow row) {
    if (size == name.length) {
      grow();
    }
    int i = size++;
    name[i] = row.name;
    seriesId[i] = row.seriesId;
    windowStartMs[i] = row.windowStartMs;
    count[i] = row.count;
    sum[i] = row.sum;
    low[i] = row.low;
    min[i] = row.min;
    max[i] = row.max;
    last[i] = row.last;
    lastMs[i] = (int) (row.lastTimestampMs - row.windowStartMs);
    sketchError[i] = row.sketchError;
    addBytes(i, row);
  }

  private void addBytes(int i, PartialRow row) {
    int sketchLength = row.type == MetricType.DISTRIBUTION ? row.sketchLength : 0;
    int at = bytesStart[i];
    int end = Math.addExact(at, row.rest.length * 8 + sketchLength);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16L, Math.max(end, 2L * at)));
    }
    for (double component : row.rest) {
      long bits = Double.doubleToRawLongBits(component);
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes[at++] = (byte) (bits >>> shift);
      }
    }
    restEnd[i] = at;
    if (sketchLength > 0) {
      System.arraycopy(row.sketch, row.sketchOffset, bytes, at, sketchLength);
    }
    bytesStart[i + 1] = end;
  }

  private void grow() {
    int capacity = size * 2;
    name = Arrays.copyOf(name, capacity);
    seriesId = Arrays.copyOf(seriesId, capacity);
    windowStartMs = Arrays.copyOf(windowStartMs, capacity);
    count = Arrays.copyOf(count, capacity);
    sum = Arrays.copyOf(sum, capacity);
    low = Arrays.copyOf(low, capacity);
    min = Arrays.copyOf(min, capacity);
    max = Arrays.copyOf(max, capacity);
    last = Arrays.copyOf(last, capacity);
    lastMs = Arrays.copyOf(lastMs, capacity);
    sketchError = Arrays.copyOf(sketchError, capacity);
    bytesStart = Arrays.copyOf(bytesStart, capacity + 1);
    restEnd = Arrays.copyOf(restEnd, capacity);
  }

  /** Rows in the order of the table's files: org, metric, type, series id, window. */
  int[] sortedRows() {
    int[] rankOfRow = new int[size];
    int[] ranks = ranksOfNames();
    for (int i = 0; i < size; i++) {
      rankOfRow[i] = ranks[name[i]];
    }
    // ids are hashes, so their high halves alone order nearly all series
    int[] order = sortedRows(rankOfRow, false);
    return isSortedByLowHalves(order, rankOfRow) ? order : sortedRows(rankOfRow, true);
  }

  private int[] sortedRows(int[] rankOfRow, boolean byLowHalves) {
    RowSort sort = new RowSort(size);
    int[] keys = new int[size];
    long firstWindowMs = Arrays.stream(windowStartMs, 0, size).min().orElse(0L);
    for (int i = 0; i < size; i++) {
      keys[i] = (int) ((windowStartMs[i] - firstWindowMs) / 1000); // within one day
    }
    sort.by(keys);
    if (byLowHalves) {
      for (int i = 0; i < size; i++) {
        keys[i] = (int) seriesId[i];
      }
      sort.by(keys);
    }
    for (int i = 0; i < size; i++) {
      keys[i] = (int) ((seriesId[i] ^ Long.MIN_VALUE) >>> 32);
    }
    sort.by(keys);
    sort.by(rankOfRow);
    return sort.order();
  }

  /** Whether neighbours that differ in nothing but the low halves of their ids are in order. */
  private boolean isSortedByLowHalves(int[] order, int[] rankOfRow) {
    for (int i = 1; i < order.length; i++) {
      int row = order[i - 1];
      int next = order[i];
      if (seriesId[row] > seriesId[next]
          && seriesId[row] >>> 32 == seriesId[next] >>> 32
          && rankOfRow[row] == rankOfRow[next]) {
        return false;
      }
    }
    return true;
  }

  private int[] ranksOfNames() {
    int[] ranks = new int[names.size()];
    int[] used = Arrays.stream(name, 0, size).distinct().toArray();
    Integer[] sorted = Arrays.stream(used).boxed().toArray(Integer[]::new);
    Comparator<MetricNames.Name> byText =
        Comparator.comparing(MetricNames.Name::org, Arrays::compareUnsigned)
            .thenComparing(MetricNames.Name::metric, Arrays::compareUnsigned)
            .thenComparing(MetricNames.Name::type);
    Arrays.sort(sorted, Comparator.comparing(names::name, byText));
    for (int rank = 0; rank < sorted.length; rank++) {
      ranks[sorted[rank]] = rank;
    }
    return ranks;
  }
}
