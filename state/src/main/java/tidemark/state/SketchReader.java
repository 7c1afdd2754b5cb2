package tidemark.state;

import java.util.Objects;

/** A cursor over the bytes of one sketch. Lives within one call; not thread-safe. */
final class SketchReader {
  /** Counts that fit one byte, -1 where the byte stands for no integer. */
  private static final long[] ONE_BYTE_COUNTS = new long[128];

  static {
    for (int i = 0; i < ONE_BYTE_COUNTS.length; i++) {
      ONE_BYTE_COUNTS[i] = VarCoding.countOfBits((long) i << 57);
    }
  }

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
    long count = first < 0x80 ? ONE_BYTE_COUNTS[first] : nextLongCount(first);
    if (count < 0) {
      throw new IllegalArgumentException("bin count must be an integer from 0 to 2^53 - 1");
    }
    return count;
  }

  private long nextLongCount(int first) {
    long bits = (long) (first & 0x7F) << 57;
    for (int shift = 50; shift > 1; shift -= 7) {
      int next = nextByte();
      bits |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return VarCoding.countOfBits(bits);
      }
    }
    return VarCoding.countOfBits(bits | nextByte());
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
