package tidemark.operators.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import tidemark.operators.KeyGroups;
import tidemark.operators.TestPartials;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

class FeedOperatorTest {
  private static final KeyGroups KEY_GROUPS = new KeyGroups(8);
  private static final int PARTITIONS = 3;
  private static final long START_MS = 1_795_823_940_000L;

  /** A record that was sent, and where to. */
  private record Sent(int partition, FeedRecord record) {}

  @Test
  void theFirstWordGoesToEveryPartition() throws Exception {
    try (var harness = start(1, 0, 0L)) {
      List<Sent> sent = sent(harness);
      assertThat(sent).extracting(Sent::partition).containsExactly(0, 1, 2);
      assertThat(sent)
          .extracting(each -> each.record().kind())
          .containsOnly(FeedRecord.Kind.STARTED);
      FeedWriter writer = sent.get(0).record().writer();
      assertThat(sent).extracting(each -> each.record().writer()).containsOnly(writer);
      String job = harness.getEnvironment().getJobID().toHexString();
      assertThat(writer.job().toString().replace("-", "")).isEqualTo(job);
      assertThat(writer).isEqualTo(new FeedWriter(writer.job(), writer.id(), START_MS, 0L, 0, 7));
      assertThat(sent).extracting(each -> each.record().after()).containsOnly(0L);
    }
  }

  @Test
  void closedRowsAndSeriesGoToTheirKeyGroupsPartitionAsTheyAre() throws Exception {
    SeriesEntry cpu =
        new SeriesEntry(
            7L, 70L, MetricType.GAUGE, new SeriesIdentity("acme", "cpu", List.of("host:a")), 0, 0);
    PartialBatch series = new PartialBatch(16);
    series.reset(PartialBatch.Kind.SERIES, 5, PartialBatch.OPEN);
    SeriesCodec.append(cpu, series);
    try (var harness = start(1, 0, 0L)) {
      harness.getOutput().clear();
      List<PartialBatch> batches =
          List.of(rows(4, 10, 1), rows(2, 60, 2), rows(0, 3600, 3), series, rows(4, 10, 5));
      for (PartialBatch batch : batches) {
        harness.processElement(new StreamRecord<>(batch));
      }
      List<Sent> sent = sent(harness);
      assertThat(sent).extracting(Sent::partition).containsExactly(1, 2, 0, 2, 1);
      for (int i = 0; i < batches.size(); i++) {
        PartialBatch fed = sent.get(i).record().batch();
        assertThat(fed.kind()).isEqualTo(batches.get(i).kind());
        assertThat(fed.keyGroup()).isEqualTo(batches.get(i).keyGroup());
        assertThat(fed.tierSeconds()).isEqualTo(batches.get(i).tierSeconds());
        assertThat(fed.toBytes()).isEqualTo(batches.get(i).toBytes());
      }
      List<SeriesEntry> read = new ArrayList<>();
      SeriesCodec.read(sent.get(3).record().batch(), read::add);
      assertThat(read).containsExactly(cpu);
    }
  }

  /** Whoever sends a batch writes the next one into the same array. */
  @Test
  void whatIsSentNoLongerBelongsToTheBatch() throws Exception {
    try (var harness = start(1, 0, 0L)) {
      harness.getOutput().clear();
      PartialBatch batch = rows(1, 10, 7);
      harness.processElement(new StreamRecord<>(batch));
      batch.bytes()[0] = 99;
      assertThat(sent(harness).get(0).record().batch().toBytes()).isEqualTo(new byte[] {7});
    }
  }

  @Test
  void openRowsTheLedgerAndReportsAreNotFed() throws Exception {
    try (var harness = start(1, 0, 0L)) {
      harness.getOutput().clear();
      harness.processElement(
          new StreamRecord<>(TestPartials.batch(0, List.of(TestPartials.gauge(1L, 10_000L, 1.0)))));
      harness.processElement(new StreamRecord<>(rows(0, LedgerRows.TIER, 1)));
      harness.processElement(
          new StreamRecord<>(
              PartialBatch.of(PartialBatch.Kind.REPORT, 0, PartialBatch.OPEN, new byte[0])));
      assertThat(sent(harness)).isEmpty();
    }
  }

  @Test
  void theFirstTaskAloneTellsHowFarIntakeIs() throws Exception {
    PartialBatch status =
        PartialBatch.of(PartialBatch.Kind.STATUS, 0, PartialBatch.OPEN, new byte[] {4, 5});
    try (var harness = start(2, 0, 0L)) {
      harness.getOutput().clear();
      harness.processElement(new StreamRecord<>(status));
      Sent told = sent(harness).get(0);
      assertThat(told.partition()).isZero();
      assertThat(told.record().kind()).isEqualTo(FeedRecord.Kind.STATUS);
      assertThat(told.record().batch().toBytes()).containsExactly(4, 5);
    }
    try (var harness = start(2, 1, 0L)) {
      harness.getOutput().clear();
      harness.processElement(new StreamRecord<>(status));
      assertThat(sent(harness)).isEmpty();
    }
  }

