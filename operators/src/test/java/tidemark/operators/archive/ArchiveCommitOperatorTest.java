package tidemark.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.CommitLoop;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.TopicReplacedException;
import tidemark.state.selection.PointSelection;

class ArchiveCommitOperatorTest {

  /** Brokers that answer what a test says, or nothing. */
  private static final class Brokers implements TopicFacts {
    private static final long serialVersionUID = 1L;
    private static boolean isAway;
    private static String topicId = "abc";
    private static long logStart;

    @Override
    public Map<String, String> ids(Set<String> topics) throws IOException {
      if (isAway) {
        throw new IOException("no broker answers");
      }
      Map<String, String> ids = new HashMap<>();
      topics.forEach(topic -> ids.put(topic, topicId));
      return ids;
    }

    @Override
    public Map<String, Map<Integer, Long>> logStarts(Map<String, Set<Integer>> partitions) {
      Map<String, Map<Integer, Long>> starts = new HashMap<>();
      partitions.forEach(
          (topic, numbers) -> {
            Map<Integer, Long> ofTopic = new HashMap<>();
            numbers.forEach(number -> ofTopic.put(number, logStart));
            starts.put(topic, ofTopic);
          });
      return starts;
    }
  }

  @TempDir Path folder;

  @BeforeEach
  void reset() {
    Brokers.isAway = false;
    Brokers.topicId = "abc";
    Brokers.logStart = 0;
  }

  private CatalogAddress address() {
    return new CatalogAddress(
        "jdbc:sqlite:" + folder.resolve("catalog.db"), "tidemark", "file://" + folder.resolve("w"));
  }

  private OneInputStreamOperatorTestHarness<byte[], byte[]> start(
      OperatorSubtaskState state, long checkpoint) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<byte[], byte[]>(
            new ArchiveCommitOperator(address(), new Brokers(), StartOffsets.none()));
    harness.setup(BytePrimitiveArraySerializer.INSTANCE);
    if (state != null) {
      harness.setRestoredCheckpointId(checkpoint);
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static void bring(
      OneInputStreamOperatorTestHarness<byte[], byte[]> harness,
      String file,
      long from,
      long to,
      OffsetJump... jumps)
      throws Exception {
    PartitionSummary summary = new PartitionSummary("points", 0, from, to, 1, 10, 100);
    SealedFile sealed =
        new SealedFile(file, 50, 1_000, List.of(new SealedPart(summary, 1, 2, List.of(jumps))));
    harness.processElement(new StreamRecord<>(sealed.toBytes()));
  }

  private List<String> rows() throws IOException {
    try (TableCatalog catalog = new TableCatalog(address())) {
      Table table = catalog.archive();
      return table.currentSnapshot() == null
          ? List.of()
          : ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL)
              .stream()
              .map(row -> "%d-%d %s".formatted(row.from(), row.to(), row.file()).strip())
              .toList();
    }
  }

  @Test
  void anEpochIsCommittedWithItsCheckpoint() throws Exception {
    try (var harness = start(null, 0)) {
      bring(harness, "f1", 0, 10);
      harness.snapshot(1, 1);
      bring(harness, "f2", 10, 20);
      assertThat(rows()).isEmpty();
      harness.notifyOfCompletedCheckpoint(1);
      assertThat(rows()).containsExactly("0-10 f1");
      harness.snapshot(2, 2);
      harness.notifyOfCompletedCheckpoint(2);
      assertThat(rows()).containsExactly("0-10 f1", "10-20 f2");
    }
  }

  @Test
  void whatWaitedIsCommittedAfterARestoreAndOnce() throws Exception {
    OperatorSubtaskState state;
    try (var harness = start(null, 0)) {
      bring(harness, "f1", 0, 10);
      state = harness.snapshot(1, 1);
    }
    for (int run = 0; run < 2; run++) {
      try (var harness = start(state, 1)) {
        assertThat(rows()).startsWith("0-10 f1").hasSize(run == 0 ? 1 : 3);
        // the file was read again from the checkpoint on, with another end
        Path again = Files.write(folder.resolve("again" + run), new byte[1]);
        bring(harness, again.toString(), 10, 15);
        bring(harness, "f3" + run, 15, 20 + run);
        harness.snapshot(2, 2);
        harness.notifyOfCompletedCheckpoint(2);
        assertThat(Files.exists(again)).as("deleted if it is nobody's").isEqualTo(run == 0);
      }
      if (run == 0) {
        assertThat(rows())
            .containsExactly("0-10 f1", "10-15 " + folder.resolve("again0"), "15-20 f30");
      }
    }
    assertThat(rows())
        .containsExactly("0-10 f1", "10-15 " + folder.resolve("again0"), "15-20 f30", "20-21 f31");
  }

