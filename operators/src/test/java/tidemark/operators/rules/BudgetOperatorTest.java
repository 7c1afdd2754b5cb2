package tidemark.operators.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
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
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

/** On RocksDB, with eight key groups in one task. */
class BudgetOperatorTest {
  private static final KeyGroups KEY_GROUPS = new KeyGroups(8);
  private static final String ORG = TestPartials.ORG;
  private static final List<Integer> TIERS = List.of(10, 60, 3600);

  private KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness;

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aRuleThatKeepsToItsLimitIsRefusedNothing() throws Exception {
    start(null);
    define(rule(1, 0L, 2_000));
    List<Integer> all = announce("cpu@r", 0, 2_000);
    assertThat(all).hasSize(2_000);
    assertThat(points("cpu@r", 0, 2_000, 10_000L)).isEqualTo(2_000);
  }

  /** Six deviations of 250 and a few are 101 at most in a group: 8 x 351. */
  @Test
  void whatIsTooMuchIsRefusedWholeAndStaysSoAfterARestore() throws Exception {
    start(null);
    define(rule(1, 0L, 2_000));
    List<Integer> admitted = announce("cpu@r", 0, 20_000);
    assertThat(admitted.size()).isBetween(2_000, 8 * 351);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    start(state);
    define(rule(1, 0L, 2_000));
    assertThat(announce("cpu@r", 0, 20_000)).isEqualTo(admitted);
    assertThat(points("cpu@r", 0, 20_000, 10_000L)).isEqualTo(admitted.size());
  }

  @Test
  void aLimitThatIsRaisedLaterTakesWholeWindowsOnly() throws Exception {
    start(null);
    define(rule(1, 0L, 1));
    int few = announce("cpu@r", 0, 100).size();
    assertThat(few).isBetween(1, 8);
    define(rule(1, 0L, 1), rule(2, 50_000L, 1_000));
    assertThat(announce("cpu@r", 0, 100)).hasSize(100);
    assertThat(points("cpu@r", 0, 100, 40_000L)).isEqualTo(few);
    assertThat(points("cpu@r", 0, 100, 50_000L)).isEqualTo(100);
  }

  @Test
  void rowsThatComeBeforeTheirRuleWaitForIt() throws Exception {
    start(null);
    assertThat(announce("cpu@r", 0, 10)).isEmpty();
    assertThat(points("cpu@r", 0, 10, 10_000L)).isZero();
    define(rule(1, 0L, 1_000));
    assertThat(rows()).isEqualTo(10);
    harness.getOutput().clear();
    harness.processWatermark(new Watermark(20_000L));
    assertThat(rows()).isZero();
  }

  /** A batch of series waits as a whole, so what comes behind it must not overtake it. */
  @Test
  void rowsOfAKnownRuleDoNotOvertakeTheirSeries() throws Exception {
    start(null);
    define(rule(1, 0L, 1_000));
    SeriesIdentity known = identity("cpu@r", 1);
    int group = KEY_GROUPS.groupOf(known.hash()[0]);
    SeriesIdentity unknown =
        IntStream.iterate(0, i -> i + 1)
            .mapToObj(i -> identity("cpu@new", i))
            .filter(each -> KEY_GROUPS.groupOf(each.hash()[0]) == group)
            .findFirst()
            .orElseThrow();
    PartialBatch batch =
        PartialBatch.of(PartialBatch.Kind.SERIES, group, PartialBatch.OPEN, new byte[0]);
    for (SeriesIdentity each : List.of(known, unknown)) {
      SeriesCodec.append(
          new SeriesEntry(each.hash()[0], each.hash()[1], MetricType.GAUGE, each, 0L, 0L), batch);
    }
    send(batch);
    assertThat(points("cpu@r", 1, 2, 10_000L)).isZero();
    define(rule(1, 0L, 1_000), RuleSamples.of(ORG, "new", 1, 0L, "host", TIERS, 1_000));
    assertThat(rows()).isEqualTo(1);
    assertThat(harness.extractOutputValues())
        .extracting(PartialBatch::kind)
        .containsSubsequence(PartialBatch.Kind.SERIES, PartialBatch.Kind.PARTIALS);
  }

  /** One task may be windows ahead of another, and of the definitions on their way here. */
  @Test
  void theWatermarkOfOtherTasksDoesNotEndTheWait() throws Exception {
    start(null);
    announce("cpu@r", 0, 10);
    points("cpu@r", 0, 10, 20_000L);
    harness.processWatermark(new Watermark(9_999L));
    assertThat(harness.getOutput()).isEmpty();
    define(RuleSamples.of(ORG, "other", 1, 0L, "host", TIERS, 1_000));
    assertThat(harness.getOutput()).doesNotContain(new Watermark(9_999L));
    define(rule(1, 20_000L, 1_000));
    assertThat(rows()).isEqualTo(10);
    assertThat(harness.getOutput()).last().isEqualTo(new Watermark(9_999L));
    harness.processWatermark(new Watermark(29_999L));
    assertThat(harness.getOutput()).last().isEqualTo(new Watermark(29_999L));
  }

