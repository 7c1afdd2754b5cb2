package tidemark.serde.archive;

import java.util.ArrayList;
import java.util.List;
import tidemark.serde.archive.ArchiveBlock.Kind;

/**
 * What stands at the end of a file: all that is needed to choose blocks. Some 150 bytes in memory
 * for each block.
 *
 * @param partitions by their numbers
 * @param blocks in the order of the file
 */
record ArchiveIndex(List<PartitionSummary> partitions, List<ArchiveBlock> blocks) {
  ArchiveIndex {
    partitions = List.copyOf(partitions);
    blocks = List.copyOf(blocks);
  }

  /**
   * Reads an index.
   *
   * @param end where the index begins in its file, and so the last block must end
   */
  static ArchiveIndex read(ByteInput in, long end) throws DamagedArchiveException {
    List<PartitionSummary> partitions = new ArrayList<>();
    for (int i = in.getCount(ArchiveFormat.MAX_PARTITIONS); i > 0; i--) {
      partitions.add(readPartition(in));
    }
    List<String> orgs = new ArrayList<>();
    for (int i = in.getCount(in.remaining()); i > 0; i--) {
      orgs.add(in.getText());
    }
    List<ArchiveBlock> blocks = new ArrayList<>();
    long[] records = new long[partitions.size()];
    long position = ArchiveFormat.HEADER_BYTES;
    int segment = -1;
    for (int i = in.getCount(in.remaining()); i > 0; i--) {
      int flags = in.get();
      segment += (flags & ArchiveFormat.FLAG_FIRST_OF_SEGMENT) != 0 ? 1 : 0;
      if ((flags & ~(ArchiveFormat.FLAG_HEARTBEATS | ArchiveFormat.FLAG_FIRST_OF_SEGMENT)) != 0
          || segment < 0) {
        throw in.damaged("found flags %d, wanted 0 to 3, and 2 first".formatted(flags));
      }
      Kind kind = (flags & ArchiveFormat.FLAG_HEARTBEATS) != 0 ? Kind.HEARTBEATS : Kind.POINTS;
      int partition = in.getCount(partitions.size() - 1L);
      String org = orgs.get(in.getCount(orgs.size() - 1L));
      ArchiveBlock block =
          readBlock(in, segment, partition, partitions.get(partition), org, kind, position);
      records[partition] += block.records();
      position = block.end();
      if (position > end) {
        throw in.damaged("found a block up to %d, wanted none beyond %d".formatted(position, end));
      }
      blocks.add(block);
    }
    in.requireEnd();
    if (position != end) {
      throw in.damaged("found blocks up to %d, wanted up to %d".formatted(position, end));
    }
    for (int i = 0; i < records.length; i++) {
      if (records[i] != partitions.get(i).records()) {
        throw in.damaged(
            "found %d records of %s/%d in blocks, wanted %d"
                .formatted(
                    records[i],
                    partitions.get(i).topic(),
                    partitions.get(i).partition(),
                    partitions.get(i).records()));
      }
    }
    return new ArchiveIndex(partitions, blocks);
  }

  private static PartitionSummary readPartition(ByteInput in) throws DamagedArchiveException {
    String topic = in.getText();
    int partition = in.getCount(ArchiveFormat.MAX_PARTITIONS);
    long from = in.getLong();
    long to = in.getLong();
    long records = in.getLong();
    long payloadBytes = in.getLong();
    long checksum = in.getLong();
    try {
      return new PartitionSummary(topic, partition, from, to, records, payloadBytes, checksum);
    } catch (IllegalArgumentException e) {
      throw in.damaged(e.getMessage());
    }
  }

  private static ArchiveBlock readBlock(
      ByteInput in,
      int segment,
      int partitionNumber,
      PartitionSummary partition,
      String org,
      Kind kind,
      long position)
      throws DamagedArchiveException {
    int packedBytes = in.getCount(2L * ArchiveFormat.MAX_UNPACKED_BYTES);
    int unpackedBytes = in.getCount(ArchiveFormat.MAX_UNPACKED_BYTES);
    int records = in.getCount(unpackedBytes);
    long firstOffset = in.getVarint();
    long lastOffset = firstOffset + in.getVarint();
    long earliestMs = in.getLong();
    long latestMs = in.getLong();
    if (firstOffset < partition.from()
        || lastOffset < firstOffset
        || lastOffset >= partition.to()
        || records < 1
        || !(earliestMs <= latestMs)) {
      throw in.damaged(
          "found a block of %d records of offsets %d to %d and times %d to %d"
                  .formatted(records, firstOffset, lastOffset, earliestMs, latestMs)
              + ", wanted at least 1 within %d to %d".formatted(partition.from(), partition.to()));
    }
    return new ArchiveBlock(
        segment,
        partitionNumber,
        partition.topic(),
        partition.partition(),
        org,
        kind,
        position,
        packedBytes,
        unpackedBytes,
        records,
        firstOffset,
        lastOffset,
        earliestMs,
        latestMs);
  }
}
