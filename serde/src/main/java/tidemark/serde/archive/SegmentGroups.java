package tidemark.serde.archive;

import java.util.Arrays;

/**
 * The groups of the present segment, one for each partition, org and kind that has a record in it,
 * and the first and last of their records. A hash table on arrays with open addressing: some 60
 * bytes for a group; what a segment with very many of them took is given back after it. Not
 * thread-safe.
 */
final class SegmentGroups {
  private static final int FIRST_SLOTS = 64;
  private static final int MAX_KEPT_SLOTS = 1 << 14;

  private int count;
  private int[] slots; // group + 1, 0 for none
  private long[] keys;
  private long[] first;
  private long[] last;

  SegmentGroups() {
    allocate(FIRST_SLOTS);
  }

  private void allocate(int slotCount) {
    slots = new int[slotCount];
    keys = new long[slotCount / 2];
    first = new long[slotCount / 2];
    last = new long[slotCount / 2];
  }

  void clear() {
    count = 0;
    if (slots.length > MAX_KEPT_SLOTS) {
      allocate(FIRST_SLOTS);
    } else {
      Arrays.fill(slots, 0);
    }
  }

  int count() {
    return count;
  }

  /** The key of a group, never two groups' the same. */
  static long key(int partitionNumber, int orgNumber, ArchiveBlock.Kind kind) {
    return (long) partitionNumber << 33
        | (kind == ArchiveBlock.Kind.HEARTBEATS ? 1L << 32 : 0)
        | orgNumber;
  }

  static int partitionNumber(long key) {
    return (int) (key >>> 33);
  }

  static int orgNumber(long key) {
    return (int) key;
  }

  static ArchiveBlock.Kind kind(long key) {
    return (key & 1L << 32) == 0 ? ArchiveBlock.Kind.POINTS : ArchiveBlock.Kind.HEARTBEATS;
  }

  long key(int group) {
    return keys[group];
  }

  /** Position of the group's first record. */
  long first(int group) {
    return first[group];
  }

  /**
   * Makes a record the last of its group.
   *
   * @return position of the one that was, or {@link SegmentBuffer#NONE}
   */
  long append(long key, long position) {
    int slot = slot(key);
    if (slots[slot] != 0) {
      int group = slots[slot] - 1;
      long before = last[group];
      last[group] = position;
      return before;
    }
    if (count == keys.length) {
      grow();
      slot = slot(key);
    }
    keys[count] = key;
    first[count] = position;
    last[count] = position;
    count++;
    slots[slot] = count;
    return SegmentBuffer.NONE;
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & (slots.length - 1);
    while (slots[slot] != 0 && keys[slots[slot] - 1] != key) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void grow() {
    keys = Arrays.copyOf(keys, count * 2);
    first = Arrays.copyOf(first, count * 2);
    last = Arrays.copyOf(last, count * 2);
    slots = new int[slots.length * 2];
    for (int group = 0; group < count; group++) {
      slots[slot(keys[group])] = group + 1;
    }
  }
}
