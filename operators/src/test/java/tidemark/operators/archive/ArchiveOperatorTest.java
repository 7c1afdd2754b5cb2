package tidemark.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.ShardLookup;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

class ArchiveOperatorTest {
  @TempDir Path folder;
  private OneInputStreamOperatorTestHarness<ArchivedRecord, byte[]> harness;

  @BeforeEach
  void open() throws Exception {
    harness = start(folder);
  }

  static OneInputStreamOperatorTestHarness<ArchivedRecord, byte[]> start(Path folder)
      throws Exception {
    return start(folder, "");
  }

  static CatalogAddress maps(Path folder) {
    return new CatalogAddress(
        "jdbc:sqlite:" + folder.resolve("catalog.db"), "tidemark", "file://" + folder.resolve("w"));
  }

  /**
   * @param shards of which records are kept; empty for all
   */
  static OneInputStreamOperatorTestHarness<ArchivedRecord, byte[]> start(Path folder, String shards)
      throws Exception {
    ArchiveConfig config =
        new ArchiveConfig("", 1_000L, 1L << 20, 1_000L)
            .inWarehouse("file://" + folder.resolve("w"));
    var harness =
        new OneInputStreamOperatorTestHarness<>(
            new ArchiveOperator(
                config,
                new ArchiveStage.Reading("native", 1 << 20, new ShardLookup(maps(folder), shards))),
            new ArchivedRecordSerializer());
    harness.open();
    return harness;
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void read(int partition, long offset) throws Exception {
    read(record(partition, offset, List.of(), new byte[] {1}));
  }

  private void read(ArchivedRecord record) throws Exception {
    harness.processElement(new StreamRecord<>(record));
  }

  static ArchivedRecord record(
      int partition, long offset, List<ArchivedRecord.Header> headers, byte[] value) {
    return new ArchivedRecord("points", partition, offset, offset, 0, null, headers, value);
  }

  /** {@code partition from-to records [jumps]} of what came out since the last time. */
  private List<String> handedOver() throws Exception {
    List<String> parts = new ArrayList<>();
    for (SealedFile file : files()) {
      for (SealedPart part : file.parts()) {
        var summary = part.summary();
        StringBuilder text = new StringBuilder();
        text.append(summary.partition()).append(' ').append(summary.from()).append('-');
        text.append(summary.to()).append(' ').append(summary.records());
        part.jumps()
            .forEach(jump -> text.append(' ').append(jump.from()).append("..").append(jump.to()));
        parts.add(text.toString());
      }
    }
    return parts;
  }

  private List<SealedFile> files() throws Exception {
    List<SealedFile> files = new ArrayList<>();
    while (!harness.getOutput().isEmpty()) {
      if (harness.getOutput().poll() instanceof StreamRecord<?> record) {
        files.add(SealedFile.ofBytes((byte[]) record.getValue()));
      }
    }
    return files;
  }

  @Test
  void whatStoodBeforeABarrierIsSentBeforeIt() throws Exception {
    read(0, 5);
    read(1, 0);
    read(0, 6);
    assertThat(harness.getOutput()).isEmpty();
    harness.prepareSnapshotPreBarrier(1);
    List<SealedFile> files = files();
    assertThat(files).hasSize(1);
    Path stored = Path.of(files.get(0).location().substring("file://".length()));
    assertThat(Files.size(stored)).isEqualTo(files.get(0).bytes());
    harness.prepareSnapshotPreBarrier(2);
    assertThat(files()).as("nothing came").isEmpty();
  }

  @Test
  void jumpsAreNotedOverBarriersToo() throws Exception {
    read(0, 5);
    read(0, 8);
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("0 5-9 2 6..8");
    read(0, 12);
    read(0, 13);
    harness.prepareSnapshotPreBarrier(2);
    assertThat(handedOver()).containsExactly("0 9-14 2 9..12");
  }

  @Test
  void offsetsThatBeginAgainBeginAFile() throws Exception {
    read(0, 5);
    read(0, 6);
    read(0, 2);
    read(0, 3);
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("0 5-7 2", "0 2-4 2");
  }

  @Test
  void stateIsLeftEmpty() throws Exception {
    read(0, 5);
    harness.prepareSnapshotPreBarrier(1);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    assertThat(state.hasState()).isFalse();
  }

  @Test
  void timesAreThoseOfPoints() throws Exception {
    byte[] heartbeat = Heartbeat.bytes(77);
    var headers =
        List.of(
            new ArchivedRecord.Header(
                IntakeHeaders.FORMAT, IntakeHeaders.HEARTBEAT.getBytes(StandardCharsets.UTF_8)));
    read(record(0, 0, headers, heartbeat));
    read(1, 0); // garbage
    harness.prepareSnapshotPreBarrier(1);
    List<SealedPart> parts = files().get(0).parts();
    assertThat(parts.get(0).earliestMs()).isEqualTo(ArchivedRange.NO_EARLIEST_MS);
    assertThat(parts.get(0).latestMs()).isEqualTo(ArchivedRange.NO_LATEST_MS);
    assertThat(parts.get(1).earliestMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(parts.get(1).latestMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void largeFilesAreSealedEarly() throws Exception {
    byte[] value = new byte[1 << 20];
    new Random(1).nextBytes(value); // packs badly
    for (int i = 0; i < 70; i++) {
      read(record(0, i, List.of(), value));
    }
    harness.prepareSnapshotPreBarrier(1);
    List<String> parts = handedOver();
    assertThat(parts).hasSize(2);
    assertThat(parts.get(1))
        .endsWith("-70 " + (70 - Integer.parseInt(parts.get(0).split(" ", 3)[2])));
  }

  @Test
  void theSpoolIsRemoved() throws Exception {
    Path temporary = folder.resolve("tmp");
    try (SpoolFolder first = new SpoolFolder(temporary, "job-0", 0)) {
      Files.write(first.newFile(), new byte[9]);
      try (SpoolFolder second = new SpoolFolder(temporary, "job-0", 1);
          SpoolFolder other = new SpoolFolder(temporary, "job-1", 0)) {
        Files.write(second.newFile(), new byte[9]);
        Files.write(other.newFile(), new byte[9]);
        assertThat(FaultyStore.files(temporary)).as("the first is gone").hasSize(2);
      }
      assertThat(FaultyStore.files(temporary)).isEmpty();
      Files.createDirectory(temporary.resolve("tidemark-archive-job-0-0")); // closed twice
    }
  }
}
