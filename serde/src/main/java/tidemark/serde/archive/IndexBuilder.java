package tidemark.serde.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the index of a file while its blocks are written: some 40 bytes for each block, and the
 * name of each org once, stay in memory until the file ends. Not thread-safe.
 */
final class IndexBuilder {
  private static final int KEPT_BYTES = 1 << 20;

  private final Map<String, Integer> orgNumbers = new HashMap<>();
  private final List<String> orgs = new ArrayList<>();
  private final ByteOutput blocks = new ByteOutput();
  private int blockCount;
  private int segment = -1;
  private long orgBytes;

  void clear() {
    orgNumbers.clear();
    orgs.clear();
    blocks.clear(KEPT_BYTES);
    blockCount = 0;
    segment = -1;
    orgBytes = 0;
  }

  /** Number of an org that the file has already, or -1. */
  int numberOf(String org) {
    Integer number = orgNumbers.get(org);
    return number == null ? -1 : number;
  }

  /** Numbers an org that the file has not had so far. */
  int add(String org) {
    int number = orgs.size();
    orgNumbers.put(org, number);
    orgs.add(org);
    orgBytes += 1L + org.length();
    return number;
  }

  String org(int number) {
    return orgs.get(number);
  }

  /** Adds a block that stands where the one before ends. */
  void add(ArchiveBlock block, int orgNumber) {
    int flags = block.kind() == ArchiveBlock.Kind.HEARTBEATS ? ArchiveFormat.FLAG_HEARTBEATS : 0;
    if (block.segment() != segment) {
      segment = block.segment();
      flags |= ArchiveFormat.FLAG_FIRST_OF_SEGMENT;
    }
    blocks.put(flags);
    blocks.putVarint(block.partitionNumber());
    blocks.putVarint(orgNumber);
    blocks.putVarint(block.packedBytes());
    blocks.putVarint(block.unpackedBytes());
    blocks.putVarint(block.records());
    blocks.putVarint(block.firstOffset());
    blocks.putVarint(block.lastOffset() - block.firstOffset());
    blocks.putLong(block.earliestMs());
    blocks.putLong(block.latestMs());
    blockCount++;
  }

  /** About how many bytes the index has so far, unpacked. */
  long bytes() {
    return blocks.length() + orgBytes;
  }

  /** Writes the index, unpacked. */
  void putTo(ByteOutput out, Collection<PartitionSummary> partitions) {
    out.putVarint(partitions.size());
    for (PartitionSummary partition : partitions) {
      out.putText(partition.topic().getBytes(StandardCharsets.UTF_8));
      out.putVarint(partition.partition());
      out.putLong(partition.from());
      out.putLong(partition.to());
      out.putLong(partition.records());
      out.putLong(partition.payloadBytes());
      out.putLong(partition.checksum());
    }
    out.putVarint(orgs.size());
    for (String org : orgs) {
      out.putText(org.getBytes(StandardCharsets.UTF_8));
    }
    out.putVarint(blockCount);
    out.put(blocks);
  }
}
