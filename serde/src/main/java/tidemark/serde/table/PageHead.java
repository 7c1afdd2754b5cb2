package tidemark.serde.table;

import java.nio.ByteBuffer;

/**
 * What a reader needs of the header of a Parquet page: a struct of Thrift's compact protocol, whose
 * other fields, statistics among them, are left out without being copied.
 *
 * <pre>
 * 1 type, 2 uncompressed size, 3 compressed size
 * 5 data page v1:     1 values, 2 encoding
 * 7 dictionary page:  1 values
 * </pre>
 *
 * <p>parquet-java's own reading makes several texts of each header while it checks it, and takes
 * some ten microseconds: in a scan of a day that was a fifth of the time. A flyweight, not
 * thread-safe. Bytes that are no header are refused with an {@link IllegalArgumentException}.
 */
final class PageHead {
  static final int DATA_PAGE = 0;
  static final int DICTIONARY_PAGE = 2;

  // types of the compact protocol
  private static final int STOP = 0;
  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int BYTE = 3;
  private static final int I16 = 4;
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int DOUBLE = 7;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int SET = 10;
  private static final int STRUCT = 12;

  private static final int DATA_PAGE_HEADER = 5;
  private static final int DICTIONARY_PAGE_HEADER = 7;
  private static final int MAX_DEPTH = 8;
  private static final int NONE = -1;

  private ByteBuffer bytes;
  private int at;
  private int end;
  private int fieldType; // of the field whose id was read last

  private int type;
  private int size;
  private int compressedSize;
  private int values;
  private int encoding;

  /** Reads the header that begins there; returns where it ends. */
  int read(ByteBuffer file, int from, int to) {
    bytes = file;
    at = from;
    end = to;
    type = NONE;
    size = NONE;
    compressedSize = NONE;
    values = NONE;
    encoding = NONE;
    for (int field = nextField(0); field > 0; field = nextField(field)) {
      if (field == DATA_PAGE_HEADER || field == DICTIONARY_PAGE_HEADER) {
        readValues(field);
      } else {
        readNumber(field);
      }
    }
    if (type < 0 || size < 0 || compressedSize < 0) {
      throw new IllegalArgumentException(
          "a page header must have type and sizes, got type %d, %d bytes, %d compressed"
              .formatted(type, size, compressedSize));
    }
    if ((type == DATA_PAGE || type == DICTIONARY_PAGE) && values < 0) {
      throw new IllegalArgumentException("a page header must tell the number of values");
    }
    return at;
  }

  int type() {
    return type;
  }

  /** Bytes of the page once it is decompressed. */
  int sizeBytes() {
    return size;
  }

  int compressedBytes() {
    return compressedSize;
  }

  /** Values of the page, nulls among them. */
  int values() {
    return values;
  }

  /** The number of the encoding of a data page's values, as the format has it. */
  int encoding() {
    return encoding;
  }

  private void readNumber(int field) {
    if (fieldType != I32 || field > 3) {
      skip(fieldType, 0);
      return;
    }
    int number = nextInt();
    switch (field) {
      case 1 -> type = number;
      case 2 -> size = number;
      default -> compressedSize = number;
    }
  }

  private void readValues(int struct) {
    if (fieldType != STRUCT) {
      throw new IllegalArgumentException("a page header's part must be a struct");
    }
    for (int field = nextField(0); field > 0; field = nextField(field)) {
      if (field == 1 && fieldType == I32) {
        values = nextInt();
      } else if (field == 2 && fieldType == I32 && struct == DATA_PAGE_HEADER) {
        encoding = nextInt();
      } else {
        skip(fieldType, 0);
      }
    }
  }

  // ---- the compact protocol

  /** The next field's id; 0 at the end of the struct. */
  private int nextField(int before) {
    int head = nextByte();
    fieldType = head & 0x0F;
    if (fieldType == STOP) {
      return 0;
    }
    int id = head >>> 4 == 0 ? nextInt() : before + (head >>> 4);
    if (id <= 0) {
      throw new IllegalArgumentException("a field's id must be positive, got " + id);
    }
    return id;
  }

  private void skip(int skippedType, int depth) {
    switch (skippedType) {
      case TRUE, FALSE -> {} // the value is in the type
      case BYTE -> skipBytes(1);
      case I16, I32, I64 -> nextUnsigned();
      case DOUBLE -> skipBytes(Double.BYTES);
      case BINARY -> skipBytes(nextUnsigned());
      case LIST, SET -> skipList(depth);
      case STRUCT -> {
        requireDepth(depth);
        for (int field = nextField(0); field > 0; field = nextField(field)) {
          skip(fieldType, depth + 1);
        }
      }
      default ->
          throw new IllegalArgumentException("a field has a type not known here: " + skippedType);
    }
  }

  private void skipList(int depth) {
    requireDepth(depth);
    int head = nextByte();
    long length = head >>> 4 == 0x0F ? nextUnsigned() : head >>> 4;
    int of = head & 0x0F;
    for (long i = 0; i < length; i++) {
      if (of == TRUE || of == FALSE) {
        skipBytes(1); // in a list it has a byte of its own
      } else {
        skip(of, depth + 1);
      }
    }
  }

  private static void requireDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("a page header must not be nested deeper than " + depth);
    }
  }

  private void skipBytes(long count) {
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException("a page header goes beyond its column chunk");
    }
    at += (int) count;
  }

  private int nextInt() {
    long bits = nextUnsigned();
    return (int) ((bits >>> 1) ^ -(bits & 1));
  }

  private long nextUnsigned() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = nextByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of a page header has more than ten bytes");
  }

  private int nextByte() {
    if (at >= end) {
      throw new IllegalArgumentException("a page header goes beyond its column chunk");
    }
    return bytes.get(at++) & 0xFF;
  }
}
