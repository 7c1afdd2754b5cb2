package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregateTest {
  private static final double[][] SERIES = {
    {0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
    {5, 5, 5, 5, 5, 5, 5, 5, 5, 5},
    {0, 2, 4, 8, 16, 32, 64, 128, 256, 512},
  };
  private static final SumParts ONE = SumParts.of(1);
  private static final byte[] ONE_SKETCH = DistributionAggregate.of(1).sketch();

  @Test
  void goldenNumbers() {
    List<Double> counters = new ArrayList<>();
    List<Double> averages = new ArrayList<>();
    List<Double> lasts = new ArrayList<>();
    for (double[] series : SERIES) {
      counters.add(merged(MetricType.COUNTER, series).sum().sum());
      GaugeAggregate gauge = (GaugeAggregate) merged(MetricType.GAUGE, series);
      averages.add(gauge.average());
      lasts.add(gauge.last());
    }
    assertThat(counters).containsExactly(5.0, 45.0, 50.0, 1022.0);
    assertThat(averages).containsExactly(0.5, 4.5, 5.0, 102.2);
    assertThat(lasts).containsExactly(1.0, 9.0, 5.0, 512.0);
  }

  @Test
  void goldenQuantiles() {
    Aggregate all = merged(MetricType.DISTRIBUTION, SERIES[0]);
    for (int i = 1; i < SERIES.length; i++) {
      all = all.merge(merged(MetricType.DISTRIBUTION, SERIES[i]));
    }
    DistributionAggregate distribution = (DistributionAggregate) all;
    assertThat(distribution.count()).isEqualTo(40);
    assertThat(distribution.relativeError()).isBetween(0.0054, 0.00542);
    assertThat(distribution.quantile(0.5)).isCloseTo(5, within(5 * 0.00542));
    assertThat(distribution.quantile(0.9)).isCloseTo(32, within(32 * 0.00542));
    assertThat(distribution.quantile(0)).isEqualTo(0);
    assertThat(distribution.quantile(1)).isEqualTo(512);
    assertThat(distribution.isCollapsed()).isFalse();
  }

  @Test
  void theLastReadingIsTheLatestThenTheGreatest() {
    Aggregate early = GaugeAggregate.of(1, 100);
    Aggregate small = GaugeAggregate.of(2, -5);
    Aggregate great = GaugeAggregate.of(2, 7);
    for (Aggregate merged :
        List.of(early.merge(small).merge(great), great.merge(early.merge(small)))) {
      assertThat(((GaugeAggregate) merged).last()).isEqualTo(7);
      assertThat(((GaugeAggregate) merged).lastTimestampMs()).isEqualTo(2);
    }
  }

  @Test
  void zeroHasNoSign() {
    for (MetricType type : MetricType.values()) {
      assertThat(Aggregate.of(type, 1, -0.0)).isEqualTo(Aggregate.of(type, 1, 0.0));
    }
  }

  @Test
  void collapseIsExactForOneSign() {
    DistributionAggregate wide = (DistributionAggregate) distribution(1e-280, 1, 1e280);
    assertThat(wide.isCollapsed()).isTrue();
    assertThat(((DistributionAggregate) distribution(-1e-280, -1e280)).isCollapsed()).isTrue();
    assertThat(((DistributionAggregate) distribution(1e-9, 1e9)).isCollapsed()).isFalse();
    assertThat(((DistributionAggregate) distribution(-1e-280, 1e280)).isCollapsed()).isFalse();
    assertThat(((DistributionAggregate) distribution(0, 1e280)).isCollapsed()).isFalse();
    assertThat(((DistributionAggregate) distribution(0, 1e-280, 1e280)).isCollapsed()).isTrue();
    // The lowest bin stands where lower ones would be folded, and none was.
    assertThat(((DistributionAggregate) distribution(1.001, 0x1p64)).isCollapsed()).isFalse();
  }

  @Test
  void theLargerSketchErrorIsKept() {
    DistributionAggregate own = DistributionAggregate.of(1);
    DistributionAggregate coarse = new DistributionAggregate(1, ONE, 1, 1, ONE_SKETCH, 0.0432);
    assertThat(own.merge(coarse).relativeError()).isEqualTo(0.0432);
    assertThat(own.merge(coarse)).isEqualTo(coarse.merge(own));
  }

  @Test
  void arraysAreCopiedInAndOut() {
    byte[] sketch = ONE_SKETCH.clone();
    DistributionAggregate distribution = new DistributionAggregate(1, ONE, 1, 1, sketch, 0);
    sketch[0] = 9;
    distribution.sketch()[0] = 9;
    assertThat(distribution).isEqualTo(DistributionAggregate.of(1));

    double[] rest = {0x1p-120};
    SumParts sum = new SumParts(1, 0x1p-60, rest);
    rest[0] = 3;
    sum.rest()[0] = 3;
    assertThat(sum).isEqualTo(new SumParts(1, 0x1p-60, new double[] {0x1p-120}));
  }

  @Test
  void typesDoNotMerge() {
    assertThatThrownBy(() -> CounterAggregate.of(1).merge(GaugeAggregate.of(1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("only aggregates of one type merge, got counter and gauge");
  }

  @Test
  void countsDoNotWrap() {
    Aggregate most = new CounterAggregate(Long.MAX_VALUE, ONE);
    assertThatThrownBy(() -> most.merge(most)).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void whatCannotBeIsRefused() {
    double nan = Double.NaN;
    assertRefused(() -> new CounterAggregate(0, ONE), "count must be at least 1, got 0");
    assertRefused(() -> new GaugeAggregate(1, ONE, nan, 1, 1, 1), "min must be at most max");
    assertRefused(() -> new GaugeAggregate(1, ONE, 1, nan, 1, 1), "min must be at most max");
    assertRefused(() -> new GaugeAggregate(1, ONE, 2, 1, 1, 1), "min must be at most max");
    assertRefused(() -> new GaugeAggregate(1, ONE, 1, 1, 1, nan), "last must be between");
    assertRefused(() -> new GaugeAggregate(1, ONE, 1, 1, 1, 2), "last must be between");
    assertRefused(
        () -> new DistributionAggregate(1, ONE, nan, nan, ONE_SKETCH, 0), "min must be at most");
    assertRefused(
        () -> new DistributionAggregate(1, ONE, 1, 1, ONE_SKETCH, nan), "sketch error must be");
    assertRefused(() -> new DistributionAggregate(1, ONE, 1, 1, new byte[] {1}, 0), "is empty");
    assertRefused(() -> new DistributionAggregate(1, ONE, 1, 1, new byte[0], 0), "truncated");
    assertRefused(() -> SumParts.of(nan), "must be at most 2^1020");
    assertRefused(() -> new SumParts(1, 1, new double[0]), "must be its canonical expansion");
    assertRefused(
        () -> new SumParts(1, 0, new double[] {0x1p-60}), "must be its canonical expansion");
  }

  private static void assertRefused(Runnable construction, String message) {
    assertThatThrownBy(construction::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Aggregate distribution(double... values) {
    return merged(MetricType.DISTRIBUTION, values);
  }

  private static Aggregate merged(MetricType type, double... values) {
    Aggregate merged = Aggregate.of(type, 0, values[0]);
    for (int i = 1; i < values.length; i++) {
      merged = merged.merge(Aggregate.of(type, i, values[i]));
    }
    return merged;
  }
}
