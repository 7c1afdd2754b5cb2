package tidemark.state.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SketchBuffer;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

class WindowValueTest {
  private final WindowValue values = new WindowValue();

  @Test
  void fieldsOfAGauge() {
    PartialTable table = new PartialTable(1);
    int entry = table.entry(1L, 0, MetricType.GAUGE, 0L);
    double[] readings = {1e16, 1, -1e16, 4};
    table.addReadings(entry, new long[] {3, 9, 9, 2}, readings, 0, 4);
    PartialRow row = new PartialRow();
    table.read(0, row);
    assertThat(value(Function.COUNT, 0, row)).isEqualTo(4);
    assertThat(value(Function.SUM, 0, row)).isEqualTo(5);
    assertThat(value(Function.AVG, 0, row)).isEqualTo(1.25);
    assertThat(value(Function.MIN, 0, row)).isEqualTo(-1e16);
    assertThat(value(Function.MAX, 0, row)).isEqualTo(1e16);
    assertThat(value(Function.LAST, 0, row)).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void percentilesAndSharesOfManyPanes(long seed) {
    Random random = new Random(seed);
    double[] samples = new double[1 + random.nextInt(500)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextInt(6) == 0 ? 0 : random.nextGaussian() * 100;
    }
    PartialTable panes = new PartialTable(4);
    for (int i = 0; i < samples.length; i++) {
      panes.addSamples(
          panes.entry(1L, 0, MetricType.DISTRIBUTION, 10_000L * random.nextInt(30)),
          samples,
          i,
          i + 1);
    }
    PartialTable window = new PartialTable(1);
    PartialRow row = new PartialRow();
    for (int i = 0; i < panes.size(); i++) {
      panes.read(i, row);
      window.mergeAs(row, 0L);
    }
    window.read(0, row);
    Arrays.sort(samples);
    for (double q : new double[] {0, 0.5, 0.95, 1}) {
      double exact = samples[(int) (q * (samples.length - 1))];
      assertThat(value(Function.PERCENTILE, q, row))
          .as("seed %s", seed)
          .isCloseTo(exact, within(Math.abs(exact) * SketchBuffer.RELATIVE_ACCURACY));
    }
    // no sample is so near to it that its bin could lie on the other side
    double above = Arrays.stream(samples).filter(sample -> sample > 0).count();
    double below = Arrays.stream(samples).filter(sample -> sample < 0).count();
    assertThat(value(Function.SHARE_ABOVE, 0, row)).isEqualTo(above / samples.length);
    assertThat(value(Function.SHARE_BELOW, 0, row)).isEqualTo(below / samples.length);
  }

  @Test
  void anEmptySketchHasNoValue() {
    PartialRow row = new PartialRow();
    row.type = MetricType.DISTRIBUTION;
    byte[] empty = new SketchBuffer().toBytes();
    System.arraycopy(empty, 0, row.reserveSketch(empty.length), 0, empty.length);
    assertThat(value(Function.PERCENTILE, 0.5, row)).isNaN();
    assertThat(value(Function.SHARE_ABOVE, 0.5, row)).isNaN();
  }

  @Test
  void onlyCountsAndExtremesCanOnlyGetWorse() {
    for (Function function : Function.values()) {
      boolean isFirm = function == Function.COUNT || function == Function.MAX;
      assertThat(WindowValue.onlyGetsWorse(monitor(function, Side.ABOVE)))
          .as("%s", function)
          .isEqualTo(isFirm);
      assertThat(WindowValue.onlyGetsWorse(monitor(function, Side.BELOW)))
          .as("%s", function)
          .isEqualTo(function == Function.MIN);
    }
  }

  private double value(Function function, double parameter, PartialRow row) {
    return values.of(new Monitor.Measure(function, parameter), row);
  }

  private static Monitor monitor(Function function, Side side) {
    MetricType type = function == Function.LAST ? MetricType.GAUGE : MetricType.DISTRIBUTION;
    return new Monitor(
        "acme",
        "m",
        1,
        0,
        new SeriesFilter(new TextPattern("*"), List.of()),
        type,
        new TreeSet<>(),
        new Monitor.Measure(function, 0),
        60_000,
        60_000,
        new Monitor.Thresholds(
            side, 1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0,
        60_000,
        1);
  }
}
