package tidemark.operators.replay;

import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;
import tidemark.operators.IntakeRecord;

/**
 * What is left to read of one Kafka partition, and how far it is in the first of it.
 *
 * <p>Bound: some 150 bytes for each range in memory; in a checkpoint what is left, each file's name
 * without what it shares with the name before.
 *
 * @param ranges by their offsets; those that were read are not among them any more
 * @param block of those chosen of the first range's file, which holds the next record
 * @param recordsPassed records of that block that were read, those not wanted among them
 * @param heartbeatMs newest heartbeat that was read; {@link IntakeRecord#NO_HEARTBEAT} before
 */
public record ArchiveSplit(
    String topic, int partition, List<Range> ranges, int block, int recordsPassed, long heartbeatMs)
    implements SourceSplit {

  /**
   * Offsets of the partition that stand in one file.
   *
   * @param file location
   * @param fileBytes its length
   * @param from first offset that is wanted
   * @param to offset behind the last
   * @param weight what reading it costs by comparison: bytes of the records' payloads
   */
  public record Range(String file, long fileBytes, long from, long to, long weight) {
    public Range {
      if (from < 0 || to <= from || weight < 0) {
        throw new IllegalArgumentException(
            "a range of %s must begin at 0 or above and hold an offset, got %d to %d of weight %d"
                .formatted(file, from, to, weight));
      }
    }
  }

  public ArchiveSplit {
    ranges = List.copyOf(ranges);
    if (block < 0 || recordsPassed < 0) {
      throw new IllegalArgumentException(
          "a place in a file must be 0 or above, got block %d, record %d"
              .formatted(block, recordsPassed));
    }
  }

  /** All of a partition. */
  public static ArchiveSplit of(String topic, int partition, List<Range> ranges) {
    return new ArchiveSplit(topic, partition, ranges, 0, 0, IntakeRecord.NO_HEARTBEAT);
  }

  @Override
  public String splitId() {
    return topic + "/" + partition;
  }

  /** Of all that is left, the first range as a whole. */
  public long weight() {
    return ranges.stream().mapToLong(Range::weight).sum();
  }
}
