package tidemark.serde.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads a range of a byte array and never beyond it. Big-endian; reused; allocates for texts only.
 * Whatever does not fit into the range ends in a {@link DamagedArchiveException} that names the
 * place.
 */
final class ByteInput {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private byte[] bytes = {};
  private int position;
  private int limit;
  private String location = "";
  private long filePosition;
  private String what = "";

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
  }

  /**
   * Reads this range from here on.
   *
   * @param fileLocation file that the bytes are of, for messages
   * @param positionInFile where in it they, or what they were unpacked from, begin
   * @param name what they are, for messages
   */
  void wrap(
      byte[] source, int from, int to, String fileLocation, long positionInFile, String name) {
    bytes = source;
    position = from;
    limit = to;
    location = fileLocation;
    filePosition = positionInFile;
    what = name;
  }

  byte[] array() {
    return bytes;
  }

  int position() {
    return position;
  }

  int remaining() {
    return limit - position;
  }

  int get() throws DamagedArchiveException {
    require(1);
    return bytes[position++];
  }

  int getShort() throws DamagedArchiveException {
    require(Short.BYTES);
    position += Short.BYTES;
    return (short) SHORT.get(bytes, position - Short.BYTES) & 0xFFFF;
  }

  int getInt() throws DamagedArchiveException {
    require(Integer.BYTES);
    position += Integer.BYTES;
    return (int) INT.get(bytes, position - Integer.BYTES);
  }

  long getLong() throws DamagedArchiveException {
    require(Long.BYTES);
    position += Long.BYTES;
    return (long) LONG.get(bytes, position - Long.BYTES);
  }

  long getVarint() throws DamagedArchiveException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged("a varint has more than 10 bytes");
  }

  long getZigzag() throws DamagedArchiveException {
    long value = getVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A number from 0 to that one, inclusive. */
  int getCount(long max) throws DamagedArchiveException {
    long count = getVarint();
    if (count < 0 || count > max) {
      throw damaged("found %s, wanted 0 to %d".formatted(Long.toUnsignedString(count), max));
    }
    return (int) count;
  }

  /** Length of bytes that come next and lie inside the range; they are stepped over. */
  int skipBytes() throws DamagedArchiveException {
    int length = getCount(limit - position);
    require(length);
    position += length;
    return length;
  }

  /** The same of bytes that may be null: -1 for those. */
  int skipNullable() throws DamagedArchiveException {
    int length = getCount(limit - position) - 1;
    require(length);
    position += Math.max(0, length);
    return length;
  }

  String getText() throws DamagedArchiveException {
    int length = skipBytes();
    return new String(bytes, position - length, length, StandardCharsets.UTF_8);
  }

  void requireEnd() throws DamagedArchiveException {
    if (position != limit) {
      throw damaged("found %d bytes behind its end, wanted none".formatted(limit - position));
    }
  }

  private void require(int count) throws DamagedArchiveException {
    if (count > limit - position) {
      throw damaged("found %d bytes, wanted %d".formatted(limit - position, count));
    }
  }

  /** Of these bytes, at the place now reached. */
  DamagedArchiveException damaged(String complaint) {
    return new DamagedArchiveException(
        location, filePosition, "in %s, byte %d, %s".formatted(what, position, complaint));
  }
}
