package tidemark.serde.table;

import java.util.Arrays;

/**
 * Sorts row numbers by one key after the other, the least significant first: a stable radix sort of
 * 11 bits a pass, which fit the CPU's first cache. Digits that all rows share cost a count only.
 */
final class RowSort {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;

  private final int[] counts = new int[BUCKETS];
  private int[] order;
  private int[] other;

  RowSort(int rows) {
    order = new int[rows];
    other = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
  }

  /** The rows in order, by all keys so far. */
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
    for (int row = 1; row < order.length; row++) {
      differing |= keys[row] ^ keys[0];
    }
    for (int shift = 0; shift < Integer.SIZE; shift += BITS) {
      if (((differing >>> shift) & (BUCKETS - 1)) != 0) {
        pass(keys, shift);
      }
    }
  }

  private void pass(int[] keys, int shift) {
    Arrays.fill(counts, 0);
    for (int row = 0; row < order.length; row++) {
      counts[(keys[row] >>> shift) & (BUCKETS - 1)]++;
    }
    int start = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      int count = counts[bucket];
      counts[bucket] = start;
      start += count;
    }
    for (int row : order) {
      other[counts[(keys[row] >>> shift) & (BUCKETS - 1)]++] = row;
    }
    int[] sorted = other;
    other = order;
    order = sorted;
  }
}
