package tidemark.serde.archive;

import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * Reads an archive file. Opening costs two requests, three if the index is long, one if the file is
 * short; reading then fetches chosen blocks only. Not thread-safe.
 */
public final class ArchiveReader implements Closeable {
  /** What is fetched of a file's end at once, in the hope that the index is in it. */
  static final int TAIL_BYTES = 64 << 10;

  private final SeekableInput input;
  private final ReadBuffers buffers;
  private final ArchiveIndex index;

  private ArchiveReader(SeekableInput input, ReadBuffers buffers, ArchiveIndex index) {
    this.input = input;
    this.buffers = buffers;
    this.index = index;
  }

  /**
   * Reads header, footer and index.
   *
   * @param input closed with the reader, or if this fails
   * @param buffers may serve other readers, one at a time; left open
   * @throws DamagedArchiveException if the file is cut, changed or no archive file
   */
  public static ArchiveReader open(SeekableInput input, ReadBuffers buffers) throws IOException {
    try {
      return new ArchiveReader(input, buffers, readIndex(input, buffers));
    } catch (IOException | RuntimeException e) {
      try {
        input.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static ArchiveIndex readIndex(SeekableInput input, ReadBuffers buffers)
      throws IOException {
    String location = input.location();
    long size = input.size();
    int least = ArchiveFormat.HEADER_BYTES + ArchiveFormat.FOOTER_BYTES;
    if (size < least) {
      throw new DamagedArchiveException(
          location, size, "found %d bytes, wanted at least %d".formatted(size, least));
    }
    int tailLength = (int) Math.min(size, TAIL_BYTES);
    byte[] tail = read(input, size - tailLength, tailLength);
    byte[] head = size == tailLength ? tail : read(input, 0, ArchiveFormat.HEADER_BYTES);
    ByteInput in = new ByteInput();
    in.wrap(head, 0, ArchiveFormat.HEADER_BYTES, location, 0, "the header");
    FileFrame.checkHeader(in);

    int footerStart = tailLength - ArchiveFormat.FOOTER_BYTES;
    long footerPosition = size - ArchiveFormat.FOOTER_BYTES;
    in.wrap(tail, footerStart, tailLength, location, footerPosition, "the footer");
    FileFrame frame = FileFrame.readFooter(in, footerPosition);
    boolean isInTail = frame.packedBytes() <= footerStart;
    byte[] packed = isInTail ? tail : read(input, frame.indexPosition(), frame.packedBytes());
    int start = isInTail ? footerStart - frame.packedBytes() : 0;
    frame.checkIndex(buffers.crc(), packed, start, tail, footerStart, location);

    int length = frame.unpackedBytes();
    byte[] index = new byte[length];
    buffers.unpack(packed, start, frame.packedBytes(), index, length, input, frame.indexPosition());
    in.wrap(index, 0, length, location, frame.indexPosition(), "the index unpacked");
    return ArchiveIndex.read(in, frame.indexPosition());
  }

  private static byte[] read(SeekableInput input, long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    input.readFully(position, bytes, 0, length);
    return bytes;
  }

  /** What the file has of each partition, as its writer returned it. */
  public List<PartitionSummary> summaries() {
    return index.partitions();
  }

  /** The blocks that a filter chooses, in the order in which {@link #read} reads them. */
  public List<ArchiveBlock> blocks(ArchiveFilter filter) {
    return index.blocks().stream()
        .filter(filter::chooses)
        .sorted(
            Comparator.comparingInt(ArchiveBlock::partitionNumber)
                .thenComparingLong(ArchiveBlock::position))
        .toList();
  }

  /**
   * The records that a filter wants. Only one cursor of the same buffers can be used at a time: the
   * one before is not valid any more.
   */
  public RecordCursor read(ArchiveFilter filter) {
    return new RecordCursor(input, buffers, filter, blocks(filter));
  }

  /**
   * Summary of a range of offsets, computed from the records by reading them all.
   *
   * @param from within the file's range of the partition
   * @param to likewise, exclusive
   */
  public PartitionSummary summarize(String topic, int partition, long from, long to)
      throws IOException {
    PartitionSummary whole =
        index.partitions().stream()
            .filter(one -> one.topic().equals(topic) && one.partition() == partition)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s has nothing of %s/%d".formatted(input.location(), topic, partition)));
    if (from < whole.from() || to > whole.to() || to < from) {
      throw new IllegalArgumentException(
          "a range of %s/%d must be within %d to %d, got %d to %d"
              .formatted(topic, partition, whole.from(), whole.to(), from, to));
    }
    RecordHash hash = new RecordHash();
    long records = 0;
    long payloadBytes = 0;
    long checksum = 0;
    RecordCursor cursor = read(ArchiveFilter.all().partition(topic, partition, from, to));
    while (cursor.next()) {
      records++;
      payloadBytes += cursor.payloadLength();
      checksum += cursor.hash(hash);
    }
    return new PartitionSummary(topic, partition, from, to, records, payloadBytes, checksum);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
