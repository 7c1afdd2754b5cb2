package tidemark.serde.archive;

import java.nio.charset.StandardCharsets;

/**
 * Where a block stands in its file, and what is known of it without reading it.
 *
 * @param segment from 0
 * @param partitionNumber of topic and partition in the file
 * @param org empty for heartbeats and for records that name none or cannot be read
 * @param position in the file, of its header
 * @param packedBytes of its body in the file
 * @param unpackedBytes of its body
 * @param firstOffset of its first record
 * @param lastOffset of its last record
 * @param earliestMs of its points; {@link RecordFacts#ANY_EARLIEST_MS} if it may hold any
 * @param latestMs of its points; {@link RecordFacts#ANY_LATEST_MS} if it may hold any
 */
public record ArchiveBlock(
    int segment,
    int partitionNumber,
    String topic,
    int partition,
    String org,
    Kind kind,
    long position,
    int packedBytes,
    int unpackedBytes,
    int records,
    long firstOffset,
    long lastOffset,
    long earliestMs,
    long latestMs) {

  /** What kind of records it has; a block never has both. */
  public enum Kind {
    /** All records but heartbeats, whatever they hold. */
    POINTS,
    /** Heartbeats only. */
    HEARTBEATS
  }

  /** Bytes of its header. */
  int headerBytes() {
    return ArchiveFormat.BLOCK_HEADER_BYTES + org.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Where the next block, or the index, begins. */
  long end() {
    return position + headerBytes() + packedBytes;
  }

  /** Writes the header as {@code package-info} draws it, but for the CRC. */
  void putHeader(ByteOutput out) {
    byte[] orgBytes = org.getBytes(StandardCharsets.UTF_8);
    out.putInt(ArchiveFormat.BLOCK_MAGIC);
    out.putInt(packedBytes);
    out.putInt(unpackedBytes);
    out.putInt(records);
    out.putShort(partitionNumber);
    out.put(kind == Kind.HEARTBEATS ? ArchiveFormat.FLAG_HEARTBEATS : 0);
    out.putInt(segment);
    out.putLong(firstOffset);
    out.putLong(lastOffset);
    out.putLong(earliestMs);
    out.putLong(latestMs);
    out.putShort(orgBytes.length);
    out.put(orgBytes, 0, orgBytes.length);
  }
}
