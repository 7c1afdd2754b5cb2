package tidemark.state;

import java.util.Objects;

/** A cursor over the bytes of one sketch. Lives within one call; not thread-safe. */
final class SketchReader {
  /** Counts of one byte and of two, by their seven or fourteen bits. */
  private static final int[] ONE_BYTE_COUNTS = counts(7);

  private static final int[] TWO_BYTE_COUNTS = counts(14);

  /** Stands for a count that is no int, or none at all: to be read with care. */
  private static final int OTHER = -1;

  /** A bin whose distance has one byte and whose count has two. */
  private static final int SHORT_BIN_BYTES = 3;

  private final byte[] source;
  private final int end;
  private int at;

  SketchReader(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    this.source = source;
    this.at = offset;
    this.end = offset + length;
  }

  private static int[] counts(int bits) {
    int[] counts = new int[1 << bits];
    for (int i = 0; i < counts.length; i++) {
      long count = VarCoding.countOfBits((long) i << (Long.SIZE - bits));
      counts[i] = count > Integer.MAX_VALUE ? OTHER : (int) count;
    }
    return counts;
  }

  boolean hasMore() {
    return at < end;
  }

  int nextByte() {
    if (at >= end) {
      throw new IllegalArgumentException("sketch bytes end within a block: truncated");
    }
    return source[at++] & 0xFF;
  }

  /** Number of bins that follow; each takes a byte at least, which bounds it. */
  int nextBinCount() {
    long count = nextUnsigned();
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException(
          "sketch block claims %s bins in %d bytes: truncated"
              .formatted(Long.toUnsignedString(count), end - at));
    }
    return (int) count;
  }

  long nextSigned() {
    return VarCoding.unzigzag(nextUnsigned());
  }

  long nextCount() {
    int first = nextByte();
    long bits = (long) (first & 0x7F) << 57;
    for (int shift = 50; first >= 0x80 && shift > 1; shift -= 7) {
      int next = nextByte();
      bits |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return require(VarCoding.countOfBits(bits));
      }
    }
    return require(VarCoding.countOfBits(first < 0x80 ? bits : bits | nextByte()));
  }

  private static long require(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("bin count must be an integer from 0 to 2^53 - 1");
    }
    return count;
  }

  /**
   * Adds bins, each of which is the distance of its index from the one before and a count.
   *
   * <p>Whether a count has one byte or two cannot be foreseen: both are looked up, and no jump
   * depends on which it is.
   */
  void addBins(int binCount, SketchMerger.Range bins) {
    byte[] bytes = source;
    long[] counts = bins.counts();
    int lowest = bins.lowest();
    int index = 0;
    int next = at;
    for (int i = 0; i < binCount; i++) {
      int count = OTHER;
      int cell = OTHER;
      int start = next;
      if (start <= end - SHORT_BIN_BYTES && bytes[start] >= 0) {
        int first = bytes[start + 1];
        int second = bytes[start + 2];
        int isLong = first >> 31; // all bits or none
        int low = first & 0x7F;
        int longCount = TWO_BYTE_COUNTS[low << 7 | (second & 0x7F)] | second >> 31;
        count = (ONE_BYTE_COUNTS[low] & ~isLong) | (longCount & isLong);
        cell = index + ((bytes[start] >>> 1) ^ -(bytes[start] & 1)) - lowest;
        next = start + 2 - isLong;
      }
      if (count >= 0 && cell >= 0 && cell < counts.length) {
        index = cell + lowest;
        counts[cell] = SketchBins.saturatedSum(counts[cell], count);
        continue;
      }
      at = start;
      index = SketchCodec.requireIndex(index + nextSigned());
      bins.add(index, nextCount());
      next = at;
      counts = bins.counts();
      lowest = bins.lowest();
    }
    at = next;
  }

  private long nextUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 56; shift += 7) {
      int next = nextByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    return value | (long) nextByte() << 56;
  }
}
