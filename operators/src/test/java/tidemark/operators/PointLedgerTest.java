package tidemark.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.TestPartials.LedgerKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;

class PointLedgerTest {
  private final PointLedger ledger = new PointLedger(LedgerRows.ACCEPTED);
  private final Map<LedgerKey, Long> expected = new HashMap<>();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void countsAreWhatWasCountedSinceTheLastDrain(long seed) {
    Random random = new Random(seed);
    MetricNames names = new MetricNames(seed);
    ledger.useNames(names);
    for (int step = 0; step < 5_000; step++) {
      if (random.nextInt(500) == 0) {
        names = new MetricNames(step); // admission forgot its numbers
        ledger.useNames(names);
      }
      if (random.nextInt(1_000) == 0) {
        assertThat(TestPartials.ledger(drained(0))).as("seed %s", seed).isEqualTo(expected);
        expected.clear();
      }
      countSome(random, names);
    }
    assertThat(TestPartials.ledger(drained(0))).as("seed %s", seed).isEqualTo(expected);
    assertThat(drained(0)).isEmpty();
  }

  private void countSome(Random random, MetricNames names) {
    String org = "org-" + random.nextInt(30);
    int name = names.number(MetricType.GAUGE, org, "metric-" + random.nextInt(5));
    long[] timesMs = new long[1 + random.nextInt(4)];
    long firstMs = Long.MAX_VALUE;
    long lastMs = Long.MIN_VALUE;
    for (int i = 0; i < timesMs.length; i++) {
      timesMs[i] = random.nextInt(4) * 30_000L + random.nextInt(2) * 29_999L;
      firstMs = Math.min(firstMs, timesMs[i]);
      lastMs = Math.max(lastMs, timesMs[i]);
      expect(org, timesMs[i], 1);
    }
    ledger.countAll(name, timesMs, 0, timesMs.length, firstMs, lastMs);
    ledger.count(name, timesMs[0], 12);
    expect(org, timesMs[0], 12);
  }

  private void expect(String org, long timestampMs, long points) {
    long minuteMs = timestampMs - timestampMs % 60_000L;
    expected.merge(new LedgerKey(LedgerRows.ACCEPTED, org, minuteMs), points, Long::sum);
  }

  @Test
  void manyCountsLeaveInSeveralBatchesOfTheirKeyGroup() {
    MetricNames names = new MetricNames(1);
    ledger.useNames(names);
    for (int i = 0; i < 10_000; i++) {
      ledger.count(names.number(MetricType.COUNTER, "org-" + i, "requests"), 5L, i + 1);
      expect("org-" + i, 5L, i + 1);
    }
    List<PartialBatch> batches = drained(6);
    assertThat(batches).hasSizeGreaterThan(5);
    assertThat(batches)
        .allSatisfy(
            batch -> {
              assertThat(batch.keyGroup()).isEqualTo(6);
              assertThat(batch.length()).isLessThan((1 << 16) + 200);
            });
    assertThat(TestPartials.ledger(batches)).isEqualTo(expected);
  }

  private List<PartialBatch> drained(int keyGroup) {
    List<PartialBatch> batches = new ArrayList<>();
    ledger.drain(keyGroup, batch -> batches.add(batch.copy()));
    return batches;
  }
}
