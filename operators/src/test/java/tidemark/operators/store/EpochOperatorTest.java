package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.EpochReport.Position;

class EpochOperatorTest {
  @TempDir Path folder;
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  @Test
  void gathersAllWritersIntoOneEpochPerBarrier() throws Exception {
    try (var harness = start(store.config(), null, 0)) {
      write(harness, result(List.of("r1"), List.of("s1"), 3, 100L, true), 1);
      write(harness, result(List.of("r2"), List.of(), 4, 200L, true), 1);
      harness.processWatermark(5_000L);
      EpochCommittable epoch = onlyEpoch(harness, 1L);
      assertThat(epoch.checkpoint()).isEqualTo(1L);
      assertThat(epoch.rollupFiles()).containsExactly("r1", "r2");
      assertThat(epoch.seriesFiles()).containsExactly("s1");
      assertThat(epoch.summary())
          .containsEntry("tidemark.lineage", epoch.lineage())
          .containsEntry("tidemark.checkpoint", "1")
          .containsEntry("tidemark.offsets", "{\"points\":{\"0\":200}}")
          .containsEntry("tidemark.watermark-ms", "5000")
          .containsEntry("tidemark.watermark-kind", "heartbeat")
          .containsEntry("tidemark.points-accepted", "7")
          .containsEntry("tidemark.points-refused", "0")
          .containsEntry("tidemark.points-late", "0")
          .containsEntry("tidemark.points-stored", "0")
          .containsEntry("tidemark.records-refused", "0")
          .containsEntry("tidemark.total-points-accepted", "7");

      write(harness, result(List.of("r3"), List.of(), 5, 300L, false), 2);
      EpochCommittable next = onlyEpoch(harness, 2L);
      assertThat(next.rollupFiles()).containsExactly("r3");
      assertThat(next.seriesFiles()).isEmpty();
      assertThat(next.summary())
          .containsEntry("tidemark.points-accepted", "5")
          .containsEntry("tidemark.total-points-accepted", "12")
          .containsEntry("tidemark.watermark-kind", "estimated")
          .containsEntry("tidemark.watermark-ms", "5000");
    }
  }

  @Test
  void anEpochWithoutNewsIsNotCommitted() throws Exception {
    try (var harness = start(store.config(), null, 0)) {
      write(harness, result(List.of("r1"), List.of(), 3, 100L, true), 1);
      onlyEpoch(harness, 1L);
      write(harness, new WriterResult(List.of(), List.of(), EpochReport.empty()), 2);
      harness.getOutput().clear();
      harness.prepareSnapshotPreBarrier(2L);
      assertThat(harness.extractOutputValues()).isEmpty();

      harness.processWatermark(9_000L); // time alone is news
      assertThat(onlyEpoch(harness, 3L).rollupFiles()).isEmpty();
    }
  }

  @Test
  void theEndOfInputDoesNotWaitForABarrier() throws Exception {
    try (var harness = start(store.config(), null, 0)) {
      write(harness, result(List.of("r1"), List.of(), 3, 100L, true), 1);
      onlyEpoch(harness, 1L);
      write(harness, result(List.of("r2"), List.of(), 3, 200L, true), 2);
      harness.getOutput().clear();
      harness.endInput();
      assertThat(epochs(harness)).extracting(EpochCommittable::checkpoint).containsExactly(2L);
      harness.getOutput().clear();
      harness.prepareSnapshotPreBarrier(2L);
      assertThat(harness.extractOutputValues()).isEmpty();
    }
  }

  @Test
  void lineageAndTotalsSurviveRestore() throws Exception {
    OperatorSubtaskState state;
    String lineage;
    try (var harness = start(store.config(), null, 0)) {
      write(harness, result(List.of("r1"), List.of(), 3, 100L, true), 1);
      harness.processWatermark(5_000L);
      lineage = onlyEpoch(harness, 7L).lineage();
      state = harness.snapshot(7L, 7L);
    }
    try (var harness = start(store.config(), state, 7)) {
      write(harness, result(List.of("r2"), List.of(), 4, 150L, true), 8);
      EpochCommittable epoch = onlyEpoch(harness, 8L);
      assertThat(epoch.lineage()).isEqualTo(lineage);
      assertThat(epoch.rollupFiles()).containsExactly("r2");
      assertThat(epoch.summary())
          .containsEntry("tidemark.total-points-accepted", "7")
          .containsEntry("tidemark.watermark-ms", "5000");
    }
  }

  @Test
  void freshStartsAreDifferentLineages() throws Exception {
    String first;
    try (var harness = start(store.config(), null, 0)) {
      harness.processWatermark(5_000L);
      first = onlyEpoch(harness, 1L).lineage();
    }
    try (var harness = start(store.config(), null, 0)) {
      harness.processWatermark(5_000L);
      assertThat(onlyEpoch(harness, 1L).lineage()).isNotEqualTo(first);
    }
  }

