package tidemark.state.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tidemark.state.MetricType;

/** Whoever reckons with the times of a definition must not wrap around. */
class DefinitionTimesTest {
  private static final long YEAR_10000_MS = 253_402_300_800_000L;

  @Test
  void theYear10000IsTheLastToBeginIn() {
    Removal last = new Removal(Definition.Kind.RULE, "acme", "r", 1, YEAR_10000_MS);
    assertThat(last.fromMs()).isEqualTo(YEAR_10000_MS);
    for (long fromMs : new long[] {-1, YEAR_10000_MS + 1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> last.withFrom(fromMs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("r must begin at 0 to 253402300800000 ms, got " + fromMs);
    }
  }

  @Test
  void spansOfAMonitorAreNoLonger() {
    assertThat(monitor(YEAR_10000_MS, YEAR_10000_MS).forgetGroupMs()).isEqualTo(YEAR_10000_MS);
    assertThatThrownBy(() -> monitor(0, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 253402300800000 ms, got 0 ms, 9223372036854775807 ms");
    assertThatThrownBy(() -> monitor(YEAR_10000_MS + 1, YEAR_10000_MS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 253402300800000 ms, got 253402300800001 ms");
  }

  private static Monitor monitor(long newGroupDelayMs, long forgetGroupMs) {
    return new Monitor(
        "acme",
        "m",
        1,
        0L,
        new SeriesFilter(new TextPattern("*"), List.of()),
        MetricType.COUNTER,
        new TreeSet<>(),
        new Monitor.Measure(Monitor.Function.SUM, 0),
        60_000L,
        60_000L,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            1,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.OK,
        newGroupDelayMs,
        forgetGroupMs,
        1);
  }
}
