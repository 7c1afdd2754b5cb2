package tidemark.state.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;

class JudgementTest {
  private static final OptionalDouble NONE = OptionalDouble.empty();
  private static final Monitor.Thresholds PLAIN =
      new Monitor.Thresholds(Side.ABOVE, 10, NONE, NONE, NONE);
  private static final Monitor.Thresholds ALL =
      new Monitor.Thresholds(
          Side.ABOVE, 10, OptionalDouble.of(6), OptionalDouble.of(8), OptionalDouble.of(4));
  private static final Monitor.Thresholds BELOW =
      new Monitor.Thresholds(
          Side.BELOW, -10, OptionalDouble.of(-6), OptionalDouble.of(-8), OptionalDouble.of(-4));

  @Test
  void onlyBeyondAThresholdIsBad() {
    assertThat(statuses(PLAIN, 9, 10, Math.nextUp(10), 10)).isEqualTo("OK OK ALERT OK");
  }

  @Test
  void anAlertLastsUntilItsRecoveryIsPassedBack() {
    assertThat(statuses(ALL, 8.5, 11, 8.5, 8)).isEqualTo("WARN ALERT ALERT WARN");
  }

  @Test
  void aWarningLastsUntilItsRecoveryIsPassedBack() {
    assertThat(statuses(ALL, 5, 7, 5, 4, 5)).isEqualTo("OK WARN WARN OK OK");
  }

  @Test
  void whatComesDownFromAnAlertIsStillAWarning() {
    assertThat(statuses(ALL, 11, 5, 4)).isEqualTo("ALERT WARN OK");
  }

  @Test
  void belowIsTheMirrorOfAbove() {
    double[] values = {11, 8.5, 8, 5, 4, 7, 5, 10, 9, 0};
    double[] mirrored = values.clone();
    for (int i = 0; i < mirrored.length; i++) {
      mirrored[i] = -mirrored[i];
    }
    assertThat(statuses(BELOW, mirrored)).isEqualTo(statuses(ALL, values));
  }

  @Test
  void anEmptyWindowIsWhatThePolicySays() {
    Judgement alert = new Judgement(VerdictStatus.ALERT, VerdictStatus.ALERT);
    assertThat(Judgement.ofNothing(NoData.REPORT, alert).status()).isEqualTo(VerdictStatus.NO_DATA);
    assertThat(Judgement.ofNothing(NoData.OK, alert).status()).isEqualTo(VerdictStatus.OK);
    assertThat(Judgement.ofNothing(NoData.ALERT, Judgement.NEW).status())
        .isEqualTo(VerdictStatus.ALERT);
    assertThat(Judgement.ofNothing(NoData.KEEP, alert)).isEqualTo(alert);
    assertThat(Judgement.ofNothing(NoData.KEEP, Judgement.NEW).status())
        .isEqualTo(VerdictStatus.NO_DATA);
  }

  @Test
  void recoveryLastsThroughReportedSilenceButNotThroughThatWhichIsWell() {
    Judgement alert = Judgement.ofValue(ALL, 11, Judgement.NEW);
    Judgement silent = Judgement.ofNothing(NoData.REPORT, alert);
    assertThat(Judgement.ofValue(ALL, 9, silent).status()).isEqualTo(VerdictStatus.ALERT);
    Judgement well = Judgement.ofNothing(NoData.OK, alert);
    assertThat(Judgement.ofValue(ALL, 9, well).status()).isEqualTo(VerdictStatus.WARN);
  }

  @Test
  void aLevelIsOneOfThree() {
    assertThatThrownBy(() -> new Judgement(VerdictStatus.NO_DATA, VerdictStatus.NO_DATA))
        .hasMessage("level must be OK, WARN or ALERT, got NO_DATA");
  }

  private static String statuses(Monitor.Thresholds thresholds, double... values) {
    List<String> statuses = new ArrayList<>();
    Judgement before = Judgement.NEW;
    for (double value : values) {
      before = Judgement.ofValue(thresholds, value, before);
      statuses.add(before.status().name());
    }
    return String.join(" ", statuses);
  }
}
