package tidemark.operators;

import java.util.Arrays;
import tidemark.serde.wire.Heartbeat;

/**
 * One Kafka record as it was read.
 *
 * <p>A plain class and not a record: its bytes are shared, not copied, because this is the hot
 * path. A live job makes one for each record, with an array of its own. A replay has one that
 * {@link #show shows} one record after the other, in an array that is reused too: whoever keeps
 * anything beyond the call keeps a copy, as {@link #value} gives.
 */
public final class IntakeRecord {
  /** {@link #heartbeatMs} of a record that is no heartbeat. */
  public static final long NO_HEARTBEAT = Long.MIN_VALUE;

  /** {@link #heartbeatMs} of a heartbeat that is not readable or claims the future. */
  public static final long BAD_HEARTBEAT = Long.MIN_VALUE + 1;

  // Intake and broker are different machines: a heartbeat may be that far ahead of its record's
  // time.
  private static final long MAX_HEARTBEAT_LEAD_MS = 60_000;
  private static final byte[] NO_BYTES = {};

  private String topic;
  private int partition;
  private long offset;
  private long brokerTimeMs;
  private String format;
  private String org;
  private long heartbeatMs;
  private byte[] array;
  private int start;
  private int length;

  /**
   * @param brokerTimeMs time of the record as the broker keeps it, epoch ms
   * @param format what the record says it is, or the configured default
   * @param org org of the record's header or the configured default; empty if there is neither
   * @param heartbeatMs epoch ms that a heartbeat vouches for, or one of the two constants
   * @param value bytes, not to be changed; empty for a tombstone
   */
  public IntakeRecord(
      String topic,
      int partition,
      long offset,
      long brokerTimeMs,
      String format,
      String org,
      long heartbeatMs,
      byte[] value) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.brokerTimeMs = brokerTimeMs;
    this.format = format;
    this.org = org;
    this.heartbeatMs = heartbeatMs;
    this.array = value;
    this.length = value.length;
  }

  /** One that is to be reused: it shows nothing yet. */
  public static IntakeRecord reusable() {
    return new IntakeRecord("", 0, 0L, 0L, "", "", NO_HEARTBEAT, NO_BYTES);
  }

  /** Turns to another record's value; the rest of it follows by {@link #describe}. */
  public void show(byte[] bytes, int valueStart, int valueLength) {
    array = bytes;
    start = valueStart;
    length = valueLength;
  }

  /** Says what record it shows; the parameters are the constructor's. */
  public void describe(
      String newTopic,
      int newPartition,
      long newOffset,
      long newBrokerTimeMs,
      String newFormat,
      String newOrg,
      long newHeartbeatMs) {
    topic = newTopic;
    partition = newPartition;
    offset = newOffset;
    brokerTimeMs = newBrokerTimeMs;
    format = newFormat;
    org = newOrg;
    heartbeatMs = newHeartbeatMs;
  }

  /**
   * What a heartbeat vouches for, epoch ms, or {@link #BAD_HEARTBEAT}.
   *
   * @param bytes that hold the record's value
   * @param brokerTimeMs of the record: the heartbeat may be little ahead of it only
   */
  public static long heartbeatOf(byte[] bytes, int start, int length, long brokerTimeMs) {
    long heartbeatMs = Heartbeat.parse(bytes, start, length);
    return heartbeatMs == Heartbeat.INVALID || heartbeatMs > brokerTimeMs + MAX_HEARTBEAT_LEAD_MS
        ? BAD_HEARTBEAT
        : heartbeatMs;
  }

  public String topic() {
    return topic;
  }

  public int partition() {
    return partition;
  }

  public long offset() {
    return offset;
  }

  public long brokerTimeMs() {
    return brokerTimeMs;
  }

  public String format() {
    return format;
  }

  public String org() {
    return org;
  }

  public long heartbeatMs() {
    return heartbeatMs;
  }

  public boolean isHeartbeat() {
    return heartbeatMs != NO_HEARTBEAT;
  }

  /** The bytes that hold the value, and maybe more. */
  public byte[] array() {
    return array;
  }

  public int valueStart() {
    return start;
  }

  public int valueLength() {
    return length;
  }

  /** The value's bytes, not to be changed: the array itself if it holds no more, else a copy. */
  public byte[] value() {
    return start == 0 && length == array.length
        ? array
        : Arrays.copyOfRange(array, start, start + length);
  }

  @Override
  public String toString() {
    return "%s/%s/%s %s, %s bytes".formatted(topic, partition, offset, format, length);
  }
}
