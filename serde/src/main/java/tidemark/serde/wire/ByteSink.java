package tidemark.serde.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A growing byte array that is written at its end and cut back to be used again.
 *
 * <p>Mutable and reused; not thread-safe. Its users bound how much they put in.
 */
final class ByteSink {
  private static final VarHandle LITTLE_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[256];
  private int length;

  /** The live array, of which the first {@link #length} bytes count; valid until the next put. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Forgets everything from this length on. */
  void cutTo(int length) {
    this.length = length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void put(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** Two bytes, big-endian. */
  void putShort(int value) {
    reserve(2);
    bytes[length++] = (byte) (value >>> 8);
    bytes[length++] = (byte) value;
  }

  /** Four bytes, big-endian. */
  void putInt(int value) {
    putShort(value >>> 16);
    putShort(value);
  }

  void put(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  void put(ByteSink other) {
    put(other.bytes, 0, other.length);
  }

  void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      put((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    put((int) rest);
  }

  void putZigzag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  /** Eight bytes, little-endian. */
  void putDouble(double value) {
    reserve(Double.BYTES);
    LITTLE_ENDIAN_LONG.set(bytes, length, Double.doubleToRawLongBits(value));
    length += Double.BYTES;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
  }
}
