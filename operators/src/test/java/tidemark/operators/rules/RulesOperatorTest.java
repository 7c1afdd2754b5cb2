package tidemark.operators.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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
import tidemark.state.definition.AggregationRule;

/** On RocksDB, with eight key groups in one task. */
class RulesOperatorTest {
  private static final KeyGroups KEY_GROUPS = new KeyGroups(8);
  private static final int MAX_CACHED = 50;
  private static final int SERIES = 1_000;

  /** Two rules that keep every tag make two coarser series of each finer one. */
  @Test
  void whatItRemembersIsBoundedAndNothingIsLostByIt() throws Exception {
    RulesOperator operator = operator(MAX_CACHED);
    try (var harness = harness(operator)) {
      DefinitionSet rules =
          DefinitionSet.empty()
              .with(RuleSamples.keeping(TestPartials.ORG, "a", 1, 0L, "host"), 0L)
              .with(RuleSamples.keeping(TestPartials.ORG, "b", 1, 0L, "host"), 0L);
      tell(harness, rules);
      for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < SERIES; i++) {
          send(harness, series(TestPartials.ORG, i), round * 10_000L);
          assertThat(operator.coarserSeries()).isLessThanOrEqualTo(MAX_CACHED);
        }
        harness.processWatermark(new Watermark(round * 10_000L + 9_999L));
      }
      List<PartialBatch> sent = sent(harness);
      assertThat(points(sent))
          .hasSize(2 * SERIES)
          .allSatisfy((id, count) -> assertThat(count).isEqualTo(2));
      assertRowsFollowTheirSeries(sent);
    }
  }

  /** Changes of one org, with late rows among the others, at random. */
  @Test
  void whatOneOrgChangesLeavesTheRoutesOfOthersAndTheirRowsAlone() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      List<String> orgs = List.of("acme", "globex", "umbra");
      RulesOperator operator = operator(1_000_000);
      try (var harness = harness(operator)) {
        DefinitionSet told = DefinitionSet.empty();
        List<AggregationRule> rules = new ArrayList<>();
        Map<Long, Long> expected = new HashMap<>(); // points by coarser series
        for (int step = 1; step <= 20; step++) {
          String org = step <= orgs.size() ? orgs.get(step - 1) : orgs.get(random.nextInt(3));
          String tag = random.nextBoolean() ? "host" : "zone";
          AggregationRule rule = RuleSamples.keeping(org, "a", step, step * 10_000L, tag);
          rules.add(rule);
          told = told.with(rule, 0L);
          tell(harness, told);
          long found = operator.routesFound();
          for (int i = 0; i < 30; i++) {
            SeriesIdentity series = series(orgs.get(i % 3), i);
            long timestampMs = (1 + random.nextInt(step)) * 10_000L;
            send(harness, series, timestampMs);
            inForce(rules, series.org(), timestampMs)
                .ifPresent(each -> expected.merge(coarserId(series, each), 1L, Long::sum));
          }
          assertThat(operator.routesFound() - found).as("seed %s, %s", seed, step).isEqualTo(10);
        }
        harness.processWatermark(new Watermark(1_000_000L));
        assertThat(points(sent(harness))).as("seed %s", seed).isEqualTo(expected);
        assertRowsFollowTheirSeries(sent(harness));
      }
    }
  }

  /** What a rule was refused for its limit is asked for again when it may have more. */
  @Test
  void whatAnOrgChangesIsAnnouncedAnew() throws Exception {
    RulesOperator operator = operator(1_000);
    try (var harness = harness(operator)) {
      DefinitionSet told =
          DefinitionSet.empty()
              .with(RuleSamples.keeping("acme", "a", 1, 0L, "host"), 0L)
              .with(RuleSamples.keeping("globex", "a", 1, 0L, "host"), 0L);
      for (int version = 2; version <= 3; version++) {
        tell(harness, told);
        send(harness, series("acme", 1), 10_000L);
        send(harness, series("globex", 1), 10_000L);
        told = told.with(RuleSamples.keeping("acme", "a", version, 90_000L, "host"), 0L);
      }
      harness.processWatermark(new Watermark(20_000L));
      List<String> announced = new ArrayList<>();
      for (PartialBatch batch : sent(harness)) {
        if (batch.kind() == PartialBatch.Kind.SERIES) {
          SeriesCodec.read(batch, entry -> announced.add(entry.identity().org()));
        }
      }
      assertThat(announced).containsExactlyInAnyOrder("acme", "globex", "acme");
    }
  }

  private static Optional<AggregationRule> inForce(
      List<AggregationRule> rules, String org, long windowStartMs) {
    return rules.stream()
        .filter(each -> each.org().equals(org) && each.fromMs() <= windowStartMs)
        .reduce((first, second) -> second);
  }

  /** By the words of docs/rules.md: the tag that is kept, and the rule in the name. */
  private static long coarserId(SeriesIdentity series, AggregationRule rule) {
    List<String> tags =
        series.tags().stream().filter(tag -> tag.startsWith(rule.tagKeys().first())).toList();
    return new SeriesIdentity(series.org(), "cpu@a", tags).hash()[0];
  }

  private static RulesOperator operator(int maxCached) {
    return new RulesOperator(new RulesConfig(16, maxCached, 1L << 20, 1024), KEY_GROUPS, 10);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch>
      harness(RulesOperator operator) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, KEY_GROUPS.selector(), Types.INT, 8, 1, 0);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    harness.setup(new PartialBatchSerializer());
    harness.open();
    return harness;
  }

  private static void tell(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness,
      DefinitionSet definitions)
      throws Exception {
    harness.processElement(
        new StreamRecord<>(batch(PartialBatch.Kind.DEFINITIONS, 0, definitions.toBytes())));
  }

  private static List<PartialBatch> sent(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness) {
    List<PartialBatch> sent = new ArrayList<>();
    harness.getSideOutput(RulesOperator.COARSER).forEach(each -> sent.add(each.getValue()));
    return sent;
  }

  private static SeriesIdentity series(String org, int number) {
    return new SeriesIdentity(org, "cpu", List.of("host:h" + number, "zone:z" + number % 2));
  }

  private static void send(
      KeyedOneInputStreamOperatorTestHarness<Integer, PartialBatch, PartialBatch> harness,
      SeriesIdentity series,
      long timestampMs)
      throws Exception {
    long[] hash = series.hash();
    int group = KEY_GROUPS.groupOf(hash[0]);
    PartialBatch announced = batch(PartialBatch.Kind.ANNOUNCED, group, new byte[0]);
    SeriesCodec.append(
        new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, series, 0L, 0L), announced);
    harness.processElement(new StreamRecord<>(announced));
    PartialBatch open =
        TestPartials.batch(
            group, series.org(), List.of(TestPartials.gauge(hash[0], timestampMs, 1)));
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
