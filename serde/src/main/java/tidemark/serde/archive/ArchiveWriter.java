package tidemark.serde.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tidemark.serde.wire.SeriesKey;

/**
 * Writes archive files, one after the other: {@link #start}, {@link #append} for each record,
 * {@link #finish}. The format is drawn in {@code package-info}.
 *
 * <p>Memory, kept from file to file: the records of one segment (the limit, in pages of 256 kB, or
 * one record that is longer), at most six times the limit of a block while one is packed (or five
 * times a record that is longer), some 150 bytes for each partition of the file, some 60 for each
 * partition and org of the segment, and the index so far: some 40 bytes for each block written and
 * some 150 for each org. zstd holds some MB outside the heap until {@link #close}.
 *
 * <p>After an exception of the stream the file is lost; {@code start} begins another. Not
 * thread-safe. A record costs a copy of its payload, its hash, another copy and zstd; objects are
 * made for each block, not for each record, but for four short arrays of the hash.
 */
public final class ArchiveWriter implements AutoCloseable {
  /** Beyond this, {@link #finish} could not write the index any more. */
  private static final long MAX_INDEX_BYTES = ArchiveFormat.MAX_UNPACKED_BYTES / 2;

  private final ArchiveLimits limits;
  private final BlockEncoder blocks;
  private final SegmentBuffer segment;
  private final SegmentGroups groups = new SegmentGroups();
  private final IndexBuilder index = new IndexBuilder();
  private final RecordHash hash = new RecordHash();

  private final Map<String, PartitionProgress[]> partitionsOf = new HashMap<>();
  private final List<PartitionProgress> partitions = new ArrayList<>();
  private PartitionProgress lastPartition; // null before the first
  private FileOutput out; // null outside of a file
  private int segmentCount;

  public ArchiveWriter(ArchiveLimits limits) {
    this.limits = limits;
    blocks = new BlockEncoder(limits);
    segment = new SegmentBuffer(limits.segmentBytes());
  }

  /**
   * Begins a file; whatever there is of one before is forgotten.
   *
   * @param stream of an empty file; buffered by whoever gives it, who also closes it
   */
  public void start(OutputStream stream) throws IOException {
    segment.clear();
    groups.clear();
    index.clear();
    blocks.clear();
    partitionsOf.clear();
    partitions.clear();
    lastPartition = null;
    segmentCount = 0;
    out = null;
    FileOutput begun = new FileOutput(stream, 0);
    ByteOutput header = new ByteOutput();
    FileFrame.putHeader(header);
    begun.write(header);
    out = begun;
  }

  /**
   * Says where a partition's range begins, if offsets before its first record are to count as read.
   * Must come before that record.
   */
  public void begin(String topic, int partition, long from) {
    requireFile();
    if (find(topic, partition) != null) {
      throw new IllegalStateException("%s/%d has begun already".formatted(topic, partition));
    }
    add(topic, partition, from);
  }

  /**
   * Adds a record. What is handed over may be reused afterwards.
   *
   * @param offset above that of the partition's record before
   * @param timestampMs of the record as the broker keeps it
   */
  public void append(
      String topic,
      int partition,
      long offset,
      long timestampMs,
      PayloadBuffer payload,
      RecordFacts facts)
      throws IOException {
    requireFile();
    PartitionProgress progress = find(topic, partition);
    if (progress == null) {
      progress = add(topic, partition, offset);
    }
    progress.requireNext(offset);
    if (!(facts.earliestMs() <= facts.latestMs())) {
      throw new IllegalArgumentException(
          "the earliest point must not be later than the latest, got %d and %d"
              .formatted(facts.earliestMs(), facts.latestMs()));
    }
    boolean isHeartbeat = facts.isHeartbeat();
    int org = orgNumber(isHeartbeat ? "" : facts.org());
    byte[] bytes = payload.array();
    int length = payload.length();
    if (groups.count() > 0
        && segment.usedBytes() + SegmentBuffer.HEAD_BYTES + length > limits.segmentBytes()) {
      writeSegment();
    }
    long earliestMs = isHeartbeat ? RecordFacts.ANY_EARLIEST_MS : facts.earliestMs();
    long latestMs = isHeartbeat ? RecordFacts.ANY_LATEST_MS : facts.latestMs();
    long position = segment.add(offset, timestampMs, earliestMs, latestMs, bytes, length);
    ArchiveBlock.Kind kind = isHeartbeat ? ArchiveBlock.Kind.HEARTBEATS : ArchiveBlock.Kind.POINTS;
    long before = groups.append(SegmentGroups.key(progress.number(), org, kind), position);
    if (before != SegmentBuffer.NONE) {
      segment.link(before, position);
    }
    progress.add(offset, length, hash.of(offset, timestampMs, bytes, 0, length));
  }

  private void requireFile() {
    if (out == null) {
      throw new IllegalStateException("no archive file is open: start one");
    }
  }

