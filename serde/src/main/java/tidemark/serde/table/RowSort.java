package tidemark.serde.table;

import java.util.Arrays;

/**
 * Sorts row numbers by one key after the other, the least significant first: a stable radix sort of
 * 11 bits a pass, which fit the CPU's first cache. Digits that all rows share cost nothing. Keys
 * are fetched once and travel with their rows through the passes: fetching costs more than a pass.
 */
final class RowSort {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;

  private final int[] counts = new int[BUCKETS];
  private int rows;
  private int[] order = {};
  // key and row
  private long[] pairs = {};
  private long[] others = {};

  /** Starts with so many rows, as they are numbered. */
  void begin(int count) {
    rows = count;
    if (order.length < rows) {
      order = new int[rows];
      pairs = new long[rows];
      others = new long[rows];
    }
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
  }

  /**
   * The rows in order, by all keys so far; valid until the next start, and in an array that may be
   * longer than they are.
   */
  int[] order() {
    return order;
  }

  /**
   * Sorts by a key that is more significant than those before.
   *
   * @param keys by row, unsigned
   */
  void by(int[] keys) {
    int differing = 0;
    for (int row = 1; row < rows; row++) {
      differing |= keys[row] ^ keys[0];
    }
    if (differing == 0) {
      return;
    }
    for (int i = 0; i < rows; i++) {
      pairs[i] = (long) keys[order[i]] << 32 | order[i];
    }
    for (int shift = 0; shift < Integer.SIZE; shift += BITS) {
      if (((differing >>> shift) & (BUCKETS - 1)) != 0) {
        pass(Integer.SIZE + shift);
      }
    }
    for (int i = 0; i < rows; i++) {
      order[i] = (int) pairs[i];
    }
  }

  private void pass(int shift) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < rows; i++) {
      counts[(int) (pairs[i] >>> shift) & (BUCKETS - 1)]++;
    }
    int start = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      int count = counts[bucket];
      counts[bucket] = start;
      start += count;
    }
    for (int i = 0; i < rows; i++) {
      others[counts[(int) (pairs[i] >>> shift) & (BUCKETS - 1)]++] = pairs[i];
    }
    long[] sorted = others;
    others = pairs;
    pairs = sorted;
  }
}
