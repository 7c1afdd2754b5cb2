package tidemark.state;

/**
 * The three variable-length numbers of the DDSketch encoding, over byte arrays.
 *
 * <pre>
 * uvarint   7 bits a byte, least significant first, high bit = more follows; a ninth byte has 8 bits
 * varint    zigzag, then uvarint
 * count     a double c as bits(c + 1) - bits(1), rotated left by 6, 7 bits a byte, MOST significant
 *           first, high bit = more follows; ends when only zero bits are left: 1 byte for 0, 1, 2, 3,
 *           5, 7, 11..., at most 2 below 511, at most 9
 * </pre>
 *
 * <p>Counts here are integers of at most {@link #MAX_COUNT}, for which the double is exact.
 */
final class VarCoding {
  /** 2^53 - 1: the last count that, with one more, is exact as a double. */
  static final long MAX_COUNT = (1L << 53) - 1;

  private static final long ONE_BITS = Double.doubleToRawLongBits(1);
  private static final int ROTATION = 6;

  private VarCoding() {}

  static int unsignedLength(long value) {
    return Math.min(9, (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1);
  }

  static int signedLength(long value) {
    return unsignedLength(zigzag(value));
  }

  static int countLength(long count) {
    long next = count + 1;
    int mantissaBits = 63 - Long.numberOfLeadingZeros(next) - Long.numberOfTrailingZeros(next);
    return Math.min(9, (ROTATION + mantissaBits + 6) / 7);
  }

  static int writeUnsigned(byte[] target, int offset, long value) {
    int at = offset;
    long left = value;
    for (int i = 0; i < 8 && (left & ~0x7FL) != 0; i++) {
      target[at++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    target[at++] = (byte) left;
    return at;
  }

  static int writeSigned(byte[] target, int offset, long value) {
    return writeUnsigned(target, offset, zigzag(value));
  }

  static int writeCount(byte[] target, int offset, long count) {
    int at = offset;
    long bits = countBits(count);
    for (int i = 0; i < 8; i++) {
      byte next = (byte) (bits >>> 57);
      bits <<= 7;
      if (bits == 0) {
        target[at++] = next;
        return at;
      }
      target[at++] = (byte) (next | 0x80);
    }
    target[at++] = (byte) (bits >>> 56);
    return at;
  }

  static long zigzag(long value) {
    return (value >> 63) ^ (value << 1);
  }

  static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  /** The count that these bits stand for, or -1 if it is not an integer in range. */
  static long countOfBits(long bits) {
    double next = Double.longBitsToDouble(Long.rotateRight(bits, ROTATION) + ONE_BITS);
    if (!(next >= 1 && next <= MAX_COUNT + 1)) {
      return -1;
    }
    long whole = (long) next;
    return whole == next ? whole - 1 : -1;
  }

  private static long countBits(long count) {
    return Long.rotateLeft(Double.doubleToRawLongBits((double) (count + 1)) - ONE_BITS, ROTATION);
  }
}
