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
  private static final int RADIX = 1 << 16;

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

  /**
   * Rows in the order of the table's files: org, metric, type, series id, window. A radix sort of
   * 16 bits a pass; digits that all rows share cost a count only.
   */
  int[] sortedRows() {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    int[] other = new int[size];
    int[] ranks = ranksOfNames();
    long firstWindowMs = Arrays.stream(windowStartMs, 0, size).min().orElse(0L);
    // windows of one file lie within one day: its seconds fit two passes
    order = pass(order, other, i -> (int) ((windowStartMs[i] - firstWindowMs) / 1000) & 0xFFFF);
    order = pass(order, other, i -> (int) ((windowStartMs[i] - firstWindowMs) / 1000) >>> 16);
    for (int shift = 0; shift < 48; shift += 16) {
      int bits = shift;
      order = pass(order, other, i -> (int) (seriesId[i] >>> bits) & 0xFFFF);
    }
    order = pass(order, other, i -> (int) ((seriesId[i] ^ Long.MIN_VALUE) >>> 48));
    order = pass(order, other, i -> ranks[name[i]] & 0xFFFF);
    return pass(order, other, i -> ranks[name[i]] >>> 16);
  }

  private interface Digit {
    /** 16 bits of the key of a row. */
    int of(int row);
  }

  private static int[] pass(int[] order, int[] scratch, Digit digit) {
    int[] starts = new int[RADIX + 1];
    for (int row : order) {
      starts[digit.of(row) + 1]++;
    }
    if (order.length == 0 || starts[digit.of(order[0]) + 1] == order.length) {
      return order;
    }
    for (int i = 0; i < RADIX; i++) {
      starts[i + 1] += starts[i];
    }
    for (int row : order) {
      scratch[starts[digit.of(row)]++] = row;
    }
    System.arraycopy(scratch, 0, order, 0, order.length);
    return order;
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