  @Test
  void theWatermarkDoesNotOvertakeRowsThatWait() throws Exception {
    start(null);
    points("cpu@gone", 0, 10, 20_000L);
    harness.processWatermark(new Watermark(19_999L));
    assertThat(harness.getOutput()).isEmpty();
    harness.processWatermark(new Watermark(20_000L));
    assertThat(harness.getOutput()).containsExactly(new Watermark(20_000L));
  }

  @Test
  void aBarrierEndsTheWait() throws Exception {
    start(null);
    announce("cpu@gone", 0, 10);
    harness.processWatermark(new Watermark(50_000L));
    assertThat(harness.getOutput()).isEmpty();
    harness.prepareSnapshotPreBarrier(1);
    assertThat(harness.getOutput()).containsExactly(new Watermark(50_000L));
  }

  @Test
  void rowsOfARuleThatNobodyKnowsAtTheWatermarkAreRefused() throws Exception {
    start(null);
    assertThat(points("cpu@gone", 0, 10, 10_000L)).isZero();
    harness.processWatermark(new Watermark(20_000L));
    define(new Removal(Definition.Kind.RULE, ORG, "gone", 2, 0L));
    assertThat(rows()).isZero();
  }

  @Test
  void aForgottenRuleLeavesNoState() throws Exception {
    start(null);
    define(rule(1, 0L, 1_000));
    assertThat(announce("cpu@r", 0, 500)).hasSize(500);
    define();
    define(rule(1, 0L, 1));
    int few = announce("cpu@r", 0, 500).size();
    assertThat(few).isBetween(1, 8);
    assertThat(points("cpu@r", 0, 500, 10_000L)).isEqualTo(few);
  }

  @Test
  void seriesOfMonitorsPass() throws Exception {
    start(null);
    String metric = CoarserSeries.ofMonitor("too-hot", 3);
    assertThat(announce(metric, 0, 50)).hasSize(50);
    assertThat(points(metric, 0, 50, 10_000L)).isEqualTo(50);
  }

  // ---- parts

  private void start(OperatorSubtaskState state) throws Exception {
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new BudgetOperator(KEY_GROUPS, 1 << 12), KEY_GROUPS.selector(), Types.INT, 8, 1, 0);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(new PartialBatchSerializer());
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  private static AggregationRule rule(int version, long fromMs, int maxSeries) {
    return RuleSamples.of(ORG, "r", version, fromMs, "host", TIERS, maxSeries);
  }

  private void define(Definition... definitions) throws Exception {
    DefinitionSet set = DefinitionSet.empty();
    for (Definition definition : definitions) {
      set = set.with(definition, -10_000L);
    }
    send(PartialBatch.of(PartialBatch.Kind.DEFINITIONS, 0, PartialBatch.OPEN, set.toBytes()));
  }

  private void send(PartialBatch batch) throws Exception {
    harness.processElement(new StreamRecord<>(batch));
  }

  private static SeriesIdentity identity(String metric, int number) {
    return new SeriesIdentity(ORG, metric, List.of("host:h" + number));
  }

  /** Numbers of the series that pass. */
  private List<Integer> announce(String metric, int from, int to) throws Exception {
    harness.getOutput().clear();
    Map<Integer, PartialBatch> batches = new TreeMap<>();
    for (int i = from; i < to; i++) {
      SeriesIdentity identity = identity(metric, i);
      long[] hash = identity.hash();
      PartialBatch batch =
          batches.computeIfAbsent(
              KEY_GROUPS.groupOf(hash[0]),
              group ->
                  PartialBatch.of(PartialBatch.Kind.SERIES, group, PartialBatch.OPEN, new byte[0]));
      SeriesCodec.append(
          new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, identity, 0L, 0L), batch);
    }
    for (PartialBatch batch : batches.values()) {
      send(batch);
    }
    TreeSet<Integer> passed = new TreeSet<>();
    for (PartialBatch batch : harness.extractOutputValues()) {
      SeriesCodec.read(
          batch,
          entry ->
              passed.add(
                  Integer.parseInt(entry.identity().tags().get(0).substring("host:h".length()))));
    }
    return new ArrayList<>(passed);
  }

  /** Points of the rows that pass, one of each series. */
  private long points(String metric, int from, int to, long timestampMs) throws Exception {
    harness.getOutput().clear();
    List<TestPartials.Point> points = new ArrayList<>();
    for (int i = from; i < to; i++) {
      points.add(
          new TestPartials.Point(
              MetricType.GAUGE, metric, identity(metric, i).hash()[0], timestampMs, i));
    }
    for (PartialBatch batch : TestPartials.batches(KEY_GROUPS, points)) {
      send(batch);
    }
    return rows();
  }

  private long rows() {
    return TestPartials.rows(harness.extractOutputValues()).size();
  }
}
