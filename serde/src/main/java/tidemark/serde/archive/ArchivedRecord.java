package tidemark.serde.archive;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One Kafka record as the archive holds it, by itself: for tools and tests. The cursor shows it
 * without making objects.
 *
 * @param timestampMs as the broker keeps it
 * @param timestampType Kafka's number: -1 none, 0 create time, 1 log append time
 * @param key null if it has none; not to be changed
 * @param value null for a tombstone; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // written equals and hashCode; nobody changes the bytes
public record ArchivedRecord(
    String topic,
    int partition,
    long offset,
    long timestampMs,
    int timestampType,
    byte[] key,
    List<Header> headers,
    byte[] value) {

  /**
   * A header; a record may have several of one key.
   *
   * @param value null if it has none; not to be changed
   */
  public record Header(String key, byte[] value) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Header that
          && key.equals(that.key)
          && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return key + "=" + Arrays.toString(value);
    }
  }

  public ArchivedRecord {
    headers = List.copyOf(headers);
  }

  /** Puts it into the buffer as a payload. */
  public void putTo(PayloadBuffer payload) {
    payload.begin(timestampType, key);
    for (Header header : headers) {
      payload.header(header.key(), header.value());
    }
    payload.end(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArchivedRecord that
        && topic.equals(that.topic)
        && partition == that.partition
        && offset == that.offset
        && timestampMs == that.timestampMs
        && timestampType == that.timestampType
        && Arrays.equals(key, that.key)
        && headers.equals(that.headers)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(topic, partition, offset, timestampMs);
  }

  @Override
  public String toString() {
    return "%s/%d/%d at %d (%d), key %s, headers %s, value %s"
        .formatted(
            topic,
            partition,
            offset,
            timestampMs,
            timestampType,
            Arrays.toString(key),
            headers,
            Arrays.toString(value));
  }
}
