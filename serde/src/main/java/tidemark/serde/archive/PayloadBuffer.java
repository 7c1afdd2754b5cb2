package tidemark.serde.archive;

import java.nio.charset.StandardCharsets;

/**
 * The payload of one record, put together in an array that the next one reuses: {@link #begin},
 * {@link #header} for each in order, {@link #end}. Allocates nothing for header keys of ASCII. Not
 * thread-safe.
 */
public final class PayloadBuffer {
  private final ByteOutput out = new ByteOutput();
  private boolean isWhole;

  /**
   * Drops the payload before.
   *
   * @param timestampType Kafka's number: -1 none, 0 create time, 1 log append time
   * @param key null if the record has none
   */
  public void begin(int timestampType, byte[] key) {
    if (timestampType < -1 || timestampType > 1) {
      throw new IllegalArgumentException(
          "the type of a record's time must be -1 to 1, got " + timestampType);
    }
    isWhole = false;
    out.clear();
    out.put(timestampType);
    out.putNullable(key);
  }

  /**
   * Adds a header.
   *
   * @param value null if it has none
   */
  public void header(String key, byte[] value) {
    int start = out.length();
    out.putVarint(key.length() + 1L);
    byte[] target = out.reserve(key.length());
    int at = out.length();
    for (int i = 0; i < key.length(); i++) {
      char next = key.charAt(i);
      if (next > 0x7F) {
        out.setLength(start);
        out.putNullable(key.getBytes(StandardCharsets.UTF_8));
        out.putNullable(value);
        return;
      }
      target[at++] = (byte) next;
    }
    out.setLength(at);
    out.putNullable(value);
  }

  /**
   * Ends the payload.
   *
   * @param value null for a tombstone
   */
  public void end(byte[] value) {
    out.put(0);
    out.putNullable(value);
    if (out.length() > ArchiveFormat.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "a record must have at most %d bytes, got %d: lower max.message.bytes of the topic"
              .formatted(ArchiveFormat.MAX_PAYLOAD_BYTES, out.length()));
    }
    isWhole = true;
  }

  /** The live array, of which the first {@link #length} bytes count. */
  byte[] array() {
    if (!isWhole) {
      throw new IllegalStateException("a payload must be ended before it is archived");
    }
    return out.array();
  }

  int length() {
    return out.length();
  }
}
