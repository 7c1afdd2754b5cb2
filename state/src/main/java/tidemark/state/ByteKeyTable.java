package tidemark.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers byte strings 0, 1, 2, ... in the order in which they are first seen. Exact: a hit
 * compares all bytes, so no hash collision can mix two keys up.
 *
 * <p>Keys lie in one arena of at most 2 GiB; a lookup costs one hash over the key, one probe and
 * one comparison, and allocates nothing. The seed keeps an outsider from choosing keys that
 * collide. Not thread-safe.
 */
public final class ByteKeyTable {
  /** What {@link #find} answers for a key that was never added. */
  public static final int ABSENT = -1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME_1 = 0x9E3779B97F4A7C15L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;

  private final long seed;
  private int size;
  private long[] hashes = new long[64];
  private int[] starts = new int[65];
  private byte[] arena = new byte[4096];
  // open addressing, linear probing; holds number + 1, 0 is free
  private int[] slots = new int[256];

  public ByteKeyTable(long seed) {
    this.seed = seed;
  }

  public int size() {
    return size;
  }

  /** Heap that the table holds, in bytes. */
  public long memoryBytes() {
    return arena.length + 8L * hashes.length + 4L * starts.length + 4L * slots.length;
  }

  /** Hash of a key, for {@link #find} and {@link #add}; of this table only. */
  public long hash(byte[] key, int offset, int length) {
    long hash = seed ^ (length * PRIME_1);
    int at = offset;
    int end = offset + length;
    for (; at + 8 <= end; at += 8) {
      hash = mix(hash ^ (long) LONG.get(key, at));
    }
    if (at < end) {
      long tail = 0;
      for (int i = end - 1; i >= at; i--) {
        tail = (tail << 8) | (key[i] & 0xFF);
      }
      hash = mix(hash ^ tail);
    }
    return hash;
  }

  private static long mix(long bits) {
    long high = Math.multiplyHigh(bits, PRIME_2);
    return (bits * PRIME_2) ^ high ^ (bits >>> 29);
  }

  /** Number of the key, or {@link #ABSENT}. */
  public int find(byte[] key, int offset, int length, long hash) {
    int mask = slots.length - 1;
    for (int slot = (int) (hash >>> 32) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
      int number = slots[slot] - 1;
      if (hashes[number] == hash && matches(number, key, offset, length)) {
        return number;
      }
    }
    return ABSENT;
  }

  /** Adds a key that {@link #find} did not find, and returns its number. */
  public int add(byte[] key, int offset, int length, long hash) {
    if (size * 2 >= slots.length) {
      growSlots();
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, size * 2);
      starts = Arrays.copyOf(starts, size * 2 + 1);
    }
    int start = starts[size];
    int end = Math.addExact(start, length);
    if (end > arena.length) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 16L, Math.max(2L * arena.length, end));
      arena = Arrays.copyOf(arena, capacity);
    }
    System.arraycopy(key, offset, arena, start, length);
    hashes[size] = hash;
    starts[size + 1] = end;
    place(size);
    return size++;
  }

  /** Number of the key, which is added if it is new. */
  public int findOrAdd(byte[] key, int offset, int length) {
    long hash = hash(key, offset, length);
    int number = find(key, offset, length, hash);
    return number == ABSENT ? add(key, offset, length, hash) : number;
  }

  /** The array that holds all keys, valid until the next one is added. */
  public byte[] keys() {
    return arena;
  }

  /** Where the key of a number begins in {@link #keys}. */
  public int start(int number) {
    return starts[number];
  }

  /** Bytes of the key of a number. */
  public int length(int number) {
    return starts[number + 1] - starts[number];
  }

  /** Forgets all keys; the next one is number 0 again. */
  public void clear() {
    size = 0;
    Arrays.fill(slots, 0);
  }

  /** Whether that number is this key's, without looking for it. */
  public boolean matches(int number, byte[] key, int offset, int length) {
    return Arrays.equals(arena, starts[number], starts[number + 1], key, offset, offset + length);
  }

  private void growSlots() {
    slots = new int[slots.length * 4];
    for (int number = 0; number < size; number++) {
      place(number);
    }
  }

  private void place(int number) {
    int mask = slots.length - 1;
    int slot = (int) (hashes[number] >>> 32) & mask;
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = number + 1;
  }
}
