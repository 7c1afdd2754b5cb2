package tidemark.operators.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static tidemark.operators.TestPartials.gauge;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import tidemark.operators.TestPartials;
import tidemark.operators.TestPartials.Point;
import tidemark.operators.TestPartials.Row;
import tidemark.operators.TestPartials.RowKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.table.LedgerRows;
import tidemark.state.Aggregate;
import tidemark.state.GaugeAggregate;
import tidemark.state.MetricType;
import tidemark.state.SumParts;

class RollupOperatorTest {
  private static final Tier[] FINEST = {Tier.TEN_SECONDS};
  private static final Tier[] FINER = {Tier.TEN_SECONDS, Tier.ONE_MINUTE};
  private static final RowKey FIRST_WINDOW = new RowKey(10, "cpu", MetricType.GAUGE, 7L, 10_000L);

  @Test
  void emitsAWindowWhenTheWatermarkReachesItsLastMillisecond() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      harness.process(
          List.of(gauge(7L, 10_000L, 3.0), gauge(7L, 19_999L, 1.0), gauge(7L, 20_000L, 8.0)));

      harness.watermark(19_998L);
      assertThat(harness.sent()).isEmpty();

      harness.watermark(19_999L);
      assertThat(harness.rows())
          .containsExactly(
              new Row(
                  FIRST_WINDOW,
                  RollupHarness.KEY_GROUPS.groupOf(7L),
                  new GaugeAggregate(2, SumParts.of(4.0), 1.0, 3.0, 19_999L, 1.0)));

