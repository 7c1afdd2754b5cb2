package tidemark.operators.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.RuleSamples;
import tidemark.operators.TestPartials;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;

class TiersOperatorTest {
  private OneInputStreamOperatorTestHarness<PartialBatch, PartialBatch> harness;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new TiersOperator());
    harness.setup(new PartialBatchSerializer());
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aRuleStoresTheTiersThatItNames() throws Exception {
    define(rule("minutes", 1, 0L, 60), rule("all", 1, 0L, 10, 60, 3600));
    assertThat(passing(10, "cpu@minutes", 30_000L)).isZero();
    assertThat(passing(60, "cpu@minutes", 60_000L)).isEqualTo(1);
    assertThat(passing(3600, "cpu@minutes", 0L)).isZero();
    assertThat(passing(10, "cpu@all", 30_000L)).isEqualTo(1);
    assertThat(passing(3600, "cpu@all", 0L)).isEqualTo(1);
  }

  @Test
  void theVersionInForceAtTheWindowsStartDecides() throws Exception {
    define(rule("r", 1, 60_000L, 60), rule("r", 2, 120_000L, 10));
    assertThat(passing(10, "cpu@r", 110_000L)).isZero();
    assertThat(passing(10, "cpu@r", 120_000L)).isEqualTo(1);
    assertThat(passing(60, "cpu@r", 60_000L)).isEqualTo(1);
    assertThat(passing(60, "cpu@r", 120_000L)).isZero();
    // a rule that begins within an hour speaks for all of it
    assertThat(passing(3600, "cpu@r", 0L)).isZero();
  }

  @Test
  void definitionsEndHere() throws Exception {
    define(rule("r", 1, 0L, 60));
    assertThat(harness.getOutput()).isEmpty();
  }

  private void define(AggregationRule... rules) throws Exception {
    DefinitionSet set = DefinitionSet.empty();
    for (AggregationRule rule : rules) {
      set = set.with(rule, -10_000L);
    }
    harness.processElement(
        new StreamRecord<>(
            PartialBatch.of(PartialBatch.Kind.DEFINITIONS, 0, PartialBatch.OPEN, set.toBytes())));
  }

  private static AggregationRule rule(String name, int version, long fromMs, Integer... tiers) {
    return RuleSamples.of(TestPartials.ORG, name, version, fromMs, "host", List.of(tiers), 1_000);
  }

  private int passing(int tierSeconds, String metric, long windowMs) throws Exception {
    harness.getOutput().clear();
    PartialBatch open =
        TestPartials.batch(
            0, List.of(new TestPartials.Point(MetricType.GAUGE, metric, 7L, windowMs, 1)));
    harness.processElement(
        new StreamRecord<>(
            PartialBatch.of(PartialBatch.Kind.PARTIALS, 0, tierSeconds, open.toBytes())));
    return TestPartials.rows(harness.extractOutputValues()).size();
  }
}
