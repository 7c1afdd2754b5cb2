package tidemark.operators.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

class IndexOperatorTest {
  private static final long DAY_MS = 86_400_000L;
  private static final KeyGroups KEY_GROUPS = new KeyGroups(4);
  private static final SeriesEntry CPU = entry(7L, 70L, "cpu", 5, 5);

  @Test
  void aNewSeriesPassesOnceAndIsCounted() throws Exception {
    try (var harness = start(null, 1, 1, 0)) {
      assertThat(index(harness, CPU)).containsExactly(CPU);
      assertThat(index(harness, CPU)).isEmpty();
      assertThat(report(harness)).isEqualTo(Map.of(EpochReport.SERIES_NEW, 1L));
      assertThat(report(harness)).isEmpty();
      assertThat(index(harness, CPU, entry(8L, 80L, "mem", 5, 5)))
          .containsExactly(entry(8L, 80L, "mem", 5, 5));
    }
  }

  @Test
  void furtherAndEarlierDaysGiveTheWholeRangeKnown() throws Exception {
    try (var harness = start(null, 1, 1, 0)) {
      index(harness, CPU);
      assertThat(index(harness, entry(7L, 70L, "cpu", 6, 6)))
          .containsExactly(entry(7L, 70L, "cpu", 5, 6));
      assertThat(index(harness, entry(7L, 70L, "cpu", 2, 2)))
          .containsExactly(entry(7L, 70L, "cpu", 2, 6));
      assertThat(index(harness, entry(7L, 70L, "cpu", 3, 6))).isEmpty();
      assertThat(report(harness)).isEqualTo(Map.of(EpochReport.SERIES_NEW, 1L));
    }
  }

  @Test
  void typesOfOneSeriesAreTwoEntries() throws Exception {
    SeriesEntry counter =
        new SeriesEntry(7L, 70L, MetricType.COUNTER, CPU.identity(), 5 * DAY_MS, 5 * DAY_MS);
    try (var harness = start(null, 1, 1, 0)) {
      assertThat(index(harness, CPU, counter)).containsExactly(CPU, counter);
      assertThat(report(harness)).isEqualTo(Map.of(EpochReport.SERIES_NEW, 2L));
    }
  }

  @Test
  void aCollisionIsCountedAndKeepsItsRow() throws Exception {
    SeriesEntry other = entry(7L, 71L, "mem", 5, 5);
    try (var harness = start(null, 1, 1, 0)) {
      index(harness, CPU);
      assertThat(index(harness, other)).containsExactly(other);
      assertThat(report(harness))
          .isEqualTo(Map.of(EpochReport.SERIES_NEW, 1L, EpochReport.SERIES_COLLISIONS, 1L));
      assertThat(index(harness, CPU)).isEmpty();
    }
  }

  @Test
  void restoredAtAnotherParallelismItStillKnows() throws Exception {
    // ids that lie in key groups 0 and 3
    SeriesEntry last = entry(-1L, 10L, "last", 5, 5);
    OperatorSubtaskState one;
    try (var harness = start(null, 1, 1, 0)) {
      index(harness, CPU);
      index(harness, last);
      one = harness.snapshot(1L, 1L);
    }
    OperatorSubtaskState left;
    OperatorSubtaskState right;
    try (var first = start(one, 1, 2, 0);
        var second = start(one, 1, 2, 1)) {
      assertThat(index(first, CPU)).isEmpty();
      assertThat(index(second, last)).isEmpty();
      assertThat(index(second, entry(-1L, 10L, "last", 6, 6))).hasSize(1);
      left = first.snapshot(2L, 2L);
      right = second.snapshot(2L, 2L);
    }
    OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(left, right);
    try (var harness = start(both, 2, 1, 0)) {
      assertThat(index(harness, CPU)).isEmpty();
      assertThat(index(harness, entry(-1L, 10L, "last", 6, 6))).isEmpty();
      assertThat(report(harness)).isEmpty();
    }
  }

  @Test
  void otherBatchesPassAsTheyAre() throws Exception {
    try (var harness = start(null, 1, 1, 0)) {
      harness.processElement(
          new StreamRecord<>(
              PartialBatch.of(PartialBatch.Kind.PARTIALS, 1, 10, new byte[] {1, 2})));
      assertThat(harness.extractOutputValues())
          .singleElement()
          .satisfies(
              batch -> {
                assertThat(batch.isPartialsOf(10)).isTrue();
                assertThat(batch.toBytes()).containsExactly(1, 2);
              });
    }
  }

  private static SeriesEntry entry(long id, long check, String metric, int first, int last) {
    return new SeriesEntry(
        id,
        check,
        MetricType.GAUGE,
        new SeriesIdentity("acme", metric, List.of("host:a")),
        first * DAY_MS,
        last * DAY_MS);
  }

  private static List<SeriesEntry> index(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness,
      SeriesEntry... entries)
      throws Exception {
    harness.getOutput().clear();
    PartialBatch batch = new PartialBatch(16);
    batch.reset(
        PartialBatch.Kind.SERIES, KEY_GROUPS.groupOf(entries[0].seriesId()), PartialBatch.OPEN);
    for (SeriesEntry entry : entries) {
      SeriesCodec.append(entry, batch);
    }
    harness.processElement(new StreamRecord<>(batch));
    List<SeriesEntry> passed = new ArrayList<>();
    for (PartialBatch sent : harness.extractOutputValues()) {
      assertThat(sent.keyGroup()).isEqualTo(batch.keyGroup());
      SeriesCodec.read(sent, passed::add);
    }
    return passed;
  }

  /** Counts of the report before a barrier. */
  private static Map<String, Long> report(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness)
      throws Exception {
    harness.getOutput().clear();
    harness.prepareSnapshotPreBarrier(1L);
    EpochReport report = EpochReport.empty();
    for (PartialBatch sent : harness.extractOutputValues()) {
      assertThat(sent.kind()).isEqualTo(PartialBatch.Kind.REPORT);
      report = report.merge(EpochReport.ofBytes(sent.bytes(), sent.length()));
    }
    return report.counts();
  }

  private static KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> start(
      OperatorSubtaskState state, int before, int parallelism, int subtask) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            IndexOperator.ofNews(KEY_GROUPS),
            KEY_GROUPS.selector(),
            Types.INT,
            KEY_GROUPS.maxParallelism(),
            parallelism,
            subtask);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(new PartialBatchSerializer());
    if (state != null) {
      harness.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              state, KEY_GROUPS.maxParallelism(), before, parallelism, subtask));
    }
    harness.open();
    return harness;
  }
}
