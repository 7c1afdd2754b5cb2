package tidemark.serde.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing byte array that is written at its end and emptied to be used again. Big-endian. */
final class ByteOutput {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final int FIRST_CAPACITY = 256;

  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
  }

  /** The live array, of which the first {@link #length} bytes count; valid until the next put. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  int capacity() {
    return bytes.length;
  }

  void clear() {
    length = 0;
  }

  /** Empties it, and lets go of an array longer than that. */
  void clear(int maxCapacity) {
    length = 0;
    if (bytes.length > maxCapacity) {
      bytes = new byte[FIRST_CAPACITY];
    }
  }

  /** Says how much of the array is written. */
  void setLength(int length) {
    this.length = length;
  }

  /** Makes room for that many bytes behind those written; returns the array to write them to. */
  byte[] reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
    }
    return bytes;
  }

  void put(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  void putShort(int value) {
    reserve(Short.BYTES);
    SHORT.set(bytes, length, (short) value);
    length += Short.BYTES;
  }

  void putInt(int value) {
    reserve(Integer.BYTES);
    INT.set(bytes, length, value);
    length += Integer.BYTES;
  }

  void putLong(long value) {
    reserve(Long.BYTES);
    LONG.set(bytes, length, value);
    length += Long.BYTES;
  }

  void put(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  void put(ByteOutput other) {
    put(other.bytes, 0, other.length);
  }

  void putVarint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  void putZigzag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  /** Varint of the length, and the bytes. */
  void putText(byte[] utf8) {
    putVarint(utf8.length);
    put(utf8, 0, utf8.length);
  }

  /** Varint of the length and one, and the bytes; 0 for null. */
  void putNullable(byte[] source) {
    if (source == null) {
      put(0);
    } else {
      putVarint(source.length + 1L);
      put(source, 0, source.length);
    }
  }
}
