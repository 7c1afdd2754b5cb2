package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is asked of the file, and where in it. */
class ArchiveRequestsTest {
  private static final int MIB = 1 << 20;

  /** Noise, so that a block's packed bytes are its records' bytes. */
  private static List<Entry> noise(int partitions, int recordsEach, int bytesEach, String... orgs) {
    Random random = new Random(11);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < partitions * recordsEach; i++) {
      byte[] value = new byte[bytesEach];
      random.nextBytes(value);
      ArchivedRecord record =
          new ArchivedRecord("t", i % partitions, i, 0, 0, null, List.of(), value);
      entries.add(Entry.of(record, orgs[i / partitions % orgs.length], i, i));
    }
    return entries;
  }

  private static List<MemoryFile.Request> requests(byte[] bytes, ArchiveFilter filter)
      throws IOException {
    MemoryFile file = new MemoryFile(bytes);
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(file, buffers)) {
      file.requests().clear();
      RecordCursor cursor = reader.read(filter);
      while (cursor.next()) {
        assertThat(filter.chooses(cursor.blocks().get(cursor.block()))).isTrue();
      }
      return file.requests();
    }
  }

  @Test
  void aShortFileIsOpenedWithOneRequestAndALongOneWithTwo() throws IOException {
    byte[] shortFile = Archives.write(ArchiveLimits.DEFAULT, noise(1, 3, 100, "a")).bytes();
    byte[] longFile = Archives.write(ArchiveLimits.DEFAULT, noise(1, 3, 100_000, "a")).bytes();
    List<Entry> anyTimes = new ArrayList<>();
    Random random = new Random(12);
    for (Entry entry : noise(1, 9_000, 1, "a", "b")) {
      long timeMs = random.nextLong();
      anyTimes.add(Entry.of(entry.record(), entry.org(), timeMs, timeMs));
    }
    byte[] longIndex = Archives.write(new ArchiveLimits(1, 1, 1), anyTimes).bytes();
    assertThat(requestsOfOpening(shortFile)).isEqualTo(1);
    assertThat(requestsOfOpening(longFile)).isEqualTo(2);
    assertThat(requestsOfOpening(longIndex)).isEqualTo(3);
  }

  private static int requestsOfOpening(byte[] bytes) throws IOException {
    MemoryFile file = new MemoryFile(bytes);
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(file, buffers)) {
      assertThat(reader.summaries()).hasSize(1);
      return file.requests().size();
    }
  }

  @Test
  void blocksSideBySideAreFetchedTogetherUpToTheLimit() throws IOException {
    ArchiveLimits limits = new ArchiveLimits(64 * MIB, MIB, 1);
    byte[] file = Archives.write(limits, noise(1, 40, MIB / 2, "a")).bytes();
    List<MemoryFile.Request> requests = requests(file, ArchiveFilter.all());
    assertThat(requests).hasSize(3); // 20 MB
    assertThat(requests)
        .allSatisfy(r -> assertThat(r.length()).isLessThanOrEqualTo(BlockSource.MAX_RANGE_BYTES));
    assertThat(requests.stream().mapToLong(MemoryFile.Request::length).sum())
        .isEqualTo(file.length - 8 - indexAndFooter(file));
  }

  private static long indexAndFooter(byte[] file) throws IOException {
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      List<ArchiveBlock> blocks = reader.blocks(ArchiveFilter.all());
      return file.length - blocks.get(blocks.size() - 1).end();
    }
  }

  /** Org b stands between a and c: a short b is read through, a long one is not. */
  @Test
  void aShortGapIsReadThroughAndALongOneIsNot() throws IOException {
    ArchiveFilter aAndC = ArchiveFilter.all().orgs(Set.of("a", "c"));
    byte[] shortGaps =
        Archives.write(ArchiveLimits.DEFAULT, noise(1, 30, 10_000, "a", "b", "c")).bytes();
    byte[] longGaps =
        Archives.write(ArchiveLimits.DEFAULT, noise(1, 30, 20_000, "a", "b", "c")).bytes();
    assertThat(requests(shortGaps, aAndC)).hasSize(1);
    List<MemoryFile.Request> two = requests(longGaps, aAndC);
    assertThat(two).hasSize(2);
    assertThat(two.stream().mapToInt(MemoryFile.Request::length).sum()).isBetween(400_000, 410_000);
  }

  @Test
  void aRecordLongerThanARangeIsReadAlone() throws IOException {
    byte[] file = Archives.write(ArchiveLimits.DEFAULT, noise(1, 2, 9 * MIB, "a")).bytes();
    assertThat(requests(file, ArchiveFilter.all()))
        .hasSize(2)
        .allSatisfy(r -> assertThat(r.length()).isBetween(9 * MIB, 9 * MIB + 10_000));
  }

  @Test
  void oneHourOfOneOrgReadsLittleOfTheFile() throws IOException {
    ArchiveLimits limits = new ArchiveLimits(MIB, MIB, 1);
    byte[] file = Archives.write(limits, noise(4, 400, 5_000, "a", "b", "c", "d")).bytes();
    long read =
        requests(file, ArchiveFilter.all().orgs(Set.of("b")).times(800, 900)).stream()
            .mapToLong(MemoryFile.Request::length)
            .sum();
    assertThat(read).isBetween(100L, file.length / 10L);
  }

  @Test
  void aCursorIsNotUsedOnceAnotherOneIsOpen() throws IOException {
    byte[] file = Archives.write(ArchiveLimits.DEFAULT, noise(1, 3, 100, "a")).bytes();
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      RecordCursor first = reader.read(ArchiveFilter.all());
      assertThat(first.next()).isTrue();
      RecordCursor second = reader.read(ArchiveFilter.all());
      assertThatThrownBy(first::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("another cursor of the same buffers was opened since");
      assertThat(second.next()).isTrue();
      assertThatThrownBy(() -> second.seek(1, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no block 1 with 0 records was chosen of memory.tma");
    }
  }

  /** A real block before and behind 3 GB of others, of which only the index tells. */
  @Test
  void positionsGoBeyondTwoGigabytes() throws IOException {
    SparseFile file = new SparseFile();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    ByteOutput header = new ByteOutput();
    FileFrame.putHeader(header);
    head.write(header.array(), 0, header.length());
    file.put(0, head.toByteArray());
    IndexBuilder index = new IndexBuilder();
    int org = index.add("a");
    ArchivedRecord first = Archives.record(new Random(1), "t", 0, 5);
    ArchivedRecord last = Archives.record(new Random(2), "t", 0, 9_000);
    long position = putBlock(file, ArchiveFormat.HEADER_BYTES, first, 0, index, org);
    for (int i = 0; i < 12; i++) {
      ArchiveBlock hole = hole(position, 100 + i, i + 1);
      index.add(hole, org);
      position = hole.end();
    }
    assertThat(position).isGreaterThan(3L << 30);
    position = putBlock(file, position, last, 13, index, org);
    putEnd(file, position, index, new PartitionSummary("t", 0, 5, 9_001, 14, 0, 0));

    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(file, buffers)) {
      RecordCursor cursor =
          reader.read(ArchiveFilter.all().partition("t", 0, 1_000, Long.MAX_VALUE));
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.record()).isEqualTo(last);
      assertThat(cursor.next()).isFalse();
      cursor = reader.read(ArchiveFilter.all().partition("t", 0, 0, 50));
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.record()).isEqualTo(first);
      assertThat(cursor.next()).isFalse();
    }
  }

  private static ArchiveBlock hole(long position, long offset, int segment) {
    return new ArchiveBlock(
        segment,
        0,
        "t",
        0,
        "a",
        ArchiveBlock.Kind.POINTS,
        position,
        (1 << 28) + 5,
        1 << 28,
        1,
        offset,
        offset,
        0,
        0);
  }

  private static long putBlock(
      SparseFile file,
      long position,
      ArchivedRecord record,
      int segment,
      IndexBuilder index,
      int org)
      throws IOException {
    PayloadBuffer payload = new PayloadBuffer();
    record.putTo(payload);
    SegmentBuffer buffer = new SegmentBuffer(1);
    long at =
        buffer.add(record.offset(), record.timestampMs(), 0, 0, payload.array(), payload.length());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BlockEncoder encoder = new BlockEncoder(ArchiveLimits.DEFAULT)) {
      encoder.add(buffer, at);
      PartitionProgress partition = new PartitionProgress("t", 0, 0, 0);
      FileOutput counted = new FileOutput(out, position);
      ArchiveBlock block =
          encoder.write(segment, partition, "a", ArchiveBlock.Kind.POINTS, counted);
      assertThat(block.position()).isEqualTo(position);
      assertThat(block.end()).isEqualTo(position + out.size()).isEqualTo(counted.position());
      index.add(block, org);
    }
    file.put(position, out.toByteArray());
    return position + out.size();
  }

  private static void putEnd(
      SparseFile file, long position, IndexBuilder index, PartitionSummary summary) {
    ByteOutput unpacked = new ByteOutput();
    ByteOutput packed = new ByteOutput();
    ByteOutput footer = new ByteOutput();
    index.putTo(unpacked, List.of(summary));
    try (BlockEncoder encoder = new BlockEncoder(ArchiveLimits.DEFAULT)) {
      encoder.pack(unpacked, packed);
    }
    FileFrame.putFooter(position, packed, unpacked.length(), footer);
    packed.put(footer);
    file.put(position, Arrays.copyOf(packed.array(), packed.length()));
  }

  /** Pieces of a file, with whatever the array had in between. */
  private static final class SparseFile implements SeekableInput {
    private final Map<Long, byte[]> pieces = new TreeMap<>();
    private long size;

    void put(long position, byte[] bytes) {
      pieces.put(position, bytes);
      size = Math.max(size, position + bytes.length);
    }

    @Override
    public String location() {
      return "sparse.tma";
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void readFully(long position, byte[] into, int start, int length) throws IOException {
      boolean isThere = false;
      for (Map.Entry<Long, byte[]> piece : pieces.entrySet()) {
        long from = Math.max(position, piece.getKey());
        long to = Math.min(position + length, piece.getKey() + piece.getValue().length);
        if (from < to) {
          int at = (int) (from - piece.getKey());
          System.arraycopy(
              piece.getValue(), at, into, start + (int) (from - position), (int) (to - from));
          isThere = true;
        }
      }
      if (!isThere) {
        throw new EOFException("nothing at %d".formatted(position));
      }
    }

    @Override
    public void close() {}
  }
}
