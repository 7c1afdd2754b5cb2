package tidemark.operators;

/**
 * A record of which something was refused, for the dead-letter topic.
 *
 * <p>A plain class and not a record: its bytes are shared, not copied.
 */
public final class DeadLetter {
  private final String topic;
  private final int partition;
  private final long offset;
  private final String stage;
  private final String reasons;
  private final long refusedPoints;
  private final byte[] value;

  /**
   * @param stage {@code decode} if nothing of the record could be read, else {@code admit}
   * @param reasons one reason, or {@code reason:points} separated by commas
   * @param refusedPoints points refused; 0 if the record was not readable, so that nobody knows
   * @param value the record's bytes as they were
   */
  public DeadLetter(
      String topic,
      int partition,
      long offset,
      String stage,
      String reasons,
      long refusedPoints,
      byte[] value) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.stage = stage;
    this.reasons = reasons;
    this.refusedPoints = refusedPoints;
    this.value = value;
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

  public String stage() {
    return stage;
  }

  public String reasons() {
    return reasons;
  }

  public long refusedPoints() {
    return refusedPoints;
  }

  public byte[] value() {
    return value;
  }
}
