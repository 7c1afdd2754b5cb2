package tidemark.serde.feed;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import tidemark.serde.partial.PartialBatch;

/**
 * One record of the feed topic, version 2; big-endian. All records of a key group go to one
 * partition, in the order in which they were sent; STARTED and WATERMARK concern all key groups of
 * their writer and go to every partition.
 *
 * <pre>
 * u8   version, 2; version 1 differed in its rows, which are read as well
 * u8   kind: 0 STARTED, 1 ROWS, 2 SERIES, 3 WATERMARK, 4 STATUS
 * 16 B job id, in the order of Flink's hexadecimal text | 16 B writer id
 * i64  writer started, ms since 1970, wall clock
 * i64  checkpoint that the writer was restored from, 0 for none
 * u16  first key group of the writer | u16 last key group, inclusive
 * i64  after: checkpoint of the last barrier that the writer passed; the restored one before the first
 * then
 *   ROWS       u16 key group | i32 tier in seconds | rows as {@link tidemark.serde.partial.PartialWriter}
 *              lays them out
 *   SERIES     u16 key group | series as {@link tidemark.serde.partial.SeriesCodec} lays them out
 *   WATERMARK  i64 watermark, ms: all rows of windows whose last millisecond is at or before it were
 *              sent before
 *   STATUS     {@link tidemark.serde.partial.IntakeStatus}: how far intake is, in partition 0 only
 * </pre>
 *
 * @param after checkpoint of the last barrier that the writer passed
 * @param batch rows, series or a status; empty for the other kinds
 * @param watermarkMs of WATERMARK; {@link Long#MIN_VALUE} for the other kinds
 */
public record FeedRecord(
    Kind kind, FeedWriter writer, long after, PartialBatch batch, long watermarkMs) {
  private static final int OLDEST_VERSION = 1;
  private static final int VERSION = 2;
  private static final int HEAD = 1 + 1 + 16 + 16 + 8 + 8 + 2 + 2 + 8;

  /** What a record is; the ordinal is its code. */
  public enum Kind {
    STARTED,
    ROWS,
    SERIES,
    WATERMARK,
    STATUS
  }

  private static final Kind[] KINDS = Kind.values();

  /** The first word of a writer, before anything else that it sends. */
  public static byte[] started(FeedWriter writer) {
    byte[] record = new byte[HEAD];
    putHead(ByteBuffer.wrap(record), Kind.STARTED, writer, writer.restored());
    return record;
  }

  /** How far intake is, as the control stage said it last. */
  public static byte[] status(FeedWriter writer, long after, PartialBatch status) {
    byte[] record = new byte[HEAD + status.length()];
    ByteBuffer bytes = ByteBuffer.wrap(record);
    putHead(bytes, Kind.STATUS, writer, after);
    bytes.put(status.bytes(), 0, status.length());
    return record;
  }

  /**
   * Closed rows or series.
   *
   * @param batch of kind PARTIALS or SERIES
   */
  public static byte[] batch(FeedWriter writer, long after, PartialBatch batch) {
    boolean isRows = batch.kind() == PartialBatch.Kind.PARTIALS;
    if (!isRows && batch.kind() != PartialBatch.Kind.SERIES) {
      throw new IllegalArgumentException("a " + batch.kind() + " batch is not fed");
    }
    byte[] record = new byte[HEAD + 2 + (isRows ? 4 : 0) + batch.length()];
    ByteBuffer bytes = ByteBuffer.wrap(record);
    putHead(bytes, isRows ? Kind.ROWS : Kind.SERIES, writer, after);
    bytes.putShort((short) batch.keyGroup());
    if (isRows) {
      bytes.putInt(batch.tierSeconds());
    }
    bytes.put(batch.bytes(), 0, batch.length());
    return record;
  }

  /** All rows of windows whose last millisecond is at or before it were sent before. */
  public static byte[] watermark(FeedWriter writer, long after, long watermarkMs) {
    byte[] record = new byte[HEAD + 8];
    ByteBuffer bytes = ByteBuffer.wrap(record);
    putHead(bytes, Kind.WATERMARK, writer, after);
    bytes.putLong(watermarkMs);
    return record;
  }

  private static void putHead(ByteBuffer bytes, Kind kind, FeedWriter writer, long after) {
    bytes.put((byte) VERSION).put((byte) kind.ordinal());
    putId(bytes, writer.job());
    putId(bytes, writer.id());
    bytes.putLong(writer.startedMs()).putLong(writer.restored());
    bytes.putShort((short) writer.firstKeyGroup()).putShort((short) writer.lastKeyGroup());
    bytes.putLong(after);
  }

  /**
   * Reads one record; its batch is a copy.
   *
   * @throws IllegalArgumentException if the bytes are no record of a version that it knows
   */
  public static FeedRecord ofBytes(byte[] record) {
    ByteBuffer bytes = ByteBuffer.wrap(record);
    try {
      int version = bytes.get();
      if (version < OLDEST_VERSION || version > VERSION) {
        throw new IllegalArgumentException(
            "a feed record must have version %d to %d, got %d: is the job newer than the gateway?"
                .formatted(OLDEST_VERSION, VERSION, version));
      }
      int code = bytes.get();
      if (code < 0 || code >= KINDS.length) {
        throw new IllegalArgumentException("kind of a feed record must be 0 to 4, got " + code);
      }
      FeedWriter writer =
          new FeedWriter(
              id(bytes), id(bytes), bytes.getLong(), bytes.getLong(), u16(bytes), u16(bytes));
      long after = bytes.getLong();
      FeedRecord read = body(KINDS[code], writer, after, bytes);
      if (bytes.hasRemaining()) {
        throw new IllegalArgumentException(
            "a %s record must end after %d bytes, got %d"
                .formatted(read.kind(), bytes.position(), record.length));
      }
      return read;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a feed record ends after %d bytes".formatted(record.length), e);
    }
  }

  private static FeedRecord body(Kind kind, FeedWriter writer, long after, ByteBuffer bytes) {
    return switch (kind) {
      case STARTED -> new FeedRecord(kind, writer, after, new PartialBatch(0), Long.MIN_VALUE);
      case ROWS -> {
        int keyGroup = u16(bytes);
        int tierSeconds = bytes.getInt();
        yield new FeedRecord(
            kind,
            writer,
            after,
            PartialBatch.of(PartialBatch.Kind.PARTIALS, keyGroup, tierSeconds, rest(bytes)),
            Long.MIN_VALUE);
      }
      case SERIES ->
          new FeedRecord(
              kind,
              writer,
              after,
              PartialBatch.of(PartialBatch.Kind.SERIES, u16(bytes), PartialBatch.OPEN, rest(bytes)),
              Long.MIN_VALUE);
      case WATERMARK -> new FeedRecord(kind, writer, after, new PartialBatch(0), bytes.getLong());
      case STATUS ->
          new FeedRecord(
              kind,
              writer,
              after,
              PartialBatch.of(PartialBatch.Kind.STATUS, 0, PartialBatch.OPEN, rest(bytes)),
              Long.MIN_VALUE);
    };
  }

  private static void putId(ByteBuffer bytes, UUID id) {
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID id(ByteBuffer bytes) {
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private static int u16(ByteBuffer bytes) {
    return bytes.getShort() & 0xFFFF;
  }

  private static byte[] rest(ByteBuffer bytes) {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }
}
