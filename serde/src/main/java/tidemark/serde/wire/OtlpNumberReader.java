package tidemark.serde.wire;

/**
 * Reads an OTLP {@code NumberDataPoint}: its attributes into the key, all else into fields.
 *
 * <p>Reused; what the accessors say holds until the next {@link #read}. Not thread-safe.
 */
final class OtlpNumberReader {
  static final int TIME = 3 << 3 | ProtoReader.FIXED64;

  private static final int ATTRIBUTE = 7 << 3 | ProtoReader.BYTES;
  private static final int AS_DOUBLE = 4 << 3 | ProtoReader.FIXED64;
  private static final int AS_INT = 6 << 3 | ProtoReader.FIXED64;
  private static final int FLAGS = 8 << 3 | ProtoReader.VARINT;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NO_RECORDED_VALUE = 1;

  private final ProtoReader point = new ProtoReader();
  private long timeNanos;
  private double value;
  private boolean hasValue;
  private long flags;

  /** Reads the data point that comes next in the metric's data. */
  void read(ProtoReader data, SeriesKeyBuffer key) throws MalformedMessageException {
    timeNanos = 0;
    hasValue = false;
    flags = 0;
    data.readMessage(point);
    while (point.hasMore()) {
      int tag = point.readTag();
      switch (tag) {
        case ATTRIBUTE -> putAttribute(point, key);
        case TIME -> timeNanos = point.readFixed64();
        case AS_DOUBLE -> {
          value = point.readDouble();
          hasValue = true;
        }
        case AS_INT -> {
          value = point.readFixed64();
          hasValue = true;
        }
        case FLAGS -> flags = point.readVarint();
        default -> point.skip(tag);
      }
    }
  }

  /** Adds the attribute that comes next in the point to its series key. */
  static void putAttribute(ProtoReader point, SeriesKeyBuffer key)
      throws MalformedMessageException {
    int length = point.readLength();
    key.putLongBytes(point.buffer(), point.position(), length);
    point.advance(length);
  }

  /** Milliseconds of a time in nanoseconds, which OTLP has unsigned. */
  static long millis(long nanos) {
    return nanos >= 0 ? nanos / NANOS_PER_MILLI : Long.divideUnsigned(nanos, NANOS_PER_MILLI);
  }

  static boolean isGap(long flags) {
    return (flags & NO_RECORDED_VALUE) != 0;
  }

  boolean isGap() {
    return isGap(flags);
  }

  boolean hasValue() {
    return hasValue;
  }

  long timestampMs() {
    return millis(timeNanos);
  }

  double value() {
    return value;
  }
}