  @Test
  void afterIsTheLastBarrierThatWasPassed() throws Exception {
    try (var harness = start(1, 0, 0L)) {
      assertThat(afterOfRows(harness)).isZero();
      harness.prepareSnapshotPreBarrier(3L);
      assertThat(afterOfRows(harness)).isEqualTo(3L);
      harness.snapshot(3L, 1L);
      assertThat(afterOfRows(harness)).isEqualTo(3L);
      harness.notifyOfCompletedCheckpoint(3L);
      assertThat(afterOfRows(harness)).isEqualTo(3L);
      // one that fails: its barrier was passed all the same
      harness.prepareSnapshotPreBarrier(4L);
      harness.getOperator().notifyCheckpointAborted(4L);
      harness.getOutput().clear();
      harness.processWatermark(5_000L);
      assertThat(sent(harness)).hasSize(PARTITIONS);
      assertThat(sent(harness)).extracting(each -> each.record().after()).containsOnly(4L);
    }
  }

  @Test
  void aSecondsWatermarksAreOneWordToEveryPartition() throws Exception {
    try (var harness = start(1, 0, 0L)) {
      harness.getOutput().clear();
      long[] marks = {-1_500L, -1_001L, -1_000L, -1L, 0L, 999L, 1_000L, 1_001L, 9_999L, 10_000L};
      List<Long> fed = new ArrayList<>();
      for (long mark : marks) {
        harness.processWatermark(mark);
        List<Sent> sent = sent(harness);
        assertThat(sent).extracting(each -> each.record().watermarkMs()).allMatch(ms -> ms == mark);
        assertThat(sent).extracting(Sent::partition).isIn(List.of(), List.of(0, 1, 2));
        if (!sent.isEmpty()) {
          fed.add(mark);
        }
        harness.getOutput().clear();
      }
      assertThat(fed).containsExactly(-1_500L, -1_000L, 0L, 1_000L, 9_999L, 10_000L);
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(sent(harness)).hasSize(PARTITIONS);
    }
  }

  @Test
  void restoredAtAnotherParallelismItSaysFromWhere() throws Exception {
    OperatorSubtaskState state;
    try (var harness = start(1, 0, 0L)) {
      harness.prepareSnapshotPreBarrier(3L);
      state = harness.snapshot(3L, 1L);
      assertThat(state.hasState()).as("whether there is state to restore").isFalse();
    }
    UUID id;
    try (var first = start(2, 0, 3L);
        var second = start(2, 1, 3L)) {
      FeedWriter left = sent(first).get(0).record().writer();
      FeedWriter right = sent(second).get(0).record().writer();
      assertThat(List.of(left.firstKeyGroup(), left.lastKeyGroup())).containsExactly(0, 3);
      assertThat(List.of(right.firstKeyGroup(), right.lastKeyGroup())).containsExactly(4, 7);
      assertThat(left.id()).isNotEqualTo(right.id());
      assertThat(List.of(left.restored(), right.restored())).containsExactly(3L, 3L);
      assertThat(sent(first)).extracting(each -> each.record().after()).containsOnly(3L);
      assertThat(afterOfRows(first)).isEqualTo(3L);
      second.prepareSnapshotPreBarrier(9L);
      assertThat(afterOfRows(second)).isEqualTo(9L);
      id = left.id();
    }
    try (var whole = start(1, 0, 9L)) {
      FeedWriter writer = sent(whole).get(0).record().writer();
      assertThat(writer.id()).isNotEqualTo(id);
      assertThat(writer.restored()).isEqualTo(9L);
    }
  }

  @Test
  void withoutATopicItDoesNotStart() throws Exception {
    FeedPartitions none =
        () -> {
          throw new IllegalStateException("no such topic");
        };
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(new FeedOperator(KEY_GROUPS, none, 0), 8, 1, 0)) {
      harness.setup(new FeedMessageSerializer());
      assertThatThrownBy(harness::open).hasMessage("no such topic");
    }
  }

  private static OneInputStreamOperatorTestHarness<PartialBatch, FeedMessage> start(
      int parallelism, int subtask, long restored) throws Exception {
    OneInputStreamOperatorTestHarness<PartialBatch, FeedMessage> harness =
        new OneInputStreamOperatorTestHarness<>(
            new FeedOperator(KEY_GROUPS, () -> PARTITIONS, 0),
            KEY_GROUPS.maxParallelism(),
            parallelism,
            subtask);
    harness.setProcessingTime(START_MS);
    harness.setup(new FeedMessageSerializer());
    if (restored > 0) {
      harness.setRestoredCheckpointId(restored);
      harness.initializeState(OperatorSubtaskState.builder().build());
    }
    harness.open();
    return harness;
  }

  private static PartialBatch rows(int keyGroup, int tierSeconds, int content) {
    return PartialBatch.of(
        PartialBatch.Kind.PARTIALS, keyGroup, tierSeconds, new byte[] {(byte) content});
  }

  private static long afterOfRows(
      OneInputStreamOperatorTestHarness<PartialBatch, FeedMessage> harness) throws Exception {
    harness.getOutput().clear();
    harness.processElement(
        new StreamRecord<>(
            rows(harness.getEnvironment().getTaskInfo().getIndexOfThisSubtask() * 4, 10, 1)));
    List<Sent> sent = sent(harness);
    assertThat(sent).hasSize(1);
    return sent.get(0).record().after();
  }

  private static List<Sent> sent(
      OneInputStreamOperatorTestHarness<PartialBatch, FeedMessage> harness) {
    return harness.extractOutputValues().stream()
        .map(message -> new Sent(message.partition(), FeedRecord.ofBytes(message.bytes())))
        .toList();
  }
}
