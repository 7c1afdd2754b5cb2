package tidemark.serde.archive;

/**
 * What proves that a range of a partition's offsets is whole, wherever its records stand.
 *
 * @param from first offset of the range
 * @param to offset behind the range
 * @param records in the range; offsets without one (Kafka's markers, compaction) are not among them
 * @param payloadBytes of all of them
 * @param checksum as {@code package-info} defines it
 */
public record PartitionSummary(
    String topic,
    int partition,
    long from,
    long to,
    long records,
    long payloadBytes,
    long checksum) {

  public PartitionSummary {
    if (partition < 0 || from < 0 || to < from) {
      throw new IllegalArgumentException(
          "a range of offsets must begin at 0 or above and not end before it begins, got %s/%d"
                  .formatted(topic, partition)
              + " from %d to %d".formatted(from, to));
    }
    if (records < 0 || records > to - from || payloadBytes < 0) {
      throw new IllegalArgumentException(
          "offsets %d to %d must have 0 to %d records, got %d of %d bytes"
              .formatted(from, to, to - from, records, payloadBytes));
    }
  }

  /** The summary of this range and the one that begins where it ends. */
  public PartitionSummary join(PartitionSummary next) {
    if (!next.topic.equals(topic) || next.partition != partition || next.from != to) {
      throw new IllegalArgumentException(
          "what follows %s/%d up to %d must begin there, got %s/%d from %d"
              .formatted(topic, partition, to, next.topic, next.partition, next.from));
    }
    return new PartitionSummary(
        topic,
        partition,
        from,
        next.to,
        Math.addExact(records, next.records),
        Math.addExact(payloadBytes, next.payloadBytes),
        checksum + next.checksum);
  }
}
