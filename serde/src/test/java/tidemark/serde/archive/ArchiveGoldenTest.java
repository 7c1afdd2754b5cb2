package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One file of version 1, byte by byte. zstd stores so little as it is, but for the index. */
class ArchiveGoldenTest {
  // Frozen: archives look like this. Never edit.
  private static final String HEADER = "544d4152 0001 0000";
  private static final String POINTS =
      String.join(
          " ",
          "544d4142 00000021 00000018 00000002", // 33 bytes, unpacked 24, 2 records
          "0000 00 00000000", // partition 0, points, segment 0
          "0000000000000010 0000000000000013", // offsets 16 and 19
          "0000000000000001 0000000000000003", // times 1 and 3
          "0001 61", // org a
          "c726253c", // CRC
          "28b52ffd 20 18 c10000", // zstd: 24 bytes, one raw block
          "00 d00f 0c", // offset + 0, time + 1000, 12 bytes
          "00 00 02 68 02 78 02 68 00 00 02 76", // create time, no key, h=x, h, value v
          "03 01 05", // offset + 3, time - 1, 5 bytes
          "00 02 6b 00 00"); // create time, key k, no header, no value
  private static final String HEARTBEATS =
      String.join(
          " ",
          "544d4142 00000014 0000000b 00000001", // 20 bytes, unpacked 11, 1 record
          "0000 01 00000000", // partition 0, heartbeats, segment 0
          "0000000000000011 0000000000000011", // offset 17
          "8000000000000000 7fffffffffffffff", // any time
          "0000", // no org
          "4575d8b2", // CRC
          "28b52ffd 20 0b 590000", // zstd: 11 bytes, one raw block
          "00 d20f 07", // offset + 0, time + 1001, 7 bytes
          "01 00 00 04 393030"); // log append time, no key, no header, value 900
  private static final String INDEX_UNPACKED =
      String.join(
          " ",
          "01", // 1 partition
          "01 74 03", // t/3
          "0000000000000010 0000000000000014", // offsets 16 to 20
          "0000000000000003 0000000000000018", // 3 records, 24 bytes
          "aa8bb89ae08de49a", // checksum
          "02 01 61 00", // orgs a and none
          "02", // 2 blocks
          "02 00 00 21 18 02 10 03 0000000000000001 0000000000000003",
          "01 00 01 14 0b 01 11 00 8000000000000000 7fffffffffffffff");
  private static final String INDEX =
      String.join(
          "",
          "28b52ffd2061350200240301017403001000140018aa8bb89ae08de49a020161000202000021180210",
          "01010001140b0111008000007fffffffffffffff070032c541456ea008ef24000c0c061e8016");
  private static final String FOOTER =
      "00000000000000b8 0000004f 00000061 fad9e682 0001 0000 544d4146";

  private static final List<Entry> ENTRIES =
      List.of(
          Entry.of(
              new ArchivedRecord(
                  "t",
                  3,
                  16,
                  1_000,
                  0,
                  null,
                  List.of(
                      new ArchivedRecord.Header("h", bytes("x")),
                      new ArchivedRecord.Header("h", null)),
                  bytes("v")),
              "a",
              1,
              2),
          Entry.heartbeat(new ArchivedRecord("t", 3, 17, 1_001, 1, null, List.of(), bytes("900"))),
          Entry.of(new ArchivedRecord("t", 3, 19, 999, 0, bytes("k"), List.of(), null), "a", 1, 3));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(String... parts) {
    return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
  }

  @Test
  void theFrozenFileIsRead() throws IOException {
    byte[] file = hex(HEADER, POINTS, HEARTBEATS, INDEX, FOOTER);
    assertThat(Archives.read(file, ArchiveFilter.all()))
        .containsExactly(ENTRIES.get(0).record(), ENTRIES.get(2).record(), ENTRIES.get(1).record());
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      assertThat(reader.summaries())
          .containsExactly(new PartitionSummary("t", 3, 16, 20, 3, 24, 0xaa8bb89ae08de49aL));
      assertThat(reader.blocks(ArchiveFilter.all()))
          .containsExactly(
              new ArchiveBlock(
                  0, 0, "t", 3, "a", ArchiveBlock.Kind.POINTS, 8, 33, 24, 2, 16, 19, 1, 3),
              new ArchiveBlock(
                  0,
                  0,
                  "t",
                  3,
                  "",
                  ArchiveBlock.Kind.HEARTBEATS,
                  103,
                  20,
                  11,
                  1,
                  17,
                  17,
                  Long.MIN_VALUE,
                  Long.MAX_VALUE));
    }
  }

  /** The index is compared unpacked: another zstd may pack it in another way. */
  @Test
  void theFrozenFileIsWritten() throws IOException {
    byte[] file = Archives.write(ArchiveLimits.DEFAULT, ENTRIES).bytes();
    byte[] front = hex(HEADER, POINTS, HEARTBEATS);
    assertThat(file).startsWith(front).endsWith(hex("0001 0000 544d4146"));
    ByteBuffer footer = ByteBuffer.wrap(file, file.length - 28, 28);
    assertThat(footer.getLong()).isEqualTo(front.length);
    assertThat(footer.getInt()).isEqualTo(file.length - 28 - front.length);
    assertThat(footer.getInt()).isEqualTo(97);
    byte[] index = Arrays.copyOfRange(file, front.length, file.length - 28);
    assertThat(HexFormat.of().formatHex(Zstd.decompress(index, 97)))
        .isEqualTo(INDEX_UNPACKED.replace(" ", ""));
  }

  @Test
  void anEmptyFileIsAFile() throws IOException {
    Archives.Written written = Archives.write(ArchiveLimits.DEFAULT, List.of());
    assertThat(written.summaries()).isEmpty();
    assertThat(Archives.read(written.bytes(), ArchiveFilter.all())).isEmpty();
    assertThat(written.bytes()).hasSizeLessThan(60);
  }
}