  @Test
  void theStateGoesToTheOneTaskWhateverTheOldParallelism() throws Exception {
    OperatorSubtaskState state;
    try (var harness = start(null, 0)) {
      bring(harness, "f1", 0, 10);
      state = harness.snapshot(1, 1);
    }
    OperatorSubtaskState restored =
        AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 1, 1, 1, 0);
    try (var ignored = start(restored, 1)) {
      assertThat(rows()).containsExactly("0-10 f1");
    }
  }

  @Test
  void troubleWithTheBrokersIsWaitedFor() throws Exception {
    try (var harness = start(null, 0)) {
      Brokers.isAway = true;
      bring(harness, "f1", 0, 10);
      harness.snapshot(1, 1);
      harness.notifyOfCompletedCheckpoint(1);
      assertThat(rows()).isEmpty();
      Brokers.isAway = false;
      harness.setProcessingTime(CommitLoop.FIRST_RETRY_MS);
      assertThat(rows()).containsExactly("0-10 f1");
    }
  }

  @Test
  void aJumpIsAGapAsFarAsKafkaHasDroppedIt() throws Exception {
    try (var harness = start(null, 0)) {
      Brokers.logStart = 25;
      bring(harness, "f1", 0, 10);
      bring(harness, "f2", 10, 50, new OffsetJump(20, 30), new OffsetJump(40, 45));
      harness.snapshot(1, 1);
      harness.notifyOfCompletedCheckpoint(1);
      assertThat(rows()).containsExactly("0-10 f1", "10-20 f2", "20-25", "25-50 f2");
    }
  }

  @Test
  void offsetsThatNobodyReadAreAGapThoughKafkaHasThem() throws Exception {
    OperatorSubtaskState state;
    try (var harness = start(null, 0)) {
      bring(harness, "f1", 0, 10);
      bring(harness, "f2", 10, 20);
      state = harness.snapshot(1, 1);
      harness.notifyOfCompletedCheckpoint(1);
    }
    Files.delete(folder.resolve("catalog.db")); // another archive
    try (var harness = start(state, 2)) {
      bring(harness, "f3", 23, 30);
      harness.snapshot(3, 3);
      harness.notifyOfCompletedCheckpoint(3);
      assertThat(rows()).containsExactly("0-10 f1", "10-20 f2", "20-30 f3");
      bring(harness, "f4", 31, 32);
      state = harness.snapshot(4, 4);
      harness.notifyOfCompletedCheckpoint(4);
    }
    Files.delete(folder.resolve("catalog.db"));
    try (var harness = start(state, 4)) { // its epoch waits still, the others went elsewhere
      assertThat(rows()).containsExactly("0-30", "30-32 f4");
    }
  }

  @Test
  void aTopicMadeAnewEndsTheJob() throws Exception {
    try (var harness = start(null, 0)) {
      bring(harness, "f1", 0, 10);
      harness.snapshot(1, 1);
      harness.notifyOfCompletedCheckpoint(1);
      Brokers.topicId = "xyz";
      bring(harness, "f2", 10, 20);
      harness.snapshot(2, 2);
      assertThatThrownBy(() -> harness.notifyOfCompletedCheckpoint(2))
          .isInstanceOf(SuppressRestartsException.class)
          .hasCauseInstanceOf(TopicReplacedException.class);
    }
  }

  @Test
  void stateOfVersion1IsReadForEver() throws IOException {
    ArchiveState state =
        new ArchiveState(ReadEnds.startingAt(Map.of("t", new TreeMap<>(Map.of(3, 7L)))));
    state
        .pending()
        .add(
            new ArchiveState.Epoch(
                5, "5-a", List.of(FileRangesTest.file(10, 50, new OffsetJump(20, 30)))));
    String golden = GOLDEN_V1;
    assertThat(HexFormat.of().formatHex(state.toBytes())).isEqualTo(golden);
    ArchiveState read = ArchiveState.ofBytes(HexFormat.of().parseHex(golden));
    assertThat(read.pending()).containsExactlyElementsOf(state.pending());
    assertThat(read.toBytes()).isEqualTo(state.toBytes());
    assertThatThrownBy(() -> ArchiveState.ofBytes(new byte[] {0, 0, 0, 2}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("state of the archive's epochs is in format v2, this build reads v1");
  }

  private static final String GOLDEN_V1 =
      "00000001" // version
          + "01" // the beginning is known
          + "00000001"
          + "00000001"
          + "74"
          + "00000003"
          + "0000000000000007"
          + "00000001" // epochs
          + "0000000000000005"
          + "00000003"
          + "352d61"
          + "00000001" // files
          + "00000001"
          + "66"
          + "0000000000000009"
          + "0000000000000001"
          + "00000001" // parts
          + "00000001"
          + "74"
          + "00000000"
          + "000000000000000a"
          + "0000000000000032"
          + "0000000000000001"
          + "0000000000000001"
          + "0000000000000001"
          + "0000000000000001"
          + "0000000000000002"
          + "00000001" // jumps
          + "0000000000000014"
          + "000000000000001e";
}
