package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;

class WindowSampleTest {
  private static final long[] TIMES = {3, 1, 3, 2};
  private static final double[] VALUES = {4, 1e17, 7, -2};

  @ParameterizedTest
  @CsvSource({
    "COUNT, 4",
    "SUM, 100000000000000016", // 9 more than 1e17, which no sum of doubles in this order has
    "AVG, 25000000000000004",
    "MIN, -2",
    "MAX, 1E17",
    "LAST, 7"
  })
  void eachMeasureIsWhatItsNameSays(Function function, double wanted) {
    WindowSample sample = WindowSample.of(new Measure(function, 0), TIMES, VALUES);
    assertThat(sample.isWorth(wanted)).as(sample.text()).isTrue();
    assertThat(sample.isWorth(Math.nextUp(wanted))).isFalse();
    assertThat(sample.isWorth(Double.NaN)).isFalse();
  }

  @Test
  void onePointMoreGivesTheSameAsAllAtOnce() {
    for (Function function : Function.values()) {
      double parameter = function == Function.PERCENTILE ? 0.5 : 5;
      Measure measure = new Measure(function, parameter);
      WindowSample sample = WindowSample.of(measure, new long[0], new double[0]);
      for (int i = 0; i < VALUES.length; i++) {
        sample = sample.with(TIMES[i], VALUES[i]);
      }

      assertThat(sample.text()).isEqualTo(WindowSample.of(measure, TIMES, VALUES).text());
    }
  }

  @Test
  void aPercentileIsTheValueAtItsRankAsASketchTellsIt() {
    Measure measure = new Measure(Function.PERCENTILE, 0.5);
    WindowSample sample =
        WindowSample.of(measure, new long[3], new double[] {1, 100, 3}).with(0, 50).with(0, 2);

    assertThat(sample.isWorth(3.01)).isTrue(); // of 1 2 3 50 100
    assertThat(sample.isWorth(3.02)).isFalse();
    assertThat(sample.isWorth(2)).isFalse();
  }

  @Test
  void aShareIsAWholeNumberOfPointsAndTheSketchDecidesAtTheThreshold() {
    Measure measure = new Measure(Function.SHARE_ABOVE, 10);
    WindowSample sample = WindowSample.of(measure, new long[4], new double[] {1, 10.01, 20, 30});

    assertThat(sample.isWorth(0.5)).isTrue();
    assertThat(sample.isWorth(0.75)).isTrue();
    assertThat(sample.isWorth(0.6)).isFalse();
    assertThat(sample.isWorth(0.25)).isFalse();
  }

  @Test
  void anEmptyWindowHasNoValue() {
    WindowSample sample =
        WindowSample.of(new Measure(Function.COUNT, 0), new long[0], new double[0]);

    assertThat(sample.isWorth(Double.NaN)).isTrue();
    assertThat(sample.isWorth(0)).isFalse();
  }
}
