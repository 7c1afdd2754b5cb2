package tidemark.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/** A cursor over the bytes of one sketch. Lives within one call; not thread-safe. */
final class SketchReader {
  /** Counts of two bytes by their fourteen bits, of one by theirs and seven of zero. */
  private static final int[] SHORT_COUNTS = new int[1 << 14];

  static {
    for (int i = 0; i < SHORT_COUNTS.length; i++) {
      long count = VarCoding.countOfBits((long) i << 50);
      SHORT_COUNTS[i] = count > Integer.MAX_VALUE ? -1 : (int) count; // -1: to be read with care
    }
  }

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** A bin whose distance has one byte and whose count has two. */
  private static final int SHORT_BIN_BYTES = 3;

  /** A count that is taken out of one word: 21 bits, six of exponent before those of fraction. */
  private static final int WORD_COUNT_BYTES = 3;

  private static final int FRACTION_BITS = 15;
  private static final int FRACTION = (1 << FRACTION_BITS) - 1;
  private static final int MAX_EXPONENT = 47; // so that nothing is shifted out

  private final byte[] source;
  private final int end;
  private int at;

  SketchReader(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    this.source = source;
    this.at = offset;
    this.end = offset + length;
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
   * <p>Whether a count has one byte or two cannot be foreseen: no jump depends on it.
   */
  void addBins(int binCount, SketchMerger.Range bins) {
    byte[] bytes = source;
    long[] counts = bins.counts();
    int cell = -bins.lowest(); // of the bin before; the first one's distance is from index 0
    int lastWord = Math.min(end - SHORT_BIN_BYTES, bytes.length - Integer.BYTES);
    int next = at;
    for (int i = 0; i < binCount; i++) {
      int start = next;
      if (start <= lastWord) {
        int word = (int) WORDS.get(bytes, start); // distance, count's first byte and its second
        int isLong = (word << 16) >> 31; // all bits or none
        int countBits = ((word >>> 1) & 0x3F80) | ((word >>> 16) & 0x7F & isLong);
        int more = (word & 0x80) | ((word >>> 16) & 0x80 & isLong); // longer than that
        int count = SHORT_COUNTS[countBits];
        int target = cell + (((word >>> 1) & 0x3F) ^ -(word & 1));
        if (more == 0 && count >= 0 && target >= 0 && target < counts.length) {
          cell = target;
          next = start + 2 - isLong;
          counts[cell] = SketchBins.saturatedSum(counts[cell], count);
          continue;
        }
      }
      at = start;
      int index = SketchCodec.requireIndex(cell + bins.lowest() + nextSigned());
      bins.add(index, nextCount());
      next = at;
      counts = bins.counts();
      cell = index - bins.lowest();
    }
    at = next;
  }

  /**
   * Adds neighbouring bins by their counts.
   *
   * <p>A count of one to three bytes, see {@link VarCoding}, is taken out of one word, and no jump
   * depends on how many. In merged sketches most counts have two or three.
   */
  void addCounts(int lowest, int binCount, SketchMerger.Range bins) {
    byte[] bytes = source;
    long[] counts = bins.counts();
    int cell = lowest - bins.lowest();
    int lastWord = Math.min(end - WORD_COUNT_BYTES, bytes.length - Integer.BYTES);
    int next = at;
    for (int i = 0; i < binCount; i++, cell++) {
      if (next <= lastWord && cell >= 0 && cell < counts.length) {
        int word = (int) WORDS.get(bytes, next);
        int hasSecond = (word << 24) >> 31; // all bits or none
        int hasThird = hasSecond & ((word << 16) >> 31);
        int bits =
            (word & 0x7F) << 14
                | ((word >>> 1) & 0x3F80 & hasSecond)
                | ((word >>> 16) & 0x7F & hasThird);
        int exponent = bits >>> FRACTION_BITS;
        long shifted = (1L << FRACTION_BITS | (bits & FRACTION)) << exponent; // count + 1, shifted
        if ((hasThird & word & 0x800000) == 0
            && exponent <= MAX_EXPONENT
            && (shifted & FRACTION) == 0) {
          counts[cell] = SketchBins.saturatedSum(counts[cell], (shifted >>> FRACTION_BITS) - 1);
          next += 1 - hasSecond - hasThird;
          continue;
        }
      }
      at = next;
      bins.add(lowest + i, nextCount());
      next = at;
      counts = bins.counts();
      cell = lowest + i - bins.lowest();
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