      harness.watermark(29_999L);
      assertThat(harness.rows()).hasSize(2);
    }
  }

  @Test
  void latePartialsBecomeDeltasAtTheNextWatermark() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      harness.process(List.of(gauge(7L, 12_000L, 3.0)));
      harness.watermark(19_999L);
      harness.process(List.of(gauge(7L, 11_000L, 5.0)));
      assertThat(harness.rows()).hasSize(1);

      harness.watermark(20_000L);

      assertThat(harness.rows())
          .extracting(Row::key, Row::aggregate)
          .containsExactly(
              tuple(FIRST_WINDOW, Aggregate.of(MetricType.GAUGE, 12_000L, 3.0)),
              tuple(FIRST_WINDOW, Aggregate.of(MetricType.GAUGE, 11_000L, 5.0)));
    }
  }

  @Test
  void aBarrierClosesWhatLatePartialsOpenedAgain() throws Exception {
    for (Tier tier : Tier.values()) {
      List<Point> late = List.of(gauge(7L, 0L, 5.0));
      List<PartialBatch> input =
          tier == Tier.TEN_SECONDS
              ? TestPartials.batches(RollupHarness.KEY_GROUPS, late)
              : closedRows(tier == Tier.ONE_MINUTE ? FINEST : FINER, late);
      try (RollupHarness harness = RollupHarness.start(tier, RollupHarness.ROOMY)) {
        harness.watermark(4_000_000L);
        harness.processBatches(input);
        harness.sent().clear();

        harness.snapshot(1L);

        assertThat(TestPartials.merged(harness.rows()))
            .isEqualTo(TestPartials.expected(tier.seconds(), late));
        assertThat(harness.stateEntries()).isZero();
      }
    }
  }

  @Test
  void aRestoredTaskRemembersItsWatermark() throws Exception {
    OperatorSubtaskState state;
    try (RollupHarness harness =
        RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY, 2, 1, null)) {
      harness.watermark(19_999L);
      state = harness.snapshot(1L);
    }
    for (int parallelism : new int[] {1, 2, 3}) {
      try (RollupHarness harness =
          RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY, parallelism, 2, state)) {
        harness.process(List.of(gauge(7L, 19_000L, 5.0), gauge(7L, 20_000L, 6.0)));
        harness.watermark(10_000L); // sources begin anew, which closes at what was restored
        assertThat(harness.rows()).extracting(Row::key).containsExactly(FIRST_WINDOW);
        harness.snapshot(2L);
        assertThat(harness.reportedLate()).isEqualTo(1);
        assertThat(harness.rows()).extracting(Row::key).containsExactly(FIRST_WINDOW);
      }
    }
  }

  @Test
  void theLedgerCountsWhatComesAndWhatGoes() throws Exception {
    Random random = new Random(5);
    List<Point> points = TestPartials.random(random, 500, 20, 0L, 300_000L);
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      harness.process(points.subList(0, 300));
      harness.watermark(119_999L);
      harness.process(points.subList(300, 500));
      harness.snapshot(1L);

      assertThat(harness.ledger(LedgerRows.RECEIVED))
          .isEqualTo(TestPartials.expectedLedger(LedgerRows.RECEIVED, points));
      List<Point> closed = points.stream().filter(point -> point.timestampMs() < 120_000L).toList();
      assertThat(harness.ledger(LedgerRows.CLOSED))
          .isEqualTo(TestPartials.expectedLedger(LedgerRows.CLOSED, closed));

      harness.snapshot(2L);
      harness.watermark(Long.MAX_VALUE);
      harness.snapshot(3L);

      assertThat(harness.ledger(LedgerRows.RECEIVED))
          .isEqualTo(TestPartials.expectedLedger(LedgerRows.RECEIVED, points));
      assertThat(harness.ledger(LedgerRows.CLOSED))
          .isEqualTo(TestPartials.expectedLedger(LedgerRows.CLOSED, points));
    }
  }

  @Test
  void onlyTheFinestTierKeepsALedger() throws Exception {
    List<PartialBatch> fine = closedRows(FINEST, List.of(gauge(7L, 1_000L, 3.0)));
    try (RollupHarness harness = RollupHarness.start(Tier.ONE_MINUTE, RollupHarness.ROOMY)) {
      harness.processBatches(fine);
      harness.watermark(Long.MAX_VALUE);
      harness.snapshot(1L);
      assertThat(TestPartials.ledger(harness.sent())).isEmpty();
    }
  }

  @Test
  void ledgerRowsPassUntouched() throws Exception {
    PartialBatch points = TestPartials.batch(3, List.of(gauge(7L, 1_000L, 3.0)));
    byte[] bytes = points.toBytes();
    PartialBatch ledger = PartialBatch.of(PartialBatch.Kind.PARTIALS, 3, LedgerRows.TIER, bytes);
    for (Tier tier : Tier.values()) {
      try (RollupHarness harness = RollupHarness.start(tier, RollupHarness.ROOMY)) {
        harness.processBatches(List.of(ledger));
        harness.watermark(Long.MAX_VALUE);
        assertThat(harness.sent()).hasSize(1);
        assertThat(harness.sent().get(0).isPartialsOf(LedgerRows.TIER)).isTrue();
        assertThat(harness.sent().get(0).toBytes()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void latePointsAreReportedOncePerEpoch() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      harness.watermark(19_998L);
      harness.process(List.of(gauge(7L, 19_000L, 1.0))); // its window is still open
      harness.watermark(19_999L);
      harness.process(List.of(gauge(7L, 19_000L, 1.0), gauge(7L, 0L, 1.0)));
      harness.snapshot(1L);
      assertThat(harness.reportedLate()).isEqualTo(2);

      harness.snapshot(2L);
      assertThat(harness.reportedLate()).isEqualTo(2);
    }
  }

  @Test
  void coarserTiersForwardFinerRowsAndMergeThem() throws Exception {
    List<Point> points = List.of(gauge(7L, 1_000L, 3.0), gauge(7L, 59_000L, 5.0));
    List<PartialBatch> fine = closedRows(FINEST, points);
    try (RollupHarness harness = RollupHarness.start(Tier.ONE_MINUTE, RollupHarness.ROOMY)) {
      harness.processBatches(fine);
      assertThat(TestPartials.merged(harness.rows())).isEqualTo(TestPartials.expected(10, points));
      harness.sent().clear();

      harness.watermark(59_998L);
      assertThat(harness.sent()).isEmpty();
      harness.watermark(59_999L);

      assertThat(TestPartials.merged(harness.rows())).isEqualTo(TestPartials.expected(60, points));
    }
  }

  @Test
  void theHourTierMergesMinutesAndPassesTenSecondsUntouched() throws Exception {
    List<Point> points = List.of(gauge(7L, 1_000L, 3.0), gauge(7L, 3_599_000L, 5.0));
    List<PartialBatch> tenSeconds = closedRows(FINEST, points);
    List<PartialBatch> both;
    try (RollupHarness minutes = RollupHarness.start(Tier.ONE_MINUTE, RollupHarness.ROOMY)) {
      minutes.processBatches(tenSeconds);
      minutes.watermark(Long.MAX_VALUE);
      both = minutes.sent();
    }
    try (RollupHarness harness = RollupHarness.start(Tier.ONE_HOUR, RollupHarness.ROOMY)) {
      harness.processBatches(both);
      harness.watermark(3_599_999L);
      Map<RowKey, Aggregate> expected = TestPartials.expected(10, points);
      expected.putAll(TestPartials.expected(60, points));
      expected.putAll(TestPartials.expected(3600, points));
      assertThat(harness.rows()).hasSize(5);
      assertThat(TestPartials.merged(harness.rows())).isEqualTo(expected);
    }
  }

  @Test
  void otherBatchesPassAsTheyAre() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      byte[] bytes = {1, 2, 3};
      harness.processBatches(
          List.of(
              PartialBatch.of(PartialBatch.Kind.SERIES, 3, PartialBatch.OPEN, bytes),
              PartialBatch.of(PartialBatch.Kind.REPORT, 3, PartialBatch.OPEN, bytes)));
      assertThat(harness.sent())
          .extracting(PartialBatch::kind)
          .containsExactly(PartialBatch.Kind.SERIES, PartialBatch.Kind.REPORT);
      assertThat(harness.sent()).allSatisfy(batch -> assertThat(batch.toBytes()).isEqualTo(bytes));
    }
  }

  @Test
  void beyondTheLimitOfOpenWindowsLateOnesCloseAtOnce() throws Exception {
    RollupConfig four = new RollupConfig(64L << 20, 4, 1 << 16);
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, four)) {
      harness.watermark(1_000_000L);
      for (int window = 0; window < 4; window++) {
        harness.process(List.of(gauge(7L, window * 10_000L, 1.0)));
      }
      assertThat(harness.sent()).isEmpty();

      harness.process(List.of(gauge(7L, 40_000L, 1.0)));

      assertThat(harness.rows()).hasSize(5);
    }
  }

  @Test
  void windowsOfTheFutureStayOpenBeyondTheLimit() throws Exception {
    RollupConfig one = new RollupConfig(64L << 20, 1, 1 << 16);
    List<Point> points = List.of(gauge(7L, 50_000L, 1.0), gauge(7L, 60_000L, 2.0));
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, one)) {
      harness.watermark(0L);
      harness.process(points);
      assertThat(harness.sent()).isEmpty();
      harness.watermark(Long.MAX_VALUE);
      assertThat(TestPartials.merged(harness.rows())).isEqualTo(TestPartials.expected(10, points));
    }
  }

  /** What these tiers, one after the other, make of the points. */
  private static List<PartialBatch> closedRows(Tier[] tiers, List<Point> points) throws Exception {
    List<PartialBatch> batches = TestPartials.batches(RollupHarness.KEY_GROUPS, points);
    for (Tier tier : tiers) {
      try (RollupHarness harness = RollupHarness.start(tier, RollupHarness.ROOMY)) {
        harness.processBatches(batches);
        harness.watermark(Long.MAX_VALUE);
        batches = harness.sent();
      }
    }
    return batches;
  }
}
