package tidemark.serde.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tidemark.state.MetricType;

/**
 * Assembles the series keys of a record, laid out as {@link SeriesKey} says, one after the other.
 *
 * <p>A record may name a long string once and use it for every series, so keys can be far longer
 * than the record. Two bounds stop that: one key has at most {@value #MAX_KEY_BYTES} bytes, and
 * what is copied for the keys of one record, taken or not, at most {@value #MAX_RECORD_KEY_BYTES}.
 * Reused; not thread-safe; copies each byte once.
 */
final class SeriesKeyBuffer {
  static final int MAX_KEY_BYTES = 1 << 20;
  static final int MAX_RECORD_KEY_BYTES = 1 << 26;

  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer orgText = CharBuffer.allocate(SeriesKey.MAX_ORG_BYTES);
  private final ByteSink key = new ByteSink();
  private int orgEnd;
  private boolean isTooLong;
  private long assembledBytes;
  private long addedBytes;

  /**
   * Starts the keys of a record.
   *
   * @return whether the bytes can name an org: 1 to {@value SeriesKey#MAX_ORG_BYTES} of them, valid
   *     UTF-8
   */
  boolean startRecord(int form, byte[] org, int offset, int length) {
    assembledBytes = 0;
    addedBytes = 0;
    if (length < 1 || length > SeriesKey.MAX_ORG_BYTES) {
      return false;
    }
    if (!isOrgOfLastRecord(org, offset, length)) {
      orgText.clear();
      utf8.reset();
      if (utf8.decode(ByteBuffer.wrap(org, offset, length), orgText, true).isError()) {
        return false;
      }
    }
    key.cutTo(0);
    key.put(form);
    key.put(0);
    key.putShort(length);
    key.put(org, offset, length);
    orgEnd = key.length();
    return true;
  }

  private boolean isOrgOfLastRecord(byte[] org, int offset, int length) {
    return Arrays.equals(
        org, offset, offset + length, key.array(), SeriesKey.ORG_OFFSET, Math.max(orgEnd, 4));
  }

  /** Starts the next key. */
  void startSeries(MetricType type) {
    key.cutTo(orgEnd);
    key.array()[SeriesKey.TYPE_OFFSET] = (byte) type.code();
    isTooLong = false;
  }

  /** Adds u16 length and bytes; the length must fit. */
  void putShortBytes(byte[] source, int offset, int length) {
    if (takes(2 + length)) {
      key.putShort(length);
      key.put(source, offset, length);
    }
  }

  /** Adds u32 length and bytes. */
  void putLongBytes(byte[] source, int offset, int length) {
    if (takes(4 + length)) {
      key.putInt(length);
      key.put(source, offset, length);
    }
  }

  private boolean takes(int length) {
    if (isTooLong || length < 0 || length > MAX_KEY_BYTES - key.length()) {
      isTooLong = true;
      return false;
    }
    assembledBytes += length;
    return true;
  }

  int length() {
    return key.length();
  }

  /** Goes back to the key as it was at this length; it must have been good then. */
  void cutTo(int length) {
    key.cutTo(length);
    isTooLong = false;
  }

  /** Whether something did not fit into the key. */
  boolean isTooLong() {
    return isTooLong;
  }

  /** Whether the record has asked for more bytes of keys than it may, by one key at most. */
  boolean isExhausted() {
    return assembledBytes > MAX_RECORD_KEY_BYTES || addedBytes > MAX_RECORD_KEY_BYTES;
  }

  /** Opens the series in the block; the key must not be too long. */
  void addTo(PointBlock block, MetricType type) {
    addedBytes += key.length();
    block.addSeries(type, key.array(), 0, key.length());
  }
}
