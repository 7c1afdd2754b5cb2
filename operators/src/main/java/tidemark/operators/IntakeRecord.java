package tidemark.operators;

import tidemark.serde.wire.Heartbeat;

/**
 * One Kafka record as it was read.
 *
 * <p>A plain class and not a record: its bytes are shared, not copied, because this is the hot
 * path.
 */
public final class IntakeRecord {
  /** {@link #heartbeatMs} of a record that is no heartbeat. */
  public static final long NO_HEARTBEAT = Long.MIN_VALUE;

  /** {@link #heartbeatMs} of a heartbeat that is not readable or claims the future. */
  public static final long BAD_HEARTBEAT = Long.MIN_VALUE + 1;

  // Intake and broker are different machines: a heartbeat may be that far ahead of its record's
  // time.
  private static final long MAX_HEARTBEAT_LEAD_MS = 60_000;

  private final String topic;
  private final int partition;
  private final long offset;
  private final long brokerTimeMs;
  private final String format;
  private final String org;
  private final long heartbeatMs;
  private final byte[] value;

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
    this.value = value;
  }

  /**
   * What a heartbeat vouches for, epoch ms, or {@link #BAD_HEARTBEAT}.
   *
   * @param value bytes of the record
   * @param brokerTimeMs of the record: the heartbeat may be little ahead of it only
   */
  public static long heartbeatOf(byte[] value, long brokerTimeMs) {
    long heartbeatMs = Heartbeat.parse(value);
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

  public byte[] value() {
    return value;
  }

  @Override
  public String toString() {
    return "%s/%s/%s %s, %s bytes".formatted(topic, partition, offset, format, value.length);
  }
}
