package tidemark.serde.archive;

/** How far a writer is with one partition of the present file. Mutable; not thread-safe. */
final class PartitionProgress {
  private final String topic;
  private final int partition;
  private final int number;
  private final long from;
  private long next;
  private long records;
  private long payloadBytes;
  private long checksum;

  /**
   * @param number of the partition in the file
   * @param from where its range begins
   */
  PartitionProgress(String topic, int partition, int number, long from) {
    this.topic = topic;
    this.partition = partition;
    this.number = number;
    this.from = from;
    this.next = from;
  }

  String topic() {
    return topic;
  }

  int partition() {
    return partition;
  }

  int number() {
    return number;
  }

  boolean isOf(String otherTopic, int otherPartition) {
    return partition == otherPartition && topic.equals(otherTopic);
  }

  void requireNext(long offset) {
    if (offset < next || offset == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the next offset of %s/%d must be at least %d, got %d: records come in order, each once"
              .formatted(topic, partition, next, offset));
    }
  }

  void add(long offset, int length, long hash) {
    next = offset + 1;
    records++;
    payloadBytes += length;
    checksum += hash;
  }

  PartitionSummary summary() {
    return new PartitionSummary(topic, partition, from, next, records, payloadBytes, checksum);
  }
}
