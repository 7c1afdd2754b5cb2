package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gameday.GameSamples.verdict;
import static tidemark.state.monitor.VerdictStatus.INCOMPLETE;
import static tidemark.state.monitor.VerdictStatus.OK;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partition 1 has heartbeats up to 29 s; from 31.01 s to 50.01 s of the clock it has none. */
class StallJudgeTest {
  private final BeatLog beats = new BeatLog();
  private final Findings findings = new Findings();

  @BeforeEach
  void stall() {
    for (int beat = 0; beat < 60; beat++) {
      beats.add(
          new BeatLog.Beat(
              (beat - 1) * 1000L,
              beat * 1000L,
              beat * 1000L + 10,
              beat > 30 && beat < 50 ? 1 : BeatLog.NO_PARTITION));
    }
  }

  @Test
  void aHeldWindowIsToldOnlyAsHeldByThatPartition() {
    judge(
        held(VerdictLog.partitionName(1), 40_000),
        new VerdictLog.Told(verdict(30_000, 1, OK, 1, 1, 29_999), 1, 50_100));

    assertThat(findings.text()).isEqualTo("GOOD");
  }

  @Test
  void anotherNameOrAHastyWordOrSilenceIsFound() {
    judge(held(VerdictLog.partitionName(2), 40_000));
    judge(new VerdictLog.Told(verdict(30_000, 1, OK, 1, 1, 29_999), 1, 49_000));

    assertThat(findings.count(StallJudge.MISNAMED)).isEqualTo(1);
    assertThat(findings.count(StallJudge.HASTY)).isEqualTo(1);
    assertThat(findings.count(StallJudge.SILENT)).isEqualTo(1);
  }

  private void judge(VerdictLog.Told... told) {
    new StallJudge(beats, findings).judge(List.of(told));
  }

  private static VerdictLog.Told held(String partition, long arrivedMs) {
    return new VerdictLog.Told(
        verdict(30_000, 0, INCOMPLETE, Double.NaN, 0, 28_999, List.of(partition), Set.of()),
        0,
        arrivedMs);
  }
}
