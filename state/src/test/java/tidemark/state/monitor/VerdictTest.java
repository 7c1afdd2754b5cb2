package tidemark.state.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

class VerdictTest {
  private static final VerdictSubject SUBJECT =
      new VerdictSubject("acme", "high.load-1", 12, List.of("az:", "host:a"));

  // Golden: receivers of alerts tell them apart by it. Never edit.
  @Test
  void idsAreFrozenAndDiffer() {
    assertThat(SUBJECT.verdictId(120_000L)).isEqualTo("57e89eedcdd1fa1fdf3e5f12d8d230bb");
    assertThat(SUBJECT.verdictId(130_000L)).isNotEqualTo(SUBJECT.verdictId(120_000L));
    assertThat(new VerdictSubject("acme", "high.load-1", 1, SUBJECT.group()).verdictId(120_000L))
        .isNotEqualTo(SUBJECT.verdictId(120_000L));
  }

  @Test
  void aSubjectIsThatOfItsSeries() {
    assertThat(VerdictSubject.ofSeries(SUBJECT.series())).isEqualTo(SUBJECT);
    assertThatThrownBy(
            () -> VerdictSubject.ofSeries(new SeriesIdentity("acme", "cpu@rule", List.of())))
        .hasMessage("a monitor's series must be named so, got cpu@rule");
  }

  @Test
  void anAlertChangesTheStatus() {
    Verdict verdict = verdict(0, 0L, 10_000L);
    assertThat(new Alert(verdict, VerdictStatus.WARN).verdict()).isEqualTo(verdict);
    assertThatThrownBy(() -> new Alert(verdict, VerdictStatus.OK))
        .hasMessage("an alert must change the status, got twice OK");
  }

  @Test
  void aWindowEndsAfterItsStart() {
    assertThat(verdict(0, 0L, 10_000L).hasValue()).isFalse();
    assertThatThrownBy(() -> verdict(0, 10_000L, 10_000L)).hasMessageContaining("10000 to 10000");
    assertThatThrownBy(() -> verdict(-1, 0L, 10_000L)).hasMessageContaining("got -1, 0");
  }

  /** Windows of 60 s each 20 s, in force from 50 s to 200 s. */
  @Test
  void windowsEndAtMultiplesOfTheStepAndLieInTheTimeInForce() {
    MonitorWindows windows = new MonitorWindows(monitor(50_000L), 200_000L);
    assertThat(windows.firstEndAfter(60_000L)).isEqualTo(80_000L);
    assertThat(windows.firstEndAfter(59_999L)).isEqualTo(60_000L);
    assertThat(windows.lastEndUpTo(-1L)).isEqualTo(-20_000L);
    assertThat(windows.firstEndStartingAt(50_000L)).isEqualTo(120_000L);
    assertThat(windows.firstEndStartingAt(60_000L)).isEqualTo(120_000L);
    assertThat(windows.lastEndAt(119_998L)).isEqualTo(100_000L);
    assertThat(windows.lastEndAt(119_999L)).isEqualTo(120_000L);
    assertThat(windows.lastEndAt(900_000L)).isEqualTo(200_000L);
    assertThat(windows.isInForce(100_000L)).isFalse();
    assertThat(windows.isInForce(120_000L)).isTrue();
    assertThat(windows.isInForce(200_000L)).isTrue();
    assertThat(windows.isInForce(220_000L)).isFalse();
  }

  private static Verdict verdict(int revision, long startMs, long endMs) {
    return new Verdict(
        "id",
        revision,
        SUBJECT,
        startMs,
        endMs,
        VerdictStatus.OK,
        WindowValue.NONE,
        0,
        new Evidence(9L, Completeness.PROVEN, "{}", List.of()),
        Set.of());
  }

  private static Monitor monitor(long fromMs) {
    return new Monitor(
        "acme",
        "m",
        1,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        MetricType.GAUGE,
        new TreeSet<>(),
        new Monitor.Measure(Monitor.Function.AVG, 0),
        60_000,
        20_000,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            1,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0,
        60_000,
        1);
  }
}
