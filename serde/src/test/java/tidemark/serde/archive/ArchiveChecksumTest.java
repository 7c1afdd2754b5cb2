package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.MurmurHash3;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchiveChecksumTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 30);
  }

  /** Against the definition, computed from the records by other code. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void summariesAreWhatTheirDefinitionSays(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, 150);
    ArchiveLimits limits = new ArchiveLimits(1 + random.nextInt(50_000), 3_000, 1);
    Archives.Written written = Archives.write(limits, entries);
    long records = 0;
    for (PartitionSummary summary : written.summaries()) {
      List<ArchivedRecord> own = of(entries, summary);
      assertThat(summary).as("seed %s", seed).isEqualTo(expected(summary, own));
      assertThat(summary.from()).isEqualTo(own.get(0).offset());
      assertThat(summary.to()).isEqualTo(own.get(own.size() - 1).offset() + 1);
      records += summary.records();
    }
    assertThat(records).isEqualTo(entries.size());
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(written.bytes()), buffers)) {
      assertThat(reader.summaries()).isEqualTo(written.summaries());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void rangesAddUpWhereverTheyAreCut(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, 150);
    ArchiveLimits limits = new ArchiveLimits(1 + random.nextInt(20_000), 2_000, 1);
    Archives.Written written = Archives.write(limits, entries);
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(written.bytes()), buffers)) {
      for (PartitionSummary whole : written.summaries()) {
        String topic = whole.topic();
        int partition = whole.partition();
        long cut = whole.from() + random.nextLong(whole.to() - whole.from() + 1);
        PartitionSummary left = reader.summarize(topic, partition, whole.from(), cut);
        PartitionSummary right = reader.summarize(topic, partition, cut, whole.to());
        assertThat(left.join(right)).as("seed %s, cut at %s", seed, cut).isEqualTo(whole);
        List<ArchivedRecord> leftRecords =
            of(entries, whole).stream().filter(record -> record.offset() < cut).toList();
        assertThat(left).as("seed %s", seed).isEqualTo(expected(left, leftRecords));
        assertThatThrownBy(() -> right.join(left))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("must begin there");
      }
    }
  }

  @Test
  void aRangeOutsideOfTheFileIsRefused() throws IOException {
    List<Entry> entries = List.of(Entry.unreadable(Archives.record(new Random(1), "t", 0, 5), ""));
    byte[] file = Archives.write(ArchiveLimits.DEFAULT, entries).bytes();
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      assertThatThrownBy(() -> reader.summarize("t", 0, 4, 6))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a range of t/0 must be within 5 to 6, got 4 to 6");
      assertThatThrownBy(() -> reader.summarize("t", 1, 5, 6))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("memory.tma has nothing of t/1");
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyChangeOfARecordChangesIt(long seed) throws IOException {
    Random random = new Random(seed);
    ArchivedRecord record = Archives.record(random, "t", 0, 100 + random.nextInt(1_000));
    ArchivedRecord neighbour = Archives.record(random, "t", 0, record.offset() + 2);
    long whole = checksum(record, neighbour);
    assertThat(checksum(neighbour)).as("seed %s, lost", seed).isNotEqualTo(whole);
    assertThat(checksum(record, at(neighbour, record.offset() + 1)))
        .as("seed %s, moved", seed)
        .isNotEqualTo(whole);
    assertThat(checksum(record, at(record, record.offset() + 1), neighbour))
        .as("seed %s, doubled", seed)
        .isNotEqualTo(whole);
    assertThat(checksum(at(neighbour, record.offset()), at(record, neighbour.offset())))
        .as("seed %s, exchanged", seed)
        .isNotEqualTo(whole);
    for (ArchivedRecord changed : changes(record)) {
      assertThat(checksum(changed, neighbour))
          .as("seed %s, %s became %s", seed, record, changed)
          .isNotEqualTo(whole);
    }
  }

  /** The record twice at its own offset: a sum tells, an exclusive or would not. */
  @Test
  void aRecordThatCountsTwiceShowsInTheSum() {
    RecordHash hash = new RecordHash();
    byte[] payload = {1, 2, 3};
    long once = hash.of(7, 8, payload, 0, 3);
    assertThat(once + once).isNotEqualTo(once).isNotEqualTo(0);
  }

  private static List<ArchivedRecord> changes(ArchivedRecord of) {
    List<ArchivedRecord> changed = new ArrayList<>();
    int type = of.timestampType() == 0 ? 1 : 0;
    changed.add(with(of, of.timestampMs() + 1, of.timestampType(), of.key(), of.headers()));
    changed.add(with(of, of.timestampMs(), type, of.key(), of.headers()));
    byte[] key = of.key() == null ? new byte[0] : null;
    changed.add(with(of, of.timestampMs(), of.timestampType(), key, of.headers()));
    List<ArchivedRecord.Header> more = new ArrayList<>(of.headers());
    more.add(new ArchivedRecord.Header("", null));
    changed.add(with(of, of.timestampMs(), of.timestampType(), of.key(), more));
    for (int i = 0; of.value() != null && i < of.value().length; i += 7) {
      byte[] value = of.value().clone();
      value[i] ^= 1;
      changed.add(
          new ArchivedRecord(
              "t",
              0,
              of.offset(),
              of.timestampMs(),
              of.timestampType(),
              of.key(),
              of.headers(),
              value));
    }
    return changed;
  }

  private static ArchivedRecord with(
      ArchivedRecord of,
      long timestampMs,
      int type,
      byte[] key,
      List<ArchivedRecord.Header> headers) {
    return new ArchivedRecord("t", 0, of.offset(), timestampMs, type, key, headers, of.value());
  }

  private static ArchivedRecord at(ArchivedRecord of, long offset) {
    return new ArchivedRecord(
        "t", 0, offset, of.timestampMs(), of.timestampType(), of.key(), of.headers(), of.value());
  }

  private static long checksum(ArchivedRecord... records) throws IOException {
    List<Entry> entries = Arrays.stream(records).map(one -> Entry.unreadable(one, "")).toList();
    return Archives.write(ArchiveLimits.DEFAULT, entries).summaries().get(0).checksum();
  }

  private static List<ArchivedRecord> of(List<Entry> entries, PartitionSummary summary) {
    return entries.stream()
        .map(Entry::record)
        .filter(one -> one.topic().equals(summary.topic()))
        .filter(one -> one.partition() == summary.partition())
        .toList();
  }

  // ---- the definition of package-info once more

  private static PartitionSummary expected(PartitionSummary range, List<ArchivedRecord> records)
      throws IOException {
    long bytes = 0;
    long sum = 0;
    for (ArchivedRecord record : records) {
      byte[] payload = payload(record);
      long[] content = MurmurHash3.hash128x64(payload);
      ByteArrayOutputStream place = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(place);
      out.writeLong(record.offset());
      out.writeLong(record.timestampMs());
      out.writeLong(content[0]);
      out.writeLong(content[1]);
      sum += MurmurHash3.hash128x64(place.toByteArray())[0];
      bytes += payload.length;
    }
    return new PartitionSummary(
        range.topic(), range.partition(), range.from(), range.to(), records.size(), bytes, sum);
  }

  private static byte[] payload(ArchivedRecord record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(record.timestampType());
    putNullable(out, record.key());
    for (ArchivedRecord.Header header : record.headers()) {
      putNullable(out, header.key().getBytes(StandardCharsets.UTF_8));
      putNullable(out, header.value());
    }
    out.write(0);
    putNullable(out, record.value());
    return out.toByteArray();
  }

  private static void putNullable(ByteArrayOutputStream out, byte[] bytes) {
    int rest = bytes == null ? 0 : bytes.length + 1;
    while (rest >= 128) {
      out.write(rest % 128 + 128);
      rest /= 128;
    }
    out.write(rest);
    if (bytes != null) {
      out.writeBytes(bytes);
    }
  }
}
