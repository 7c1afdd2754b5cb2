package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gameday.GameSamples.verdict;
import static tidemark.state.monitor.VerdictStatus.ALERT;
import static tidemark.state.monitor.VerdictStatus.INCOMPLETE;
import static tidemark.state.monitor.VerdictStatus.OK;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;

/**
 * A monitor of sums in force from 20 s to 40 s over host a: 1 and 3 in the first window, and a late
 * 2 that is sent at 40 s; 10 in the second one. A beat each second promises the second before.
 */
class VerdictJudgeTest {
  private static final double NONE = Double.NaN;
  private static final int LATE_BEAT = 40;
  private static final Verdict FIRST = verdict(30_000, 0, OK, 4, 2, 29_999);
  private static final Verdict AMENDED =
      verdict(30_000, 1, ALERT, 6, 3, 39_999, List.of(), Set.of(VerdictMark.AMENDED));
  private static final Verdict SECOND = verdict(40_000, 0, ALERT, 10, 1, 39_999);

  private final PointLog points = new PointLog();
  private final BeatLog beats = new BeatLog();
  private final Findings findings = new Findings();
  private Timeline timeline;

  @BeforeEach
  void send() {
    int one = points.addSeries(GameSamples.ONE);
    points.add(one, 21_000, 1, 22, 0);
    points.add(one, 25_000, 3, 26, 0);
    points.add(one, 35_000, 10, 36, 0);
    points.add(one, 22_000, 2, LATE_BEAT, 0);
    for (int beat = 0; beat < 60; beat++) {
      beats.add(
          new BeatLog.Beat(
              (beat - 1) * 1000L, beat * 1000L, beat * 1000L + 10, BeatLog.NO_PARTITION));
    }
    useMonitor(Monitor.Function.SUM);
  }

  private void useMonitor(Monitor.Function function) {
    timeline =
        new Timeline(
            List.of(
                new Timeline.Written(GameSamples.monitor(function, 1, 0), 15_000),
                new Timeline.Written(
                    new Removal(Definition.Kind.MONITOR, "acme", "hot", 2, 0), 35_000)));
  }

  @Test
  void wordsThatFollowFromThePointsAreGood() {
    judge(told(FIRST, 31_100), told(AMENDED, 41_100), told(SECOND, 41_100));

    assertThat(findings.text()).isEqualTo("GOOD");
  }

  @Test
  void aMissingAmendmentIsFound() {
    judge(told(FIRST, 31_100), told(SECOND, 41_100));

    assertThat(findings.count(VerdictJudge.DIFFERENT)).isEqualTo(1);
  }

  @Test
  void afterARestartALowerRevisionCanBeTheLastWord() {
    points.add(0, 23_000, 64, LATE_BEAT, 0);
    points.add(0, 24_000, 128, LATE_BEAT, 0);
    Set<VerdictMark> amended = Set.of(VerdictMark.AMENDED);
    Verdict one = verdict(30_000, 1, ALERT, 68, 3, 37_999, List.of(), amended);
    Verdict two = verdict(30_000, 2, ALERT, 70, 4, 37_999, List.of(), amended);
    Verdict all = verdict(30_000, 1, ALERT, 198, 5, 39_999, List.of(), amended);
    judge(
        told(FIRST, 31_100),
        told(one, 41_100),
        told(two, 41_100),
        told(all, 51_100),
        told(SECOND, 51_100));
    assertThat(findings.text()).isEqualTo("GOOD");

    Verdict higher = verdict(30_000, 2, ALERT, 198, 5, 39_999, List.of(), amended);
    judge(told(FIRST, 31_100), told(higher, 41_100), told(one, 51_100), told(SECOND, 51_100));
    assertThat(findings.text()).isEqualTo("BAD: {%s=1}".formatted(VerdictJudge.DIFFERENT));
  }

  @Test
  void aMissingWindowAndOneTooManyAreFound() {
    judge(
        told(FIRST, 31_100),
        told(AMENDED, 41_100),
        told(verdict(50_000, 0, OK, 1, 1, 49_999), 51_100));

    assertThat(findings.count(VerdictJudge.MISSING)).isEqualTo(1);
    assertThat(findings.count(VerdictJudge.EXTRA)).isEqualTo(1);
  }

  @Test
  void aProvenWordWithoutAPointThatWasSentBeforeIsFalse() {
    judge(
        told(verdict(30_000, 0, OK, 1, 1, 29_999), 31_100),
        told(AMENDED, 41_100),
        told(SECOND, 41_100));

    assertThat(findings.count(VerdictJudge.FALSE)).isEqualTo(1);
    assertThat(findings.count(VerdictJudge.DIFFERENT)).isZero();
  }

