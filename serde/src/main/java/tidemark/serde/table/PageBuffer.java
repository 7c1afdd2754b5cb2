package tidemark.serde.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;

/**
 * The bytes of one page, little-endian, while it is put together. The array is reused for the next
 * page: what {@link #bytes} gives is valid until then. Not thread-safe.
 */
final class PageBuffer {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[1 << 16];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  /** Says how much of the array is written. */
  void setLength(int length) {
    this.length = length;
  }

  /** Makes room for that many bytes behind those written; returns the array to write them to. */
  byte[] reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
    return bytes;
  }

  // ---- into room that was reserved

  void put(int oneByte) {
    bytes[length++] = (byte) oneByte;
  }

  void putInt(int value) {
    INT.set(bytes, length, value);
    length += Integer.BYTES;
  }

  /** Unsigned LEB128. */
  void putVarint(int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      put((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    put(rest);
  }

  void putLittleEndian(int value, int byteCount) {
    for (int i = 0; i < byteCount; i++) {
      put(value >>> (8 * i));
    }
  }

  // ---- with room made

  void putInts(long[] values, int from, int to) {
    byte[] target = reserve((to - from) * Integer.BYTES);
    for (int i = from; i < to; i++) {
      INT.set(target, length, (int) values[i]);
      length += Integer.BYTES;
    }
  }

  void putLongs(long[] values, int from, int to) {
    byte[] target = reserve((to - from) * Long.BYTES);
    for (int i = from; i < to; i++) {
      LONG.set(target, length, values[i]);
      length += Long.BYTES;
    }
  }

  /** Length and bytes, as Parquet's plain encoding has byte arrays. */
  void putBytes(byte[] source, int from, int to) {
    reserve(Integer.BYTES + to - from);
    putInt(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  /** Overwrites four bytes. */
  void setInt(int position, int value) {
    INT.set(bytes, position, value);
  }

  BytesInput bytes() {
    return BytesInput.from(bytes, 0, length);
  }
}