  private PartitionProgress find(String topic, int partition) {
    if (lastPartition == null || !lastPartition.isOf(topic, partition)) {
      PartitionProgress[] ofTopic = partitionsOf.get(topic);
      PartitionProgress found =
          ofTopic == null || partition < 0 || partition >= ofTopic.length
              ? null
              : ofTopic[partition];
      if (found == null) {
        return null;
      }
      lastPartition = found;
    }
    return lastPartition;
  }

  private PartitionProgress add(String topic, int partition, long from) {
    if (partition < 0 || partition > ArchiveFormat.MAX_PARTITIONS || from < 0) {
      throw new IllegalArgumentException(
          "a partition must be 0 to %d and begin at 0 or above, got %s/%d at %d"
              .formatted(ArchiveFormat.MAX_PARTITIONS, topic, partition, from));
    }
    if (partitions.size() == ArchiveFormat.MAX_PARTITIONS) {
      throw new IllegalStateException(
          "a file must have at most %d partitions".formatted(ArchiveFormat.MAX_PARTITIONS));
    }
    PartitionProgress added = new PartitionProgress(topic, partition, partitions.size(), from);
    PartitionProgress[] ofTopic = partitionsOf.getOrDefault(topic, new PartitionProgress[0]);
    if (partition >= ofTopic.length) {
      ofTopic = Arrays.copyOf(ofTopic, partition + 1);
      partitionsOf.put(topic, ofTopic);
    }
    ofTopic[partition] = added;
    partitions.add(added);
    return added;
  }

  private int orgNumber(String org) {
    int number = index.numberOf(org);
    if (number >= 0) {
      return number;
    }
    if (!org.isEmpty() && !SeriesKey.isOrg(org)) {
      throw new IllegalArgumentException(
          "an org must have at most %d bytes of UTF-8, got %s"
              .formatted(SeriesKey.MAX_ORG_BYTES, org));
    }
    return index.add(org);
  }

  /** Bytes that {@link #append} has taken and not written yet. */
  public long bufferedBytes() {
    return segment.usedBytes();
  }

  /** Bytes of the file so far. */
  public long writtenBytes() {
    requireFile();
    return out.position();
  }

  /** Bytes of the index so far, unpacked; a file must be finished before they pass 128 MB. */
  public long indexBytes() {
    return index.bytes();
  }

  /** Bytes of all that grows with what is appended; what Java adds to them is not counted. */
  long capacityBytes() {
    return segment.capacityBytes() + blocks.capacityBytes() + index.bytes();
  }

  /** Writes what is buffered as a segment; nothing if there is nothing. */
  private void writeSegment() throws IOException {
    FileOutput file = out;
    out = null; // until all is written: half a segment is none
    int[] order =
        IntStream.range(0, groups.count())
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(
                        group -> SegmentGroups.partitionNumber(groups.key(group)))
                    .thenComparing(group -> SegmentGroups.kind(groups.key(group)))
                    .thenComparing(group -> index.org(SegmentGroups.orgNumber(groups.key(group)))))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int group : order) {
      long key = groups.key(group);
      for (long at = groups.first(group); at != SegmentBuffer.NONE; at = segment.next(at)) {
        if (blocks.isFullFor(segment.length(at))) {
          writeBlock(key, file);
        }
        blocks.add(segment, at);
      }
      writeBlock(key, file);
    }
    segment.clear();
    groups.clear();
    segmentCount++;
    if (index.bytes() > MAX_INDEX_BYTES) {
      throw new IllegalStateException(
          "the index of an archive file must have at most %d bytes, got %d: finish it earlier"
              .formatted(MAX_INDEX_BYTES, index.bytes()));
    }
    out = file;
  }

  private void writeBlock(long key, FileOutput file) throws IOException {
    int org = SegmentGroups.orgNumber(key);
    ArchiveBlock block =
        blocks.write(
            segmentCount,
            partitions.get(SegmentGroups.partitionNumber(key)),
            index.org(org),
            SegmentGroups.kind(key),
            file);
    index.add(block, org);
  }

  /**
   * Writes what is buffered, the index and the footer. The stream is neither flushed nor closed.
   *
   * @return what the file has of each partition, in the order in which they came first
   */
  public List<PartitionSummary> finish() throws IOException {
    requireFile();
    if (groups.count() > 0) {
      writeSegment();
    }
    FileOutput file = out;
    out = null;
    List<PartitionSummary> summaries = partitions.stream().map(PartitionProgress::summary).toList();
    ByteOutput unpacked = new ByteOutput();
    ByteOutput packed = new ByteOutput();
    index.putTo(unpacked, summaries);
    blocks.pack(unpacked, packed);
    ByteOutput footer = new ByteOutput();
    FileFrame.putFooter(file.position(), packed, unpacked.length(), footer);
    file.write(packed);
    file.write(footer);
    return summaries;
  }

  /** Frees the memory outside the heap; a file that was not finished is lost. */
  @Override
  public void close() {
    out = null;
    blocks.close();
  }
}
