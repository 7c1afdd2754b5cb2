package tidemark.serde.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.serde.manifest.ArchiveCatalog.range;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tidemark.serde.archive.ArchiveLimits;
import tidemark.serde.archive.ArchiveWriter;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.PayloadBuffer;
import tidemark.serde.archive.RecordTimes;
import tidemark.serde.archive.SeekableInput;

class ArchiveCheckTest {

  private static SortedMap<String, SortedMap<Integer, Long>> ends(long end) {
    return new TreeMap<>(Map.of("t", new TreeMap<>(Map.of(0, end))));
  }

  private static List<String> faults(long end, ArchivedRange... rows) {
    return ArchiveCheck.of(List.of(rows), ends(end)).faults();
  }

  @Test
  void rangesMustFollowEachOther() {
    ArchivedRange first = range("1-a", "f1", "t", 0, 0, 10);
    ArchivedRange next = range("2-a", "f2", "t", 0, 10, 20);
    ArchivedRange gap = range("3-a", "f3", "t", 0, 25, 30).gap(20, 25);
    assertThat(faults(20, next, first)).isEmpty();
    assertThat(faults(25, first, next, gap)).isEmpty();
    assertThat(faults(20, next)).singleElement().asString().contains("offsets are missing");
    assertThat(faults(20, first, range("2-a", "f2", "t", 0, 9, 20)))
        .singleElement()
        .asString()
        .contains("offsets are there twice");
    assertThat(faults(21, first, next)).singleElement().asString().contains("ends at 21");
    assertThat(ArchiveCheck.of(List.of(), ends(3)).faults()).hasSize(1);
  }

  @Test
  void filesAreReadAgain() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PartitionSummary summary;
    try (ArchiveWriter writer = new ArchiveWriter(ArchiveLimits.DEFAULT)) {
      writer.start(bytes);
      PayloadBuffer payload = new PayloadBuffer();
      RecordTimes times = new RecordTimes(100);
      for (int offset = 0; offset < 10; offset++) {
        payload.begin(0, null);
        payload.end(new byte[] {1, 2, 3});
        times.read("native", "", null);
        writer.append("t", 0, offset, 7, payload, times);
      }
      summary = writer.finish().get(0);
    }
    assertThat(deep(bytes.toByteArray(), summary).faults()).isEmpty();
    assertThat(deep(bytes.toByteArray(), summary).records()).isEqualTo(10);

    byte[] damaged = bytes.toByteArray();
    damaged[80] ^= 1;
    assertThat(deep(damaged, summary).faults()).hasSize(1);
    PartitionSummary other = new PartitionSummary("t", 0, 0, 10, 10, summary.payloadBytes(), 5);
    assertThat(deep(bytes.toByteArray(), other).faults())
        .singleElement()
        .asString()
        .contains("its index does not have");
  }

  private static ArchiveCheck.Report deep(byte[] file, PartitionSummary summary) {
    ArchivedRange row = ArchivedRange.ofFile("f", file.length, "id", summary, 1, 2, "1-a", 1);
    return ArchiveCheck.deep(List.of(row), ends(10), (location, size) -> input(location, file));
  }

  private static SeekableInput input(String name, byte[] file) {
    return new SeekableInput() {
      @Override
      public String location() {
        return name;
      }

      @Override
      public long size() {
        return file.length;
      }

      @Override
      public void readFully(long position, byte[] into, int start, int length) throws IOException {
        if (position + length > file.length) {
          throw new EOFException("%d bytes at %d".formatted(length, position));
        }
        System.arraycopy(file, (int) position, into, start, length);
      }

      @Override
      public void close() {}
    };
  }
}
