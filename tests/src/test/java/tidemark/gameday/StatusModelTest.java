package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.state.monitor.VerdictStatus.ALERT;
import static tidemark.state.monitor.VerdictStatus.NO_DATA;
import static tidemark.state.monitor.VerdictStatus.OK;
import static tidemark.state.monitor.VerdictStatus.WARN;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.VerdictStatus;

class StatusModelTest {
  @Test
  void alertsAndWarningsLastUntilTheirRecovery() {
    Monitor monitor = with(Monitor.NoData.REPORT);

    assertThat(run(monitor, 0, 8, 11, 9.5, 8, 6, 5, 6, 8, 11, 5))
        .containsExactly(OK, WARN, ALERT, ALERT, WARN, WARN, OK, OK, WARN, ALERT, OK);
  }

  @Test
  void whatIsReportedAsNoDataEndsNoAlert() {
    assertThat(run(with(Monitor.NoData.REPORT), Double.NaN, 11, Double.NaN, 9.5, 8))
        .containsExactly(NO_DATA, ALERT, NO_DATA, ALERT, WARN);
  }

  @Test
  void anEmptyWindowIsWhatItsMonitorSays() {
    assertThat(run(with(Monitor.NoData.OK), 11, Double.NaN, 9.5)).containsExactly(ALERT, OK, WARN);
    assertThat(run(with(Monitor.NoData.ALERT), 0, Double.NaN, 9.5))
        .containsExactly(OK, ALERT, ALERT);
    assertThat(run(with(Monitor.NoData.KEEP), Double.NaN, 8, Double.NaN, 6))
        .containsExactly(NO_DATA, WARN, WARN, WARN);
  }

  @Test
  void betweenAThresholdAndItsRecoveryTwoThingsArePossible() {
    Monitor monitor = with(Monitor.NoData.REPORT);

    assertThat(StatusModel.possible(monitor, 11)).containsExactly(ALERT);
    assertThat(StatusModel.possible(monitor, 9.5)).containsExactly(WARN, ALERT);
    assertThat(StatusModel.possible(monitor, 6)).containsExactly(OK, WARN);
    assertThat(StatusModel.possible(monitor, 5)).containsExactly(OK);
  }

  private static List<VerdictStatus> run(Monitor monitor, double... values) {
    StatusModel.State state = StatusModel.FIRST;
    List<VerdictStatus> said = new ArrayList<>();
    for (double value : values) {
      state = StatusModel.of(monitor, value, state);
      said.add(state.status());
    }
    return said;
  }

  /** Alert above 10 until 9, warning above 7 until 5. */
  private static Monitor with(Monitor.NoData noData) {
    Monitor plain = GameSamples.monitor(Monitor.Function.MAX, 1, 0);
    return new Monitor(
        plain.org(),
        plain.name(),
        plain.version(),
        plain.fromMs(),
        plain.filter(),
        plain.type(),
        plain.groupBy(),
        plain.measure(),
        plain.windowMs(),
        plain.stepMs(),
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            10,
            OptionalDouble.of(7),
            OptionalDouble.of(9),
            OptionalDouble.of(5)),
        noData,
        0,
        plain.forgetGroupMs(),
        plain.maxGroups());
  }
}
