package tidemark.serde.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * Puts records together to one block after the other and writes them. Its arrays are reused and
 * hold a block unpacked and packed; it has memory outside the heap until it is closed. Not
 * thread-safe.
 */
final class BlockEncoder implements AutoCloseable {
  /** Room behind the limit that an array may keep: doubling makes no more of it. */
  private static final int KEPT_FACTOR = 2;

  private final ArchiveLimits limits;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final CRC32C crc = new CRC32C();
  private final ByteOutput body = new ByteOutput();
  private final ByteOutput packed = new ByteOutput();
  private final ByteOutput header = new ByteOutput();

  private int records;
  private long firstOffset;
  private long lastOffset;
  private long lastTimestampMs;
  private long earliestMs;
  private long latestMs;

  BlockEncoder(ArchiveLimits limits) {
    this.limits = limits;
    zstd.setLevel(limits.zstdLevel());
  }

  boolean isEmpty() {
    return records == 0;
  }

  /** Whether a payload of that length would make the block longer than the limit. */
  boolean isFullFor(int length) {
    return records > 0
        && (long) body.length() + ArchiveFormat.MAX_RECORD_HEAD_BYTES + length
            > limits.blockBytes();
  }

  /** Adds the record at that position; its offset must be above the last one's. */
  void add(SegmentBuffer segment, long position) {
    long offset = segment.offset(position);
    long timestampMs = segment.timestampMs(position);
    if (records == 0) {
      firstOffset = offset;
      lastOffset = offset;
      lastTimestampMs = 0;
      earliestMs = Long.MAX_VALUE;
      latestMs = Long.MIN_VALUE;
    }
    body.putVarint(offset - lastOffset);
    body.putZigzag(timestampMs - lastTimestampMs);
    body.putVarint(segment.length(position));
    segment.copyPayload(position, body);
    lastOffset = offset;
    lastTimestampMs = timestampMs;
    earliestMs = Math.min(earliestMs, segment.earliestMs(position));
    latestMs = Math.max(latestMs, segment.latestMs(position));
    records++;
  }

  /** Writes the records added as a block at that position of the file, and goes on empty. */
  ArchiveBlock write(
      int segment, PartitionProgress partition, String org, ArchiveBlock.Kind kind, FileOutput out)
      throws IOException {
    pack(body, packed);
    ArchiveBlock block =
        new ArchiveBlock(
            segment,
            partition.number(),
            partition.topic(),
            partition.partition(),
            org,
            kind,
            out.position(),
            packed.length(),
            body.length(),
            records,
            firstOffset,
            lastOffset,
            earliestMs,
            latestMs);
    header.clear();
    block.putHeader(header);
    crc.reset();
    crc.update(header.array(), 0, header.length());
    crc.update(packed.array(), 0, packed.length());
    header.putInt((int) crc.getValue());
    out.write(header);
    out.write(packed);
    clear();
    return block;
  }

  /** Compresses an index or a body. */
  void pack(ByteOutput unpacked, ByteOutput into) {
    into.clear();
    int bound = Math.toIntExact(Zstd.compressBound(unpacked.length()));
    byte[] target = into.reserve(bound);
    into.setLength(
        zstd.compressByteArray(target, 0, bound, unpacked.array(), 0, unpacked.length()));
  }

  /** Forgets the records added. */
  void clear() {
    records = 0;
    int kept = (int) Math.min(Integer.MAX_VALUE, (long) KEPT_FACTOR * limits.blockBytes() + 1024);
    body.clear(kept);
    packed.clear(kept);
  }

  /** Bytes of its arrays. */
  long capacityBytes() {
    return (long) body.capacity() + packed.capacity() + header.capacity();
  }

  @Override
  public void close() {
    zstd.close();
  }
}
