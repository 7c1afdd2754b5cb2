package tidemark.operators.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static tidemark.operators.TestPartials.gauge;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tidemark.operators.TestPartials;
import tidemark.operators.TestPartials.Point;
import tidemark.operators.TestPartials.Row;
import tidemark.operators.TestPartials.RowKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.state.Aggregate;
import tidemark.state.GaugeAggregate;
import tidemark.state.MetricType;
import tidemark.state.SumParts;

class RollupOperatorTest {
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
    List<PartialBatch> fine = closedRows(Tier.TEN_SECONDS, points);
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
    List<PartialBatch> tenSeconds = closedRows(Tier.TEN_SECONDS, points);
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

  private static List<PartialBatch> closedRows(Tier tier, List<Point> points) throws Exception {
    try (RollupHarness harness = RollupHarness.start(tier, RollupHarness.ROOMY)) {
      harness.process(points);
      harness.watermark(Long.MAX_VALUE);
      return harness.sent();
    }
  }
}