  @Test
  void refusesATableAheadOfWhatWasRestored() throws Exception {
    OperatorSubtaskState state = stateOfLineageAt(5L);
    String lineage = lineageOf(state, 5);
    store.commit(store.epoch(lineage, 5, false));
    start(store.config(), state, 5).close(); // equal: go on

    store.commit(store.epoch(lineage, 6, false));
    assertThatThrownBy(() -> start(store.config(), state, 5))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("the rollups table is at checkpoint 6 of lineage " + lineage)
        .hasMessageContaining("ahead of the restored checkpoint 5")
        .hasMessageContaining("resume from checkpoint 6 or a later one");
  }

  @Test
  void aTableBehindWhatWasRestoredGoesOn() throws Exception {
    OperatorSubtaskState state = stateOfLineageAt(5L);
    store.commit(store.epoch(lineageOf(state, 5), 4, false));
    start(store.config(), state, 5).close();
  }

  @Test
  void refusesAForeignLineageUnlessToldToAppend() throws Exception {
    store.commit(store.epoch("someone-else", 3, false));
    assertThatThrownBy(() -> start(store.config(), null, 0))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("holds checkpoint 3 of lineage someone-else")
        .hasMessageContaining("starts without state")
        .hasMessageContaining("set tidemark.store.on-existing to append");
    start(store.config(StoreOptions.OnExisting.APPEND), null, 0).close();
  }

  /** Appending is about other lineages: its own commits may still not be ahead. */
  @Test
  void appendingDoesNotHideThatTheTableIsAhead() throws Exception {
    OperatorSubtaskState state = stateOfLineageAt(5L);
    String lineage = lineageOf(state, 5);
    store.commit(store.epoch(lineage, 6, false));
    store.commit(store.epoch("someone-else", 1, false));
    assertThatThrownBy(() -> start(store.config(StoreOptions.OnExisting.APPEND), state, 5))
        .isInstanceOf(SuppressRestartsException.class)
        .rootCause()
        .hasMessageContaining("ahead of the restored checkpoint 5");
  }

  /** Snapshot of a run that saw one watermark, taken at that checkpoint. */
  private OperatorSubtaskState stateOfLineageAt(long checkpoint) throws Exception {
    try (var harness = start(store.config(), null, 0)) {
      harness.processWatermark(5_000L);
      harness.prepareSnapshotPreBarrier(checkpoint);
      return harness.snapshot(checkpoint, checkpoint);
    }
  }

  private String lineageOf(OperatorSubtaskState state, long checkpoint) throws Exception {
    try (var harness = start(store.config(), state, checkpoint)) {
      harness.processWatermark(6_000L);
      return onlyEpoch(harness, checkpoint + 1).lineage();
    }
  }

  private static WriterResult result(
      List<String> rollups, List<String> series, long points, long nextOffset, boolean isProven) {
    return new WriterResult(
        rollups,
        series,
        new EpochReport(
            new TreeMap<>(Map.of(EpochReport.POINTS_ACCEPTED, points)),
            new TreeMap<>(Map.of("points/0", new Position(nextOffset, isProven)))));
  }

  private static void write(
      OneInputStreamOperatorTestHarness<
              CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>
          harness,
      WriterResult result,
      long checkpoint)
      throws Exception {
    harness.processElement(new StreamRecord<>(new CommittableSummary<>(0, 1, checkpoint, 1, 0)));
    harness.processElement(new StreamRecord<>(new CommittableWithLineage<>(result, checkpoint, 0)));
  }

  private static EpochCommittable onlyEpoch(
      OneInputStreamOperatorTestHarness<
              CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>
          harness,
      long checkpoint)
      throws Exception {
    harness.getOutput().clear();
    harness.prepareSnapshotPreBarrier(checkpoint);
    List<CommittableMessage<EpochCommittable>> messages = harness.extractOutputValues();
    assertThat(messages).hasSize(2);
    assertThat(messages.get(0)).isInstanceOf(CommittableSummary.class);
    assertThat(messages)
        .allSatisfy(message -> assertThat(message.getCheckpointId()).isEqualTo(checkpoint));
    return epochs(harness).get(0);
  }

  private static List<EpochCommittable> epochs(
      OneInputStreamOperatorTestHarness<
              CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>
          harness) {
    List<EpochCommittable> epochs = new ArrayList<>();
    for (CommittableMessage<EpochCommittable> message : harness.extractOutputValues()) {
      if (message instanceof CommittableWithLineage<EpochCommittable> epoch) {
        epochs.add(epoch.getCommittable());
      }
    }
    return epochs;
  }

  private static OneInputStreamOperatorTestHarness<
          CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>
      start(StoreConfig config, OperatorSubtaskState state, long checkpoint) throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<
            CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>(
            new EpochOperator(config));
    harness.setup(
        CommittableMessageTypeInfo.of(EpochCommittableSerializer::new).createSerializer(null));
    if (state != null) {
      harness.setRestoredCheckpointId(checkpoint);
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }
}
