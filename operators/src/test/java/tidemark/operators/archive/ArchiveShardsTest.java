package tidemark.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;

/** The archive of shard 0, to which org own belongs, with a real map. */
class ArchiveShardsTest {
  private static final ShardMap FIRST =
      new ShardMap(
          1, 2, List.of(new Move("own", 0, Long.MIN_VALUE), new Move("other", 1, Long.MIN_VALUE)));

  @TempDir private Path folder;
  private OneInputStreamOperatorTestHarness<ArchivedRecord, byte[]> harness;

  @BeforeEach
  void open() throws Exception {
    add(FIRST);
    harness = ArchiveOperatorTest.start(folder, "0");
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void add(ShardMap map) throws IOException {
    try (TableCatalog catalog = new TableCatalog(ArchiveOperatorTest.maps(folder))) {
      assertThat(ShardMaps.add(catalog.shards(), map)).isTrue();
    }
  }

  private void read(long offset, String org, long timeMs) throws Exception {
    NativeBatchWriter writer = new NativeBatchWriter(org);
    writer.point(writer.series(MetricType.GAUGE, "m", List.of()), timeMs, 1.0);
    harness.processElement(
        new StreamRecord<>(ArchiveOperatorTest.record(0, offset, List.of(), writer.toBytes())));
  }

  /** {@code from-to records [jumps]} of what came out since the last time. */
  private List<String> handedOver() throws Exception {
    List<String> parts = new ArrayList<>();
    while (!harness.getOutput().isEmpty()) {
      if (harness.getOutput().poll() instanceof StreamRecord<?> record) {
        for (SealedPart part : SealedFile.ofBytes((byte[]) record.getValue()).parts()) {
          var summary = part.summary();
          parts.add(
              "%d-%d %d %s"
                  .formatted(
                      summary.from(),
                      summary.to(),
                      summary.records(),
                      part.jumps().stream().map(jump -> jump.from() + ".." + jump.to()).toList()));
        }
      }
    }
    return parts;
  }

  @Test
  void recordsOfOthersArePassedAndNotMissing() throws Exception {
    read(3, "other", 1_000);
    read(4, "own", 1_000);
    read(5, "other", 1_000);
    read(6, "own", 1_000);
    read(7, "other", 1_000);
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("3-7 2 []");
    read(8, "other", 1_000);
    harness.prepareSnapshotPreBarrier(2);
    assertThat(handedOver()).isEmpty();
    read(9, "own", 1_000);
    harness.prepareSnapshotPreBarrier(3);
    assertThat(handedOver()).containsExactly("7-10 1 []");
  }

  @Test
  void offsetsThatKafkaLeftOutAreStillJumps() throws Exception {
    read(3, "own", 1_000);
    read(6, "other", 1_000);
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("3-4 1 []");
    read(9, "other", 1_000);
    read(12, "own", 1_000);
    harness.prepareSnapshotPreBarrier(2);
    assertThat(handedOver()).containsExactly("4-13 1 [4..6, 7..9, 10..12]");
  }

  @Test
  void everyoneKeepsHeartbeatsAndWhatNamesNoOrg() throws Exception {
    var headers =
        List.of(new ArchivedRecord.Header(IntakeHeaders.FORMAT, bytes(IntakeHeaders.HEARTBEAT)));
    harness.processElement(
        new StreamRecord<>(ArchiveOperatorTest.record(0, 0, headers, Heartbeat.bytes(77))));
    harness.processElement(
        new StreamRecord<>(ArchiveOperatorTest.record(0, 1, List.of(), bytes("garbage"))));
    var named = List.of(new ArchivedRecord.Header(IntakeHeaders.ORG, bytes("other")));
    harness.processElement(
        new StreamRecord<>(ArchiveOperatorTest.record(0, 2, named, bytes("garbage"))));
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("0-2 2 []");
  }

  @Test
  void bothArchivesKeepARecordWithPointsOfBothSidesOfAMove() throws Exception {
    add(FIRST.with(new Move("own", 1, 10_000)));
    harness.close();
    harness = ArchiveOperatorTest.start(folder, "0");
    read(0, "own", 9_999);
    read(1, "own", 10_000);
    NativeBatchWriter writer = new NativeBatchWriter("own");
    int series = writer.series(MetricType.GAUGE, "m", List.of());
    writer.point(series, 9_000, 1.0);
    writer.point(series, 11_000, 1.0);
    harness.processElement(
        new StreamRecord<>(ArchiveOperatorTest.record(0, 2, List.of(), writer.toBytes())));
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).containsExactly("0-3 2 []");
  }

  @Test
  void whatANewerMapGivesItIsNotCommittedAsPassed() throws Exception {
    read(0, "own", 1_000);
    read(1, "other", 1_000);
    add(FIRST.with(new Move("other", 0, 2_000)));
    harness.prepareSnapshotPreBarrier(1);
    assertThat(handedOver()).as("still another's").containsExactly("0-1 1 []");

    read(2, "own", 1_000);
    read(3, "other", 1_999);
    harness.prepareSnapshotPreBarrier(2);
    handedOver();
    read(4, "other", 2_000); // known by now
    harness.prepareSnapshotPreBarrier(3);
    assertThat(handedOver()).containsExactly("3-5 1 []");

    read(5, "other", 1_000);
    harness.prepareSnapshotPreBarrier(4);
    add(FIRST.with(new Move("other", 0, 2_000)).with(new Move("own", 1, 3_000)));
    read(6, "own", 3_500); // by the version that it knows
    harness.prepareSnapshotPreBarrier(5);
    assertThat(handedOver()).containsExactly("5-7 1 []");
    read(7, "own", 3_500);
    add(
        FIRST
            .with(new Move("other", 0, 2_000))
            .with(new Move("own", 1, 3_000))
            .with(new Move("own", 0, 3_400)));
    assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(6))
        .hasStackTraceContaining(
            "records of org own were passed by version 3 of the shard map, and by version 4 they are this archive's");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
