package tidemark.serde.table;

import java.util.Arrays;

/**
 * The distinct ones of some numbers in the order in which they came, and their index. An open
 * addressing table of indexes, at most half full. Not thread-safe.
 */
final class LongDictionary {
  private static final int FIRST_SLOTS = 1 << 12;
  private static final int NONE = 0;

  private final int maxSize;
  private long[] values = new long[FIRST_SLOTS / 2];
  private int[] slots = new int[FIRST_SLOTS]; // index + 1
  private int shift = Long.SIZE - Integer.numberOfTrailingZeros(FIRST_SLOTS);
  private int size;

  /**
   * @param maxSize more numbers than that do not enter
   */
  LongDictionary(int maxSize) {
    this.maxSize = maxSize;
  }

  void clear() {
    Arrays.fill(slots, NONE);
    size = 0;
  }

  int size() {
    return size;
  }

  /** By index. */
  long[] values() {
    return values;
  }

  /** Index of a number, which is added if it is new; -1 if it does not enter any more. */
  int index(long value) {
    int slot = slot(value);
    while (slots[slot] != NONE) {
      int index = slots[slot] - 1;
      if (values[index] == value) {
        return index;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    if (size == maxSize) {
      return -1;
    }
    if (size * 2 >= slots.length) {
      grow();
      return index(value);
    }
    values[size] = value;
    slots[slot] = size + 1;
    return size++;
  }

  private int slot(long value) {
    // upwards too: decimals as doubles differ in high bits and end in zeros, counts in low ones
    return (int) (((value ^ (value >>> 32)) * 0x9E3779B97F4A7C15L) >>> shift);
  }

  private void grow() {
    slots = new int[slots.length * 2];
    values = Arrays.copyOf(values, slots.length / 2);
    shift--;
    for (int index = 0; index < size; index++) {
      int slot = slot(values[index]);
      while (slots[slot] != NONE) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = index + 1;
    }
  }
}
