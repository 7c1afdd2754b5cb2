package tidemark.operators.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.RuleSamples;
import tidemark.operators.TestPartials;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/** On RocksDB, with eight key groups in one task. */
class RulesOperatorTest {
  private static final KeyGroups KEY_GROUPS = new KeyGroups(8);
  private static final int MAX_CACHED = 50;
  private static final int SERIES = 1_000;

  /** Two rules that keep every tag make two coarser series of each finer one. */
  @Test
  void whatItRemembersIsBoundedAndNothingIsLostByIt() throws Exception {
    RulesOperator operator =
        new RulesOperator(new RulesConfig(16, MAX_CACHED, 1L << 20, 1024), KEY_GROUPS, 10);
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, KEY_GROUPS.selector(), Types.INT, 8, 1, 0)) {
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
      harness.setup(new PartialBatchSerializer());
      harness.open();
      DefinitionSet rules =
          DefinitionSet.empty()
              .with(RuleSamples.keeping(TestPartials.ORG, "a", 1, 0L, "host"), 0L)
              .with(RuleSamples.keeping(TestPartials.ORG, "b", 1, 0L, "host"), 0L);
      harness.processElement(
          new StreamRecord<>(batch(PartialBatch.Kind.DEFINITIONS, 0, rules.toBytes())));
      for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < SERIES; i++) {
          send(harness, i, round * 10_000L);
          assertThat(operator.coarserSeries()).isLessThanOrEqualTo(MAX_CACHED);
        }
        harness.processWatermark(new Watermark(round * 10_000L + 9_999L));
      }
      List<PartialBatch> sent = new ArrayList<>();
      harness.getSideOutput(RulesOperator.COARSER).forEach(each -> sent.add(each.getValue()));
      assertThat(points(sent))
          .hasSize(2 * SERIES)
          .allSatisfy((id, count) -> assertThat(count).isEqualTo(2));
      assertRowsFollowTheirSeries(sent);
    }
  }

  private static void send(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness,
      int number,
      long timestampMs)
      throws Exception {
    SeriesIdentity series = new SeriesIdentity(TestPartials.ORG, "cpu", List.of("host:h" + number));
    long[] hash = series.hash();
    int group = KEY_GROUPS.groupOf(hash[0]);
    PartialBatch announced = batch(PartialBatch.Kind.ANNOUNCED, group, new byte[0]);
    SeriesCodec.append(
        new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, series, 0L, 0L), announced);
    harness.processElement(new StreamRecord<>(announced));
    PartialBatch open =
        TestPartials.batch(group, List.of(TestPartials.gauge(hash[0], timestampMs, 1)));
    harness.processElement(
        new StreamRecord<>(PartialBatch.of(PartialBatch.Kind.PARTIALS, group, 10, open.toBytes())));
  }

  private static PartialBatch batch(PartialBatch.Kind kind, int group, byte[] bytes) {
    return PartialBatch.of(kind, group, PartialBatch.OPEN, bytes);
  }

  /** By series id. */
  private static Map<Long, Long> points(List<PartialBatch> batches) {
    Map<Long, Long> points = new HashMap<>();
    TestPartials.rows(batches)
        .forEach(row -> points.merge(row.key().seriesId(), row.aggregate().count(), Long::sum));
    return points;
  }

  private static void assertRowsFollowTheirSeries(List<PartialBatch> batches) {
    TreeSet<Long> announced = new TreeSet<>();
    for (PartialBatch batch : batches) {
      if (batch.kind() == PartialBatch.Kind.SERIES) {
        SeriesCodec.read(batch, entry -> announced.add(entry.seriesId()));
      } else {
        assertThat(announced).containsAll(points(List.of(batch)).keySet());
      }
    }
  }
}
