package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BeatLogTest {
  @Test
  void aStalledPartitionVouchesOnlyAgainAfterTheStall() {
    BeatLog beats = new BeatLog();
    for (int second = 0; second < 10; second++) {
      long untilMs = 100_000 + second * 1000L;
      boolean isStall = second >= 4 && second < 7;
      beats.add(
          new BeatLog.Beat(
              untilMs, untilMs + 1000, untilMs + 1010, isStall ? 1 : BeatLog.NO_PARTITION));
    }

    assertThat(beats.stalls()).containsExactly(new BeatLog.Stall(1, 103_000, 105_010, 108_010));
    assertThat(beats.firstBehind(0, 103_999)).isEqualTo(4);
    assertThat(beats.firstBehind(1, 103_999)).isEqualTo(7);
    assertThat(beats.firstBehind(1, 102_999)).isEqualTo(3);
    assertThat(beats.lastStartedAt(103_500)).isEqualTo(2);
    assertThatIllegalArgumentException().isThrownBy(() -> beats.firstBehind(0, 109_000));
  }
}
