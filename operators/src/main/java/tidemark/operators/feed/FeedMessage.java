package tidemark.operators.feed;

/**
 * One record of the feed and where it goes.
 *
 * <p>A plain class and not a record: its bytes are shared, not copied.
 */
public final class FeedMessage {
  private final int partition;
  private final byte[] bytes;

  /**
   * @param partition of the feed's topic
   * @param bytes a {@link tidemark.serde.feed.FeedRecord}
   */
  public FeedMessage(int partition, byte[] bytes) {
    this.partition = partition;
    this.bytes = bytes;
  }

  public int partition() {
    return partition;
  }

  public byte[] bytes() {
    return bytes;
  }
}
