package tidemark.operators.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.operators.TestPartials;
import tidemark.operators.TestPartials.Point;
import tidemark.operators.TestPartials.Row;
import tidemark.state.MetricType;

/** Whatever happens to the tasks in between, merged rows are what the points come to. */
class RollupLawsTest {
  // The least that the configuration admits: about 10,000 entries.
  private static final RollupConfig TIGHT = new RollupConfig(1L << 20, 50_000, 1 << 12);

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  static LongStream fewSeeds() {
    return LongStream.range(0, 6);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void restoresAndRescalesLoseNothingAndDoubleNothing(long seed) throws Exception {
    Random random = new Random(seed);
    List<Point> points = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    int parallelism = 1 + random.nextInt(3);
    RollupHarness harness =
        RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY, parallelism, 1, null);
    for (int step = 1; step <= 12; step++) {
      List<Point> some = TestPartials.random(random, random.nextInt(200), 20, 0L, 60_000L);
      points.addAll(some);
      harness.process(some);
      if (random.nextBoolean()) {
        harness.watermark(step * 5_000L);
      }
      if (random.nextInt(3) == 0) {
        OperatorSubtaskState state = harness.snapshot(step);
        rows.addAll(harness.rows());
        // what the failed attempt does from here on is gone, in state and output
        harness.process(TestPartials.random(random, 50, 20, 0L, 60_000L));
        harness.watermark(step * 5_000L + 20_000L);
        harness.close();
        int next = 1 + random.nextInt(3);
        harness =
            RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY, next, parallelism, state);
        parallelism = next;
      }
    }
    harness.watermark(Long.MAX_VALUE);
    rows.addAll(harness.rows());
    assertThat(harness.stateEntries()).as("seed %s", seed).isZero();
    harness.close();

    assertThat(TestPartials.merged(rows))
        .as("seed %s", seed)
        .isEqualTo(TestPartials.expected(10, points));
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.keyGroup())
                    .isEqualTo(RollupHarness.KEY_GROUPS.groupOf(row.key().seriesId())));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("fewSeeds")
  void spillingChangesNoRow(long seed) throws Exception {
    Random random = new Random(seed);
    List<Point> points = new ArrayList<>();
    OperatorSubtaskState state;
    List<Row> rows;
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT)) {
      for (int step = 0; step < 20; step++) {
        List<Point> some = TestPartials.random(random, 2_000, 3_000, 0L, 40_000L);
        points.addAll(some);
        harness.process(some);
      }
      assertThat(harness.stateEntries()).as("runs spilled, seed %s", seed).isPositive();
      harness.watermark(9_999L);
      state = harness.snapshot(1L);
      rows = harness.rows();
    }
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT, 2, 1, state)) {
      List<Point> some = TestPartials.random(random, 20_000, 3_000, 0L, 40_000L);
      points.addAll(some);
      harness.process(some);
      harness.watermark(Long.MAX_VALUE);
      assertThat(harness.stateEntries()).as("entries left, seed %s", seed).isZero();
      rows.addAll(harness.rows());
    }
    assertThat(TestPartials.merged(rows))
        .as("seed %s", seed)
        .isEqualTo(TestPartials.expected(10, points));
  }

  @Test
  void aWindowThatClosesBetweenBarriersNeverTouchesState() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      harness.process(TestPartials.random(new Random(1), 1_000, 20, 0L, 10_000L));
      harness.watermark(9_999L);
      harness.snapshot(1L);
      assertThat(harness.stateEntries()).isZero();
    }
  }

  @Test
  void aWindowIsWrittenOncePerBarrierAndOnlyIfItChanged() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, RollupHarness.ROOMY)) {
      for (int checkpoint = 1; checkpoint <= 5; checkpoint++) {
        harness.process(List.of(TestPartials.gauge(7L, checkpoint, 1.0)));
        harness.snapshot(checkpoint);
        assertThat(harness.stateEntries()).isEqualTo(1);
      }
    }
  }

  /** Of more metrics than a run can number, each row keeps its own. */
  @Test
  void aWindowOfVeryManyMetricsSurvivesRestore() throws Exception {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < 70_000; i++) {
      points.add(new Point(MetricType.COUNTER, "metric." + i, i, 1_000L, i));
    }
    RollupConfig large = new RollupConfig(1L << 30, 50_000, 1 << 16);
    OperatorSubtaskState state;
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, large)) {
      for (int i = 0; i < points.size(); i += 1_000) {
        // ids below 2^32: all of them in key group 0
        harness.process(points.subList(i, i + 1_000));
      }
      state = harness.snapshot(1L);
    }
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, large, 1, 1, state)) {
      harness.watermark(Long.MAX_VALUE);
      var expected = TestPartials.expected(10, points);
      // 70,000 rows are too many to print
      assertThat(TestPartials.merged(harness.rows()).equals(expected)).isTrue();
    }
  }

  /** Several windows in one batch, of which each becomes full and is spilled on the way. */
  @Test
  void windowsThatFillWithinABatchSurviveRestore() throws Exception {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < 150_000; i++) {
      points.add(new Point(MetricType.COUNTER, "requests", i / 2, i % 2 * 10_000L, i));
    }
    OperatorSubtaskState state;
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT)) {
      harness.process(points);
      state = harness.snapshot(1L);
    }
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT, 1, 1, state)) {
      harness.watermark(Long.MAX_VALUE);
      var expected = TestPartials.expected(10, points);
      // 150,000 rows are too many to print
      assertThat(TestPartials.merged(harness.rows()).equals(expected)).isTrue();
    }
  }

  /**
   * A spill must give memory back, or each further batch would become a run of its own; also in a
   * window that begins with room for as many rows as the last one had.
   */
  @Test
  void spillingWritesFewRuns() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT)) {
      for (int window = 0; window < 2; window++) {
        for (int series = 0; series < 200_000; series += 500) {
          List<Point> some = new ArrayList<>();
          for (int i = series; i < series + 500; i++) {
            long id = i * 0x9E3779B97F4A7C15L;
            some.add(new Point(MetricType.COUNTER, "requests", id, window * 10_000L, 1.0));
          }
          harness.process(some);
        }
        // 200,000 rows of at least 80 bytes are 16 times the budget; each of the 8 key groups has
        // its part in a spill of half the budget
        assertThat(harness.stateEntries()).isPositive().isLessThan(400);
        harness.watermark(window * 10_000L + 9_999L);
        assertThat(harness.stateEntries()).isZero();
      }
    }
  }

  /** Nor may windows that were spilled keep any, when there are more of them than fit. */
  @Test
  void windowsBeyondCountTakeNoMemoryOnceSpilled() throws Exception {
    try (RollupHarness harness = RollupHarness.start(Tier.TEN_SECONDS, TIGHT)) {
      int windows = 20_000;
      for (int window = 0; window < windows; window++) {
        harness.process(List.of(TestPartials.gauge(7L, window * 10_000L, 1.0)));
      }
      for (int i = 0; i < 1_000; i++) {
        harness.process(List.of(TestPartials.gauge(7L, i, 1.0)));
      }
      // the thousand batches of one window share its runs
      assertThat(harness.stateEntries()).isPositive().isLessThan(windows + 10);
    }
  }
}
