package tidemark.serde.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * Rows of the rollups table, waiting to become one file.
 *
 * <p>They come in any order and leave in that of the table, so each is fetched from somewhere else:
 * its fields stand side by side, in one or two cache lines. Blocks of rows keep the arrays small
 * for the collector, and nothing is copied when more come. Memory per row: 96 bytes, its sketch and
 * the rest of its sum. Not thread-safe.
 */
public final class RollupRows {
  // fields of a row, in longs
  static final int SERIES_ID = 0;
  static final int WINDOW_START_MS = 1;
  static final int NAME = 2; // in the high half; in the low one milliseconds of last in its window
  static final int COUNT = 3;
  static final int SUM = 4; // double bits, as those that follow
  static final int LOW = 5;
  static final int MIN = 6;
  static final int MAX = 7;
  static final int LAST = 8;
  static final int SKETCH_ERROR = 9;
  static final int BYTES = 10; // start in `bytes`, and in the low half where the rest of sum ends
  static final int BYTES_END = 11; // where the sketch ends

  private static final int STRIDE = 12;
  private static final int BLOCK_BITS = 12;
  private static final int BLOCK_ROWS = 1 << BLOCK_BITS;
  static final int BLOCK_LONGS = BLOCK_ROWS * STRIDE;
  private static final int FIRST_ROWS = 64;

  final MetricNames names;
  private final RollupBuffers buffers;
  private int size;
  private final List<long[]> blocks = new ArrayList<>();
  private long[] block = new long[FIRST_ROWS * STRIDE]; // the last one; only the first one grows
  private byte[] bytes = new byte[1024];
  private int bytesLength;

  public RollupRows(MetricNames names) {
    this(names, new RollupBuffers());
  }

  /**
   * @param buffers of the writer of files that these rows are for
   */
  public RollupRows(MetricNames names, RollupBuffers buffers) {
    this.names = names;
    this.buffers = buffers;
    blocks.add(block);
  }

  RollupBuffers buffers() {
    return buffers;
  }

  /** Gives the memory of the rows back, once they are written; they are gone then. */
  public void release() {
    blocks.stream().filter(each -> each.length == BLOCK_LONGS).forEach(buffers::giveBack);
    blocks.clear();
    size = 0;
  }

  public int size() {
    return size;
  }

  /** Heap that the rows take, in bytes. */
  public long memoryBytes() {
    return 8L * ((blocks.size() - 1L) * BLOCK_LONGS + block.length) + bytes.length;
  }

  public void add(PartialRow row) {
    int at = (size & (BLOCK_ROWS - 1)) * STRIDE;
    if (at == block.length || (at == 0 && size > 0)) {
      makeRoom();
    }
    size++;
    block[at + SERIES_ID] = row.seriesId;
    block[at + WINDOW_START_MS] = row.windowStartMs;
    block[at + NAME] = pair(row.name, (int) (row.lastTimestampMs - row.windowStartMs));
    block[at + COUNT] = row.count;
    block[at + SUM] = Double.doubleToRawLongBits(row.sum);
    block[at + LOW] = Double.doubleToRawLongBits(row.low);
    block[at + MIN] = Double.doubleToRawLongBits(row.min);
    block[at + MAX] = Double.doubleToRawLongBits(row.max);
    block[at + LAST] = Double.doubleToRawLongBits(row.last);
    block[at + SKETCH_ERROR] = Double.doubleToRawLongBits(row.sketchError);
    int start = bytesLength;
    addRest(row.rest);
    block[at + BYTES] = pair(start, bytesLength);
    if (row.type == MetricType.DISTRIBUTION) {
      reserve(row.sketchLength);
      System.arraycopy(row.sketch, row.sketchOffset, bytes, bytesLength, row.sketchLength);
      bytesLength += row.sketchLength;
    }
    block[at + BYTES_END] = bytesLength;
  }

  private void makeRoom() {
    if (size < BLOCK_ROWS) {
      block = Arrays.copyOf(block, block.length * 2);
      blocks.set(0, block);
    } else {
      block = buffers.takeBlock();
      blocks.add(block);
    }
  }

