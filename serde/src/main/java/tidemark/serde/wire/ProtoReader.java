package tidemark.serde.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the protobuf wire format from a range of a byte array.
 *
 * <p>Every read is checked against the end of the range, so no bytes can make it look outside, run
 * for longer than the range is long, or allocate. What it cannot read is a {@link
 * MalformedMessageException}. Groups, which proto3 does not have, count as such.
 *
 * <p>Mutable and reused; not thread-safe. Costs a few nanoseconds per value.
 */
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final VarHandle LITTLE_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] buffer = {};
  private int position;
  private int limit;

  static int wireType(int tag) {
    return tag & 7;
  }

  /** Reads from now on {@code buffer[start, end)}. */
  void wrap(byte[] buffer, int start, int end) {
    this.buffer = buffer;
    position = start;
    limit = end;
  }

  /** Goes back to an earlier position. */
  void rewindTo(int position) {
    this.position = position;
  }

  byte[] buffer() {
    return buffer;
  }

  int position() {
    return position;
  }

  boolean hasMore() {
    return position < limit;
  }

  /** Field number and wire type of the next field. */
  int readTag() throws MalformedMessageException {
    long tag = readVarint();
    if (tag >>> 32 != 0 || tag < 8) {
      throw new MalformedMessageException();
    }
    return (int) tag;
  }

  /**
   * A varint of up to ten bytes. The tenth has one bit left to say and is there to say it: any
   * other value no writer makes, and readers disagree about its meaning.
   */
  long readVarint() throws MalformedMessageException {
    int at = position;
    if (at < limit && buffer[at] >= 0) {
      position = at + 1;
      return buffer[at];
    }
    return readLongVarint();
  }

  private long readLongVarint() throws MalformedMessageException {
    byte[] bytes = buffer;
    int at = position;
    int end = Math.min(limit, at + 10);
    long value = 0;
    for (int shift = 0; at < end; shift += 7) {
      byte b = bytes[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        if (shift == 63 && b != 1) {
          break;
        }
        position = at;
        return value;
      }
    }
    throw new MalformedMessageException();
  }

  /** A varint in zigzag coding (sint64). */
  long readZigzag() throws MalformedMessageException {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** The same of a sint32, of whose varint the lower 32 bits count. */
  int readZigzag32() throws MalformedMessageException {
    int value = (int) readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A varint that stands for a count or an index: 0 to 2^31 - 1. */
  int readCount() throws MalformedMessageException {
    long value = readVarint();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new MalformedMessageException();
    }
    return (int) value;
  }

  long readFixed64() throws MalformedMessageException {
    int at = position;
    if (limit - at < Long.BYTES) {
      throw new MalformedMessageException();
    }
    position = at + Long.BYTES;
    return (long) LITTLE_ENDIAN_LONG.get(buffer, at);
  }

  double readDouble() throws MalformedMessageException {
    return Double.longBitsToDouble(readFixed64());
  }

  /**
   * Length of a length-delimited field, which lies wholly inside the range; its content starts at
   * {@link #position}, and {@link #advance} steps over it.
   */
  int readLength() throws MalformedMessageException {
    long length = readVarint();
    if (length < 0 || length > limit - position) {
      throw new MalformedMessageException();
    }
    return (int) length;
  }

  void advance(int bytes) throws MalformedMessageException {
    if (bytes > limit - position) {
      throw new MalformedMessageException();
    }
    position += bytes;
  }

  /** Lets another reader read the nested message that comes next, and steps over it. */
  void readMessage(ProtoReader nested) throws MalformedMessageException {
    int length = readLength();
    nested.wrap(buffer, position, position + length);
    position += length;
  }

  /** Checks, before memory is set aside for them, that so many elements can still follow. */
  void requireElements(int count, int bytesEach) throws MalformedMessageException {
    if ((long) count * bytesEach > limit - position) {
      throw new MalformedMessageException();
    }
  }

  /** Steps over the value of a field whose tag was just read. */
  void skip(int tag) throws MalformedMessageException {
    switch (wireType(tag)) {
      case VARINT -> readVarint();
      case FIXED64 -> advance(8);
      case BYTES -> advance(readLength());
      case FIXED32 -> advance(4);
      default -> throw new MalformedMessageException();
    }
  }
}
