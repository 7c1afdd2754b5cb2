package tidemark.state;

import java.util.Arrays;

/**
 * Partial aggregates by (series id, metric name, window): the working set of combining and of the
 * open windows.
 *
 * <p>Rows stand one behind the other in the order in which they came, ten longs each, so that an
 * update touches one or two cache lines and reading all of them walks memory once:
 *
 * <pre>
 * +0 series id            +5 low part of the sum (double bits)
 * +1 window start, ms     +6 min   +7 max   +8 last (double bits)
 * +2 name &lt;&lt; 8 | type      +9 timestamp of last, ms
 * +3 count
 * +4 sum (double bits)
 * </pre>
 *
 * <p>An open-addressing table of row numbers, at most half full, finds them, unless it is the row
 * behind the one found last, which is looked at first: rows mostly come in the order in which they
 * came before. Memory: 80 bytes a row and 8 to 16 for its slots, and up to half as much again while
 * the rows grow.
 *
 * <p>{@code sum + low} is exact. When two doubles no longer hold a sum, and for sketches, the row
 * gets an {@link Extra} beside the array. All merges are commutative and associative, bit for bit.
 * Not thread-safe.
 */
public final class PartialTable {
  private static final int STRIDE = 10;
  private static final int SERIES = 0;
  private static final int WINDOW = 1;
  private static final int META = 2;
  private static final int COUNT = 3;
  private static final int SUM = 4;
  private static final int LOW = 5;
  private static final int MIN = 6;
  private static final int MAX = 7;
  private static final int LAST = 8;
  private static final int LAST_TIME = 9;
  private static final double[] NO_REST = {};

  /** What only some rows need. */
  private static final class Extra {
    ExactSum exactSum;
    byte[] encoded; // the only sketch so far, as it came: most windows get no other
    SketchBuffer sketch; // else; may be there and empty
    double sketchError;

    void clear() {
      exactSum = null;
      encoded = null;
      if (sketch != null) {
        sketch.clear();
      }
      sketchError = 0;
    }

    boolean hasSketch() {
      return encoded != null || (sketch != null && !sketch.isEmpty());
    }

    SketchBuffer sketch() {
      if (sketch == null) {
        sketch = new SketchBuffer();
      }
      if (encoded != null) {
        sketch.mergeEncoded(encoded, 0, encoded.length);
        encoded = null;
      }
      return sketch;
    }
  }

  private final int initialRows;
  private int size;
  private int last = -STRIDE; // entry that was asked for last
  private long[] data;
  private int[] slots; // row + 1; 0 is free
  // by row; allocated with the first extra
  private Extra[] extras;
  private Extra spare; // cleared, for a table that is emptied after each row
  private long sketchBytes;

  /**
   * @param initialRows rows that it has room for to begin with
   */
  public PartialTable(int initialRows) {
    if (initialRows < 1) {
      throw new IllegalArgumentException("rows must be at least 1, got " + initialRows);
    }
    this.initialRows = initialRows;
    allocate();
  }

  private void allocate() {
    data = new long[initialRows * STRIDE];
    slots = new int[slotsFor(initialRows)];
    extras = null;
  }

  /** A power of two of which so many rows take at most half. */
  private static int slotsFor(int rows) {
    return Integer.highestOneBit(rows) << (Integer.bitCount(rows) == 1 ? 1 : 2);
  }

  public int size() {
    return size;
  }

  /** Heap that the table holds, in bytes; sketches are estimated by their encoded size. */
  public long memoryBytes() {
    return 8L * data.length + 4L * slots.length + sketchBytes;
  }

  /** Empties the table; one that has grown far beyond its content gives the memory back. */
  public void clear() {
    boolean hasExtras = extras != null;
    for (int row = 0; hasExtras && row < size; row++) {
      if (extras[row] != null) {
        spare = extras[row];
        extras[row] = null;
      }
    }
    if (spare != null) {
      spare.clear();
    }
    if (data.length > initialRows * STRIDE && size * 8 < data.length / STRIDE) {
      allocate();
    } else if (size * 8 < slots.length) {
      clearSlots();
    } else {
      Arrays.fill(slots, 0);
    }
    size = 0;
    last = -STRIDE;
    sketchBytes = 0;
  }

