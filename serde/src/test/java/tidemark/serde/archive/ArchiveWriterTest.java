package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveWriterTest {
  private static final int MIB = 1 << 20;

  private static Entry entry(int partition, long offset, String org, int bytes) {
    return Entry.of(
        new ArchivedRecord("t", partition, offset, 0, 0, null, List.of(), new byte[bytes]),
        org,
        0,
        0);
  }

  @Test
  void offsetsMustRise() throws IOException {
    PayloadBuffer payload = new PayloadBuffer();
    try (ArchiveWriter writer = new ArchiveWriter(ArchiveLimits.DEFAULT)) {
      writer.start(OutputStream.nullOutputStream());
      Archives.append(writer, entry(0, 5, "a", 1), payload);
      Archives.append(writer, entry(1, 4, "a", 1), payload);
      for (long offset : new long[] {5, 4, -1, Long.MAX_VALUE}) {
        assertThatThrownBy(() -> Archives.append(writer, entry(0, offset, "a", 1), payload))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "the next offset of t/0 must be at least 6, got %d: records come in order, each"
                    + " once",
                offset);
      }
    }
  }

  @Test
  void aRangeMayBeginBeforeItsFirstRecord() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<PartitionSummary> summaries;
    PayloadBuffer payload = new PayloadBuffer();
    try (ArchiveWriter writer = new ArchiveWriter(ArchiveLimits.DEFAULT)) {
      writer.start(out);
      writer.begin("t", 0, 3);
      writer.begin("t", 1, 8);
      assertThatThrownBy(() -> writer.begin("t", 0, 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("t/0 has begun already");
      assertThatThrownBy(() -> Archives.append(writer, entry(1, 7, "a", 1), payload))
          .isInstanceOf(IllegalArgumentException.class);
      Archives.append(writer, entry(0, 5, "a", 1), payload);
      summaries = writer.finish();
    }
    assertThat(summaries).hasSize(2);
    assertThat(summaries.get(0)).extracting("from", "to", "records").containsExactly(3L, 6L, 1L);
    assertThat(summaries.get(1)).isEqualTo(new PartitionSummary("t", 1, 8, 8, 0, 0, 0));
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(out.toByteArray()), buffers)) {
      assertThat(reader.summaries()).isEqualTo(summaries);
      assertThat(reader.summarize("t", 0, 3, 5).records()).isZero();
    }
  }

  @Test
  void aHeartbeatHasNeitherOrgNorTimes() throws IOException {
    ArchivedRecord record = entry(0, 5, "a", 1).record();
    byte[] file =
        Archives.write(ArchiveLimits.DEFAULT, List.of(new Entry(record, "a", true, 1, 2))).bytes();
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      assertThat(reader.blocks(ArchiveFilter.all()))
          .singleElement()
          .extracting("org", "kind", "earliestMs", "latestMs")
          .containsExactly("", ArchiveBlock.Kind.HEARTBEATS, Long.MIN_VALUE, Long.MAX_VALUE);
    }
  }

  @Test
  void oneWriterWritesOneFileAfterTheOther() throws IOException {
    try (ArchiveWriter writer = new ArchiveWriter(new ArchiveLimits(5_000, 1_000, 1))) {
      for (int i = 0; i < 5; i++) {
        List<Entry> entries = Archives.random(new Random(i), 100);
        byte[] file = Archives.write(writer, entries).bytes();
        assertThat(file)
            .isEqualTo(Archives.write(new ArchiveLimits(5_000, 1_000, 1), entries).bytes());
      }
    }
  }

  @Test
  void refusesWhatTheFormatCannotHold() throws IOException {
    PayloadBuffer payload = new PayloadBuffer();
    try (ArchiveWriter writer = new ArchiveWriter(ArchiveLimits.DEFAULT)) {
      assertThatThrownBy(() -> Archives.append(writer, entry(0, 0, "a", 1), payload))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no archive file is open: start one");
      writer.start(OutputStream.nullOutputStream());
      assertThatThrownBy(() -> Archives.append(writer, entry(0, 0, "o".repeat(129), 1), payload))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("an org must have at most 128 bytes of UTF-8, got ooo");
      assertThatThrownBy(() -> Archives.append(writer, entry(65_536, 0, "a", 1), payload))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a partition must be 0 to 65535 and begin at 0 or above, got t/65536 at 0");
      payload.begin(0, null);
      assertThatThrownBy(() -> writer.append("t", 0, 9, 0, payload, entry(0, 9, "a", 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a payload must be ended before it is archived");
      assertThatThrownBy(() -> payload.begin(2, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the type of a record's time must be -1 to 1, got 2");
      payload.begin(0, null);
      payload.end(null);
      Entry backwards = Entry.of(entry(0, 9, "a", 1).record(), "a", 2, 1);
      assertThatThrownBy(() -> writer.append("t", 0, 9, 0, payload, backwards))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the earliest point must not be later than the latest, got 2 and 1");
    }
  }

  /** Half a segment is none: the file is lost, and the writer good for the next. */
  @Test
  void afterTheStreamFailedTheFileIsNotFinished() throws IOException {
    OutputStream failing =
        new OutputStream() {
          private int left = 500;

          @Override
          public void write(int oneByte) throws IOException {
            if (left-- == 0) {
              throw new IOException("disk full");
            }
          }
        };
    List<Entry> entries = Archives.random(new Random(1), 100);
    ArchiveLimits limits = new ArchiveLimits(2_000, 500, 1);
    try (ArchiveWriter writer = new ArchiveWriter(limits)) {
      assertThatThrownBy(
              () -> {
                writer.start(failing);
                for (Entry entry : entries) {
                  Archives.append(writer, entry, new PayloadBuffer());
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessage("disk full");
      assertThatThrownBy(writer::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no archive file is open: start one");
      assertThat(Archives.write(writer, entries).bytes())
          .isEqualTo(Archives.write(limits, entries).bytes());
    }
  }

  @Test
  void limitsAreChecked() {
    assertThatThrownBy(() -> new ArchiveLimits(0, 1, 1))
        .hasMessage("a segment must have at least 1 byte, got 0");
    assertThatThrownBy(() -> new ArchiveLimits(1, (1 << 28) + 1, 1))
        .hasMessage("a block must have 1 to 268435456 bytes, got 268435457");
    assertThatThrownBy(() -> new ArchiveLimits(1, 1, 20))
        .hasMessage("zstd's level must be 1 to 19, got 20");
  }

  /** Whatever the records are of, the buffers have the limit's size, and the rest is small. */
  @ParameterizedTest(name = "{0} partitions and orgs")
  @ValueSource(ints = {1, 30, 1_000})
  void memoryHasABoundWhateverTheRecordsAreOf(int spread) throws IOException {
    ArchiveLimits limits = new ArchiveLimits(4 * MIB, MIB / 2, 1);
    Random random = new Random(spread);
    PayloadBuffer payload = new PayloadBuffer();
    byte[] value = new byte[3_000];
    List<String> orgs = new ArrayList<>();
    for (int i = 0; i < spread; i++) {
      orgs.add("org" + i);
    }
    long[] next = new long[spread];
    long appended = 0;
    long most = 0;
    try (ArchiveWriter writer = new ArchiveWriter(limits)) {
      writer.start(OutputStream.nullOutputStream());
      while (appended < 40L * MIB) {
        int partition = random.nextInt(spread);
        random.nextBytes(value);
        payload.begin(0, null);
        payload.end(value);
        ArchivedRecord record =
            new ArchivedRecord("t", partition, next[partition]++, 0, 0, null, List.of(), null);
        Entry entry = Entry.of(record, orgs.get(random.nextInt(spread)), 0, 0);
        writer.append("t", partition, record.offset(), 0, payload, entry);
        appended += value.length;
        assertThat(writer.bufferedBytes()).isLessThanOrEqualTo(limits.segmentBytes());
        most = Math.max(most, writer.capacityBytes() - writer.indexBytes());
      }
      assertThat(most).isBetween(4L * MIB, 4L * MIB + 6 * MIB / 2);
      // 45 bytes for each block, and a block holds at least a record
      assertThat(writer.indexBytes()).isLessThan(appended / value.length * 45 + 20L * spread);
      writer.finish();
    }
  }

  /** One record may be longer than all limits; what it took is given back. */
  @Test
  void aHugeRecordLeavesNoMemoryBehind() throws IOException {
    ArchiveLimits limits = new ArchiveLimits(MIB, MIB / 4, 1);
    PayloadBuffer payload = new PayloadBuffer();
    try (ArchiveWriter writer = new ArchiveWriter(limits)) {
      writer.start(OutputStream.nullOutputStream());
      Archives.append(writer, entry(0, 0, "a", 20 * MIB), payload);
      assertThat(writer.capacityBytes()).isGreaterThan(20L * MIB);
      for (int i = 1; i < 10; i++) {
        Archives.append(writer, entry(0, i, "a", MIB / 4), payload);
      }
      assertThat(writer.capacityBytes()).isLessThan(4L * MIB);
      writer.finish();
    }
  }
}
