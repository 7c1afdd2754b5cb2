package tidemark.serde.wire;

/**
 * The bytes of one field of a message, wherever in the message they stand.
 *
 * <p>Protobuf lets a packed column come in several pieces, or element by element, and a nested
 * message come twice; both mean the pieces one after the other. As long as there is one piece,
 * which is all that common writers produce, this points into the message; a second one makes it
 * copy both into an array of its own. That array never outgrows twice the message. Reused; not
 * thread-safe.
 */
final class FieldBytes {
  private byte[] bytes = {};
  private int start;
  private int end;
  private byte[] joined = {};

  void clear() {
    bytes = joined;
    start = 0;
    end = 0;
  }

  boolean isEmpty() {
    return start == end;
  }

  /** Lets the reader read these bytes. */
  void wrapIn(ProtoReader reader) {
    reader.wrap(bytes, start, end);
  }

  /** Takes the length-delimited value that the reader stands before, as one more piece. */
  void take(ProtoReader reader) throws MalformedMessageException {
    int length = reader.readLength();
    append(reader.buffer(), reader.position(), length);
    reader.advance(length);
  }

  /** Takes a piece of a packed column, or a single element of it that stands unpacked. */
  void takePacked(ProtoReader reader, int tag, int elementType) throws MalformedMessageException {
    if (ProtoReader.wireType(tag) == ProtoReader.BYTES) {
      int before = end - start;
      take(reader);
      requireWholeElements(before, elementType);
    } else {
      int from = reader.position();
      reader.skip(tag);
      append(reader.buffer(), from, reader.position() - from);
    }
  }

  /** Two pieces that are cut within an element must not join into a good one. */
  private void requireWholeElements(int before, int elementType) throws MalformedMessageException {
    int length = end - start - before;
    boolean isWhole =
        elementType == ProtoReader.FIXED64
            ? length % Long.BYTES == 0
            : length == 0 || bytes[end - 1] >= 0;
    if (!isWhole) {
      throw new MalformedMessageException();
    }
  }

  private void append(byte[] source, int offset, int length) {
    if (isEmpty()) {
      bytes = source;
      start = offset;
      end = offset + length;
      return;
    }
    int size = end - start;
    if (bytes != joined) {
      joined = withRoom(joined, 0, size + length);
      System.arraycopy(bytes, start, joined, 0, size);
    } else {
      joined = withRoom(joined, size, size + length);
    }
    System.arraycopy(source, offset, joined, size, length);
    bytes = joined;
    start = 0;
    end = size + length;
  }

  private static byte[] withRoom(byte[] array, int used, int needed) {
    if (needed <= array.length) {
      return array;
    }
    byte[] larger = new byte[Math.max(needed, 2 * array.length)];
    System.arraycopy(array, 0, larger, 0, used);
    return larger;
  }
}