  @Test
  void aWordThatCountsAPointBeforeItWasSentIsFalse() {
    judge(
        told(verdict(30_000, 0, ALERT, 6, 3, 29_999), 31_100),
        told(AMENDED, 41_100),
        told(SECOND, 41_100));

    assertThat(findings.count(VerdictJudge.FALSE)).isEqualTo(1);
  }

  @Test
  void anOpenWindowMayBeToldHeldOrEarlyButNotAsTheLastWord() {
    useMonitor(Monitor.Function.MAX);
    Verdict held = verdict(30_000, 0, INCOMPLETE, NONE, 1, 19_999, List.of("points/0"), Set.of());
    Verdict early = verdict(30_000, 1, ALERT, 9, 1, 25_999, List.of(), Set.of(VerdictMark.EARLY));
    Verdict last = verdict(30_000, 2, OK, 3, 3, 39_999);
    judge(told(held, 29_000), told(early, 30_000), told(last, 41_100));

    assertThat(findings.count(VerdictJudge.EARLY)).isEqualTo(1);
    assertThat(findings.count(VerdictJudge.MISSING)).isEqualTo(1); // the second window
    assertThat(findings.count(VerdictJudge.FALSE)).isZero();
  }

  @Test
  void ofSeveralLatePointsAnyThatMakeTheValueMayHaveBeenRead() {
    points.add(0, 23_000, 64, LATE_BEAT, 0);
    Verdict one = verdict(30_000, 1, ALERT, 68, 3, 37_999, List.of(), Set.of(VerdictMark.AMENDED));
    Verdict wrong = verdict(30_000, 2, ALERT, 67, 3, 37_999, List.of(), Set.of());
    Verdict last = verdict(30_000, 3, ALERT, 70, 4, 39_999, List.of(), Set.of(VerdictMark.AMENDED));
    judge(
        told(FIRST, 31_100),
        told(one, 40_500),
        told(wrong, 40_500),
        told(last, 41_100),
        told(SECOND, 41_100));

    assertThat(findings.text()).isEqualTo("BAD: {%s=1}".formatted(VerdictJudge.FALSE));
  }

  @Test
  void aLatePointCountsFromItsHeartbeatsOn() {
    Verdict last = verdict(30_000, 2, ALERT, 6, 3, 39_999, List.of(), Set.of(VerdictMark.AMENDED));
    judge(
        told(FIRST, 31_100),
        told(verdict(30_000, 1, OK, 4, 2, 37_999), 40_500),
        told(last, 41_100),
        told(SECOND, 41_100));
    assertThat(findings.text()).isEqualTo("GOOD");

    judge(
        told(FIRST, 31_100),
        told(verdict(30_000, 1, OK, 4, 2, 38_999), 40_500),
        told(last, 41_100),
        told(SECOND, 41_100));
    assertThat(findings.text()).isEqualTo("BAD: {%s=1}".formatted(VerdictJudge.FALSE));
  }

  @Test
  void alertsFollowFromWhatWasTold() {
    List<VerdictLog.Told> told =
        List.of(told(FIRST, 31_100), told(AMENDED, 41_100), told(SECOND, 41_100));
    AlertJudge judge = new AlertJudge(timeline, findings);
    judge.judge(
        told,
        List.of(
            new VerdictLog.ToldAlert(AMENDED, OK),
            new VerdictLog.ToldAlert(verdict(30_000, 2, OK, 4, 2, 39_999), ALERT)));

    // the second window is an alert as the one before, at last; when it was told first, it was OK
    assertThat(findings.text()).isEqualTo("BAD: {%s=1}".formatted(AlertJudge.ALONE));
  }

  @Test
  void aChangeOfStateWithoutAnAlertIsFound() {
    new AlertJudge(timeline, findings).judge(List.of(told(FIRST, 1), told(SECOND, 2)), List.of());

    assertThat(findings.text()).isEqualTo("BAD: {%s=1}".formatted(AlertJudge.UNTOLD));
  }

  private void judge(VerdictLog.Told... told) {
    VerdictJudge judge = new VerdictJudge(points, beats, 1, timeline, findings);
    judge.judge(new ArrayList<>(Stream.of(told).toList()));

    assertThat(judge.windows()).isEqualTo(2);
    assertThat(judge.undecided()).isZero();
  }

  private static VerdictLog.Told told(Verdict verdict, long arrivedMs) {
    return new VerdictLog.Told(verdict, 0, arrivedMs);
  }
}
