package tidemark.serde.table;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Reads what {@link HybridEncoder} writes, and anything else in Parquet's RLE/bit-packing hybrid: a
 * run is filled in at once, a packed number taken out with one read, a shift and a mask.
 *
 * <p>Not thread-safe.
 */
final class HybridDecoder {
  /** Bytes that must follow the numbers in their array; what is in them does not matter. */
  static final int SLACK_BYTES = Long.BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);
  private static final int GROUP = 8;

  private byte[] bytes;
  private int at;
  private int end;
  private int bits;
  private long mask;

  private int left; // numbers of the run, or of the packed groups, still to come
  private boolean isRun;
  private int runNumber;
  private long packedBit; // of the next packed number, from the array's first

  /** Starts with the numbers of so many bits in these bytes. */
  void open(byte[] source, int from, int to, int bitsOfNumber) {
    if (bitsOfNumber < 0 || bitsOfNumber > Integer.SIZE) {
      throw new IllegalArgumentException("a number must have 0 to 32 bits, got " + bitsOfNumber);
    }
    bytes = source;
    at = from;
    end = to;
    bits = bitsOfNumber;
    mask = (1L << bitsOfNumber) - 1;
    left = 0;
  }

  /** Reads the next numbers. */
  void read(int[] target, int from, int count) {
    int to = from + count;
    for (int i = from; i < to; ) {
      if (left == 0) {
        nextRun();
      }
      int taken = Math.min(left, to - i);
      if (isRun) {
        Arrays.fill(target, i, i + taken, runNumber);
      } else {
        unpack(target, i, i + taken);
      }
      left -= taken;
      i += taken;
    }
  }

  private void unpack(int[] target, int from, int to) {
    long bit = packedBit;
    for (int i = from; i < to; i++) {
      long word = (long) LONGS.get(bytes, (int) (bit >>> 3));
      target[i] = (int) (word >>> (bit & 7) & mask);
      bit += bits;
    }
    packedBit = bit;
  }

  /** Leaves out the next numbers. */
  void skip(int count) {
    for (int wanted = count; wanted > 0; ) {
      if (left == 0) {
        nextRun();
      }
      int taken = Math.min(left, wanted);
      packedBit += (long) taken * bits;
      left -= taken;
      wanted -= taken;
    }
  }

  private void nextRun() {
    int header = unsigned();
    isRun = (header & 1) == 0;
    if (isRun) {
      left = header >>> 1;
      runNumber = 0;
      for (int shift = 0; shift < bits; shift += Byte.SIZE) {
        runNumber |= (nextByte() & 0xFF) << shift;
      }
    } else {
      long groups = Integer.toUnsignedLong(header) >>> 1;
      if (groups * bits > end - at) {
        throw new IllegalArgumentException("packed numbers go beyond their page");
      }
      left = (int) Math.min(Integer.MAX_VALUE, groups * GROUP);
      packedBit = (long) at * Byte.SIZE;
      at += (int) (groups * bits); // eight numbers each
    }
    if (left <= 0) {
      throw new IllegalArgumentException("a run must have at least one number");
    }
  }

  private int unsigned() {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte next = nextByte();
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("the length of a run has more than five bytes");
  }

  private byte nextByte() {
    if (at >= end) {
      throw new IllegalArgumentException("a page ends before its last number");
    }
    return bytes[at++];
  }
}