  private void addRest(double[] rest) {
    if (rest.length == 0) {
      return;
    }
    reserve(rest.length * Double.BYTES);
    for (double component : rest) {
      long bits = Double.doubleToRawLongBits(component);
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes[bytesLength++] = (byte) (bits >>> shift);
      }
    }
  }

  private void reserve(int more) {
    int needed = Math.addExact(bytesLength, more);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 16L, Math.max(needed, 2L * bytes.length)));
    }
  }

  // ---- read by the writer

  /** The block that holds a row, at {@link #at}. */
  long[] block(int row) {
    return blocks.get(row >>> BLOCK_BITS);
  }

  /** Where in its block a row begins. */
  static int at(int row) {
    return (row & (BLOCK_ROWS - 1)) * STRIDE;
  }

  /** Of all rows: the rest of the sum, big-endian doubles, and the sketch behind it. */
  byte[] bytes() {
    return bytes;
  }

  /** How many of them there are. */
  int bytesLength() {
    return bytesLength;
  }

  private static long pair(int high, int low) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }

  static int high(long pair) {
    return (int) (pair >>> 32);
  }

  static int low(long pair) {
    return (int) pair;
  }

  // ---- order

  /**
   * Rows in the order of the table's files: org, metric, type, series id, window. The array belongs
   * to the buffers and may be longer than they are.
   */
  int[] sortedRows() {
    int[] nameOfRow = buffers.keys(0, size);
    int[] idHighs = buffers.keys(1, size);
    int[] seconds = buffers.keys(2, size);
    long firstWindowMs = Long.MAX_VALUE;
    for (int row = 0; row < size; row++) {
      firstWindowMs = Math.min(firstWindowMs, block(row)[at(row) + WINDOW_START_MS]);
    }
    for (int row = 0; row < size; row++) {
      long[] from = block(row);
      int at = at(row);
      nameOfRow[row] = high(from[at + NAME]);
      idHighs[row] = high(from[at + SERIES_ID] ^ Long.MIN_VALUE);
      seconds[row] = (int) ((from[at + WINDOW_START_MS] - firstWindowMs) / 1000); // of one day
    }
    int[] ranks = ranksOf(nameOfRow);
    RowSort sort = buffers.sort;
    sort.begin(size);
    sort.by(seconds);
    sort.by(idHighs);
    sort.by(ranks);
    // ids are hashes, so their high halves alone order nearly all series
    if (isSortedByLowHalves(sort.order(), ranks)) {
      return sort.order();
    }
    int[] idLows = buffers.keys(0, size); // names are ranks by now
    for (int row = 0; row < size; row++) {
      idLows[row] = low(block(row)[at(row) + SERIES_ID]);
    }
    sort.begin(size);
    sort.by(seconds);
    sort.by(idLows);
    sort.by(idHighs);
    sort.by(ranks);
    return sort.order();
  }

  /** Whether neighbours that differ in nothing but the low halves of their ids are in order. */
  private boolean isSortedByLowHalves(int[] order, int[] ranks) {
    long before = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      int row = order[i];
      long id = block(row)[at(row) + SERIES_ID];
      if (before > id && high(before) == high(id) && ranks[order[i - 1]] == ranks[row]) {
        return false;
      }
      before = id;
    }
    return true;
  }

  /** By row, the place of its name among all names of the rows. */
  private int[] ranksOf(int[] nameOfRow) {
    BitSet used = new BitSet(names.size());
    for (int row = 0; row < size; row++) {
      used.set(nameOfRow[row]);
    }
    Integer[] sorted = used.stream().boxed().toArray(Integer[]::new);
    Comparator<MetricNames.Name> byText =
        Comparator.comparing(MetricNames.Name::org, Arrays::compareUnsigned)
            .thenComparing(MetricNames.Name::metric, Arrays::compareUnsigned)
            .thenComparing(MetricNames.Name::type);
    Arrays.sort(sorted, Comparator.comparing(names::name, byText));
    int[] rankOfName = new int[names.size()];
    for (int rank = 0; rank < sorted.length; rank++) {
      rankOfName[sorted[rank]] = rank;
    }
    int[] ranks = buffers.keys(3, size);
    for (int row = 0; row < size; row++) {
      ranks[row] = rankOfName[nameOfRow[row]];
    }
    return ranks;
  }
}
