package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchiveDamageTest {
  private static final ArchiveLimits SMALL = new ArchiveLimits(3_000, 700, 1);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 5);
  }

  /** Every byte of a file, one bit or all of it: never read as if nothing was. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noByteCanChangeUnseen(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] file = Archives.write(SMALL, Archives.random(random, 30)).bytes();
    for (int at = 0; at < file.length; at++) {
      byte[] damaged = file.clone();
      int flips = random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255);
      damaged[at] = (byte) (damaged[at] ^ flips);
      assertThatIsSeen(damaged, "seed %d, byte %d of %d".formatted(seed, at, file.length));
    }
  }

  /** Several places at once, stretches of noise, and parts that are exchanged. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void greaterDamageIsSeen(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] file = Archives.write(SMALL, Archives.random(random, 100)).bytes();
    for (int i = 0; i < 500; i++) {
      byte[] damaged = file.clone();
      int length = 1 + random.nextInt(100);
      int from = random.nextInt(file.length - length);
      switch (random.nextInt(3)) {
        case 0 -> {
          for (int flips = 2 + random.nextInt(20); flips > 0; flips--) {
            int at = random.nextInt(damaged.length);
            damaged[at] = (byte) (damaged[at] ^ (1 << random.nextInt(8)));
          }
        }
        case 1 -> Arrays.fill(damaged, from, from + length, (byte) random.nextInt(256));
        default ->
            System.arraycopy(file, random.nextInt(file.length - length), damaged, from, length);
      }
      if (!Arrays.equals(damaged, file)) {
        assertThatIsSeen(damaged, "seed %d, damage %d".formatted(seed, i));
      }
    }
  }

  @Test
  void aCutOrLengthenedFileIsSeen() throws IOException {
    byte[] file = Archives.write(SMALL, Archives.random(new Random(3), 20)).bytes();
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> Archives.read(cut, ArchiveFilter.all()))
          .as("cut to %s", length)
          .isInstanceOf(DamagedArchiveException.class)
          .hasMessageStartingWith("archive file memory.tma is damaged at position ")
          .hasMessageContaining("found")
          .hasMessageContaining("wanted");
    }
    assertThatIsSeen(Arrays.copyOf(file, file.length + 1), "one byte more");
    assertThatIsSeen(Arrays.copyOfRange(file, 1, file.length), "one byte less in front");
  }

  @Test
  void messagesNamePlaceAndWhatWasFound() throws IOException {
    byte[] file = Archives.write(SMALL, Archives.random(new Random(5), 20)).bytes();
    assertThatSays(
        with(file, bytes -> bytes.put(0, (byte) 'X')),
        "archive file memory.tma is damaged at position 0: in the header, byte 8, found 584d4152"
            + " and 0, wanted 544d4152 and 0 as every archive file has; take it from a copy, or"
            + " from Kafka");
    assertThatSays(
        with(file, bytes -> bytes.put(file.length - 7, (byte) 2)),
        "archive file memory.tma is damaged at position %d: in the footer,"
            .formatted(file.length - 28));
    assertThatSays(
        with(file, bytes -> bytes.put(5, (byte) 2)),
        "found version 2, wanted 1: either damage, or a later Tidemark's, which can read it");
    assertThatSays(
        with(file, bytes -> bytes.put(15, (byte) (bytes.get(15) + 1))),
        "archive file memory.tma is damaged at position 15: the header of a block and the index"
            + " differ, found");
  }

  /**
   * Whoever writes right CRCs over wrong content gets an exception, too, not a neighbour's bytes.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aBodyThatIsNoRecordsIsReadInsideItsBounds(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] before = fileOf(body(500), 500, 499); // leaves its bytes in the buffer
    for (int i = 0; i < 300; i++) {
      int records = 1 + random.nextInt(3);
      ByteOutput body = body(records);
      int at = random.nextInt(body.length());
      body.array()[at] = (byte) random.nextInt(256);
      if (random.nextInt(4) == 0) {
        int end = Math.min(body.length(), at + random.nextInt(12));
        Arrays.fill(body.array(), at, end, (byte) 0xFF); // long varints
      }
      byte[] file = fileOf(body, records, records - 1);
      assertThat(outcome(before, file))
          .as("seed %s, %s", seed, i)
          .isEqualTo(outcome(fileOf(body(1), 1, 0), file));
    }
  }

  /** What comes of a file with the buffers that read another one before. */
  private static String outcome(byte[] before, byte[] file) throws IOException {
    try (ReadBuffers buffers = new ReadBuffers()) {
      try (ArchiveReader reader = ArchiveReader.open(new MemoryFile(before), buffers)) {
        assertThat(reader.read(ArchiveFilter.all()).next()).isTrue();
      }
      StringBuilder outcome = new StringBuilder();
      try (ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
        RecordCursor cursor = reader.read(ArchiveFilter.all());
        while (cursor.next()) {
          outcome.append(cursor.record()).append('\n');
        }
      } catch (DamagedArchiveException seen) {
        assertThat(seen).hasMessageMatching("(?s).*(found|varint).*");
        outcome.append(seen.getMessage());
      }
      return outcome.toString();
    }
  }

  @Test
  void aBodyOfOtherRecordsThanTheIndexSaysIsRefused() throws IOException {
    assertThat(Archives.read(fileOf(body(3), 3, 2), ArchiveFilter.all())).hasSize(3);
    assertThatSays(fileOf(body(3), 3, 3), "found offset 2 last, wanted 3");
    ByteOutput far = body(2);
    far.array()[8] = 9;
    assertThatSays(fileOf(far, 2, 3), "found a record 9 behind offset 0, wanted 1 to 3");
    ByteOutput twice = body(2);
    twice.array()[8] = 0;
    assertThatSays(fileOf(twice, 2, 3), "found a record 0 behind offset 0, wanted 1 to 3");
    assertThatSays(fileOf(body(3), 2, 1), "found 8 bytes behind its end, wanted none");
    assertThatSays(fileOf(body(3), 4, 3), "in a block, byte 24, found 0 bytes, wanted 1");
    ByteOutput negative = new ByteOutput();
    negative.put(new byte[] {0, 7, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, 0, 12);
    assertThatSays(fileOf(negative, 1, 0), "found 18446744073709551615, wanted 0 to 10");
    ByteOutput endless = new ByteOutput();
    endless.put(new byte[] {0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, 0, 12);
    assertThatSays(fileOf(endless, 1, 0), "a varint has more than 10 bytes");
    ByteOutput packed = new ByteOutput();
    try (BlockEncoder encoder = new BlockEncoder(ArchiveLimits.DEFAULT)) {
      encoder.pack(body(3), packed);
    }
    byte[] frame = Arrays.copyOf(packed.array(), packed.length());
    assertThatSays(
        fileWith(blockOf(frame.length, 25, 3, 2), summary(3, 2), frame),
        "found 24 bytes unpacked, wanted 25");
    assertThatSays(
        fileWith(blockOf(frame.length, 23, 3, 2), summary(3, 2), frame), "found no zstd frame");
  }

  /** So many records of 8 bytes each. */
  private static ByteOutput body(int records) {
    ByteOutput body = new ByteOutput();
    for (int i = 0; i < records; i++) {
      body.putVarint(i == 0 ? 0 : 1);
      body.putVarint(7);
      body.putVarint(5);
      body.put(new byte[] {0, 0, 0, 2, 'v'}, 0, 5);
    }
    return body;
  }

  @Test
  void sizesBeyondTheLimitAreRefusedBeforeMemoryIsTaken() throws IOException {
    byte[] file = Archives.write(SMALL, Archives.random(new Random(5), 20)).bytes();
    assertThatSays(
        with(file, bytes -> bytes.putInt(file.length - 16, (1 << 28) + 1)),
        "found an index of 268435457 bytes unpacked, wanted at most 268435456");
    byte[] huge = fileWith(blockOf(10, (1 << 28) + 1, 1, 1), summary(1, 1), new byte[10]);
    assertThatSays(huge, "found 268435457, wanted 0 to 268435456");
  }

  /** An index of right CRC that does not fit to itself or to the file. */
  @Test
  void anIndexThatContradictsItselfIsRefused() throws IOException {
    ArchiveBlock block = blockOf(10, 20, 2, 5);
    PartitionSummary summary = new PartitionSummary("t", 0, 0, 6, 2, 0, 0);
    assertThatSays(
        fileWith(block, summary, new byte[9]), "found a block up to 79, wanted none beyond 78");
    assertThatSays(
        fileWith(block, summary, new byte[11]), "found blocks up to 79, wanted up to 80");
    assertThatSays(
        fileWith(block, new PartitionSummary("t", 0, 0, 6, 3, 0, 0), new byte[10]),
        "found 2 records of t/0 in blocks, wanted 3");
    assertThatSays(
        fileWith(block, new PartitionSummary("t", 0, 1, 6, 2, 0, 0), new byte[10]),
        "found a block of 2 records of offsets 0 to 5 and times 0 to 0, wanted at least 1 within"
            + " 1 to 6");
    assertThatSays(
        fileWith(block, new PartitionSummary("t", 0, 0, 5, 2, 0, 0), new byte[10]),
        "wanted at least 1 within 0 to 5");
    assertThatSays(fileWith(block, summary, new byte[10]), "found no zstd frame");
  }

  @Test
  void aFailedOpenClosesTheInput() {
    MemoryFile input = new MemoryFile(new byte[100]);
    try (ReadBuffers buffers = new ReadBuffers()) {
      assertThatThrownBy(() -> ArchiveReader.open(input, buffers))
          .isInstanceOf(DamagedArchiveException.class);
    }
    assertThat(input.isClosed()).isTrue();
  }

  private static ArchiveBlock blockOf(int packed, int unpacked, int records, long lastOffset) {
    return new ArchiveBlock(
        0,
        0,
        "t",
        0,
        "",
        ArchiveBlock.Kind.POINTS,
        ArchiveFormat.HEADER_BYTES,
        packed,
        unpacked,
        records,
        0,
        lastOffset,
        0,
        0);
  }

  /** A file of one block with that body, right but for what the body says. */
  private static byte[] fileOf(ByteOutput body, int records, long lastOffset) throws IOException {
    try (BlockEncoder encoder = new BlockEncoder(ArchiveLimits.DEFAULT)) {
      ByteOutput packed = new ByteOutput();
      encoder.pack(body, packed);
      return fileWith(
          blockOf(packed.length(), body.length(), records, lastOffset),
          summary(records, lastOffset),
          Arrays.copyOf(packed.array(), packed.length()));
    }
  }

  private static PartitionSummary summary(int records, long lastOffset) {
    return new PartitionSummary("t", 0, 0, lastOffset + 1, records, 0, 0);
  }

  private static byte[] fileWith(ArchiveBlock block, PartitionSummary summary, byte[] packedBody)
      throws IOException {
    ByteOutput header = new ByteOutput();
    block.putHeader(header);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, header.length());
    crc.update(packedBody, 0, packedBody.length);
    header.putInt((int) crc.getValue());
    ByteOutput file = new ByteOutput();
    FileFrame.putHeader(file);
    file.put(header);
    file.put(packedBody, 0, packedBody.length);
    IndexBuilder index = new IndexBuilder();
    index.add(block, index.add(""));
    ByteOutput unpacked = new ByteOutput();
    index.putTo(unpacked, List.of(summary));
    ByteOutput packed = new ByteOutput();
    try (BlockEncoder encoder = new BlockEncoder(ArchiveLimits.DEFAULT)) {
      encoder.pack(unpacked, packed);
    }
    ByteOutput footer = new ByteOutput();
    FileFrame.putFooter(file.length(), packed, unpacked.length(), footer);
    file.put(packed);
    file.put(footer);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file.array(), 0, file.length());
    return out.toByteArray();
  }

  private static byte[] with(byte[] file, Consumer<ByteBuffer> change) {
    byte[] changed = file.clone();
    change.accept(ByteBuffer.wrap(changed));
    return changed;
  }

  private static void assertThatSays(byte[] file, String message) {
    assertThatThrownBy(() -> Archives.read(file, ArchiveFilter.all()))
        .isInstanceOf(DamagedArchiveException.class)
        .hasMessageContaining(message);
  }

  private static void assertThatIsSeen(byte[] file, String what) {
    assertThatThrownBy(() -> Archives.read(file, ArchiveFilter.all()))
        .as(what)
        .isInstanceOf(DamagedArchiveException.class);
  }
}