  /** Costs what the content costs, not what the capacity does. */
  private void clearSlots() {
    int mask = slots.length - 1;
    for (int row = 0; row < size; row++) {
      int slot = slotOf(row);
      while (slots[slot] != row + 1) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = 0;
    }
  }

  /**
   * Entry of a key, which is added empty if it is new: follow up with one of the {@code add}
   * methods before the next call. It holds until the next row is added.
   */
  public int entry(long seriesId, int name, MetricType type, long windowStartMs) {
    long meta = ((long) name << 8) | type.code();
    int next = last + STRIDE;
    last =
        next < size * STRIDE && isAt(next, seriesId, meta, windowStartMs)
            ? next
            : find(seriesId, meta, windowStartMs);
    return last;
  }

  private boolean isAt(int entry, long seriesId, long meta, long windowStartMs) {
    return data[entry + SERIES] == seriesId
        && data[entry + WINDOW] == windowStartMs
        && data[entry + META] == meta;
  }

  private int find(long seriesId, long meta, long windowStartMs) {
    int mask = slots.length - 1;
    int slot = slotOf(seriesId, windowStartMs, mask);
    for (int row = slots[slot]; row != 0; row = slots[slot]) {
      int entry = (row - 1) * STRIDE;
      if (isAt(entry, seriesId, meta, windowStartMs)) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = size + 1;
    return append(seriesId, meta, windowStartMs);
  }

  private int append(long seriesId, long meta, long windowStartMs) {
    int entry = size * STRIDE;
    if (entry == data.length) {
      growRows();
    }
    data[entry + SERIES] = seriesId;
    data[entry + WINDOW] = windowStartMs;
    data[entry + META] = meta;
    data[entry + COUNT] = 0L;
    data[entry + SUM] = 0L;
    data[entry + LOW] = 0L;
    data[entry + MIN] = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
    data[entry + MAX] = Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY);
    data[entry + LAST] = Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY);
    data[entry + LAST_TIME] = Long.MIN_VALUE;
    size++;
    if (size * 2 > slots.length) {
      resizeSlots(slots.length * 2);
    }
    return entry;
  }

  /** Makes room for so many rows at once, if there is less. */
  public void reserve(int rows) {
    if (rows * (long) STRIDE > data.length) {
      resizeRows(rows);
    }
    if (slotsFor(rows) > slots.length) {
      resizeSlots(slotsFor(rows));
    }
  }

  private void growRows() {
    resizeRows(Math.addExact(size, Math.max(16, size / 2)));
  }

  private void resizeRows(int rows) {
    data = Arrays.copyOf(data, Math.multiplyExact(rows, STRIDE));
    if (extras != null) {
      extras = Arrays.copyOf(extras, rows);
    }
  }

  private void resizeSlots(int count) {
    slots = new int[count];
    int mask = slots.length - 1;
    for (int row = 0; row < size; row++) {
      int slot = slotOf(row);
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = row + 1;
    }
  }

  private int slotOf(int row) {
    int entry = row * STRIDE;
    return slotOf(data[entry + SERIES], data[entry + WINDOW], slots.length - 1);
  }

  /** The low bits are free of the key group, which follows from the high ones. */
  private static int slotOf(long seriesId, long windowStartMs, int mask) {
    long hash = seriesId ^ ((windowStartMs * 0x9E3779B97F4A7C15L) >>> 17);
    return (int) (hash ^ (hash >>> 23)) & mask;
  }

  // ---- points

  /** Adds a counter's deltas, {@code values[from]} to {@code values[to - 1]}. */
  public void addDeltas(int entry, double[] values, int from, int to) {
    data[entry + COUNT] += to - from;
    addToSum(entry, values, from, to);
  }

  /** Adds a gauge's readings, {@code values[from]} to {@code values[to - 1]}, at those times. */
  public void addReadings(int entry, long[] timestampsMs, double[] values, int from, int to) {
    data[entry + COUNT] += to - from;
    addToSum(entry, values, from, to);
    widen(entry, values, from, to);
    keepLatest(entry, timestampsMs, values, from, to);
  }

  /** Adds samples of a distribution, {@code values[from]} to {@code values[to - 1]}. */
  public void addSamples(int entry, double[] values, int from, int to) {
    data[entry + COUNT] += to - from;
    addToSum(entry, values, from, to);
    widen(entry, values, from, to);
    SketchBuffer sketch = sketch(entry);
    for (int i = from; i < to; i++) {
      sketch.accept(values[i]);
    }
  }

  /**
   * Adds what a pre-aggregated histogram says of its samples, except for its bins: add those to
   * {@link #sketch}.
   */
  public void addHistogram(
      int entry, long samples, double sum, double min, double max, double sketchError) {
    data[entry + COUNT] = Math.addExact(data[entry + COUNT], samples);
    addToSum(entry, sum);
    widen(entry, min, max);
    Extra extra = extra(entry);
    extra.sketchError = Math.max(extra.sketchError, sketchError);
  }

  /** The sketch of an entry of a distribution, which is made if there is none. */
  public SketchBuffer sketch(int entry) {
    return extra(entry).sketch();
  }

  // ---- rows

  /** Merges a partial aggregate into the entry of its key. */
  public int merge(PartialRow row) {
    int entry = entry(row.seriesId, row.name, row.type, row.windowStartMs);
    mergeInto(entry, row);
    return entry;
  }

  /** Merges a partial aggregate into the entry of its series in another, coarser window. */
  public void mergeAs(PartialRow row, long windowStartMs) {
    mergeInto(entry(row.seriesId, row.name, row.type, windowStartMs), row);
  }

  private void mergeInto(int entry, PartialRow row) {
    data[entry + COUNT] = Math.addExact(data[entry + COUNT], row.count);
    addToSum(entry, row.sum);
    if (row.low != 0) {
      addToSum(entry, row.low);
      for (double component : row.rest) {
        addToSum(entry, component);
      }
    }
    switch (row.type) {
      case COUNTER -> {}
      case GAUGE -> {
        widen(entry, row.min, row.max);
        keepLater(entry, row.lastTimestampMs, row.last);
      }
      case DISTRIBUTION -> {
        widen(entry, row.min, row.max);
        Extra extra = extra(entry);
        if (extra.hasSketch()) {
          extra.sketch().mergeEncoded(row.sketch, row.sketchOffset, row.sketchLength);
        } else {
          int end = row.sketchOffset + row.sketchLength;
          extra.encoded = Arrays.copyOfRange(row.sketch, row.sketchOffset, end);
        }
        sketchBytes += row.sketchLength;
        extra.sketchError = Math.max(extra.sketchError, row.sketchError);
      }
    }
  }

  /** Fills the row with the i-th entry in insertion order. */
  public void read(int i, PartialRow row) {
    int entry = i * STRIDE;
    long meta = data[entry + META];
    row.seriesId = data[entry + SERIES];
    row.windowStartMs = data[entry + WINDOW];
    row.name = (int) (meta >>> 8);
    row.type = MetricType.ofCode((int) meta & 0xFF);
    row.count = data[entry + COUNT];
    Extra extra = extras == null ? null : extras[i];
    readSum(entry, extra, row);
    row.min = Double.longBitsToDouble(data[entry + MIN]);
    row.max = Double.longBitsToDouble(data[entry + MAX]);
    row.last = Double.longBitsToDouble(data[entry + LAST]);
    row.lastTimestampMs = data[entry + LAST_TIME];
    if (row.type == MetricType.DISTRIBUTION) {
      if (extra.encoded != null) {
        row.sketch = extra.encoded;
        row.sketchOffset = 0;
        row.sketchLength = extra.encoded.length;
      } else {
        SketchBuffer sketch = extra.sketch();
        sketch.encode(row.reserveSketch(sketch.encodedLength()), 0);
      }
      row.sketchError = extra.sketchError;
    }
  }

  private void readSum(int entry, Extra extra, PartialRow row) {
    if (extra != null && extra.exactSum != null) {
      row.sum = extra.exactSum.value();
      row.low = extra.exactSum.low();
      row.rest = extra.exactSum.rest();
      return;
    }
    double high = Double.longBitsToDouble(data[entry + SUM]);
    double low = Double.longBitsToDouble(data[entry + LOW]);
    double sum = high + low;
    row.sum = sum + 0.0; // never -0.0
    row.low = ExactSum.twoSumError(high, low) + 0.0;
    row.noRest();
  }

  // ---- fields

  /** One value after the other, to the bit, with the sum in registers. */
  private void addToSum(int entry, double[] values, int from, int to) {
    int i = from;
    if (!hasExactSum(entry)) {
      double high = Double.longBitsToDouble(data[entry + SUM]);
      double low = Double.longBitsToDouble(data[entry + LOW]);
      for (; i < to; i++) {
        double error = ExactSum.twoSumError(high, values[i]);
        if (ExactSum.twoSumError(low, error) != 0) {
          break;
        }
        high += values[i];
        low += error;
      }
      data[entry + SUM] = Double.doubleToRawLongBits(high);
      data[entry + LOW] = Double.doubleToRawLongBits(low);
    }
    for (; i < to; i++) {
      addExactly(entry, values[i]);
    }
  }

  private void addToSum(int entry, double value) {
    double high = Double.longBitsToDouble(data[entry + SUM]);
    double low = Double.longBitsToDouble(data[entry + LOW]);
    double sum = high + value;
    double error = ExactSum.twoSumError(high, value);
    double newLow = low + error;
    if (ExactSum.twoSumError(low, error) != 0 || hasExactSum(entry)) {
      addExactly(entry, value);
      return;
    }
    data[entry + SUM] = Double.doubleToRawLongBits(sum);
    data[entry + LOW] = Double.doubleToRawLongBits(newLow);
  }

  private boolean hasExactSum(int entry) {
    return extras != null
        && extras[entry / STRIDE] != null
        && extras[entry / STRIDE].exactSum != null;
  }

  /** Two doubles do not hold this sum: from here on an expansion does. */
  private void addExactly(int entry, double value) {
    Extra extra = extra(entry);
    if (extra.exactSum == null) {
      extra.exactSum = new ExactSum();
      extra.exactSum.add(
          Double.longBitsToDouble(data[entry + SUM]),
          Double.longBitsToDouble(data[entry + LOW]),
          NO_REST);
    }
    extra.exactSum.add(value, 0, NO_REST); // as a partial sum it may exceed what a point may
  }

  private void widen(int entry, double min, double max) {
    if (min < Double.longBitsToDouble(data[entry + MIN])) {
      data[entry + MIN] = Double.doubleToRawLongBits(min);
    }
    if (max > Double.longBitsToDouble(data[entry + MAX])) {
      data[entry + MAX] = Double.doubleToRawLongBits(max);
    }
  }

  private void widen(int entry, double[] values, int from, int to) {
    double min = values[from];
    double max = min;
    for (int i = from + 1; i < to; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    widen(entry, min, max);
  }

  private void keepLatest(int entry, long[] timestampsMs, double[] values, int from, int to) {
    int latest = from;
    for (int i = from + 1; i < to; i++) {
      if (timestampsMs[i] > timestampsMs[latest]
          || (timestampsMs[i] == timestampsMs[latest] && values[i] > values[latest])) {
        latest = i;
      }
    }
    keepLater(entry, timestampsMs[latest], values[latest]);
  }

  private void keepLater(int entry, long timestampMs, double value) {
    long kept = data[entry + LAST_TIME];
    if (timestampMs > kept
        || (timestampMs == kept && value > Double.longBitsToDouble(data[entry + LAST]))) {
      data[entry + LAST_TIME] = timestampMs;
      data[entry + LAST] = Double.doubleToRawLongBits(value);
    }
  }

  private Extra extra(int entry) {
    if (extras == null) {
      extras = new Extra[data.length / STRIDE];
    }
    int row = entry / STRIDE;
    if (extras[row] == null) {
      extras[row] = spare == null ? new Extra() : spare;
      spare = null;
      sketchBytes += 256; // the object, a sketch, its arrays' headers and a few bins
    }
    return extras[row];
  }
}
