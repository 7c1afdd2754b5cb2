package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterDeltasTest {
  private final CounterDeltas deltas = new CounterDeltas();

  @Test
  void theFirstTotalGivesNoDelta() {
    assertThat(deltas.delta("eth0", 1_000_000)).isEmpty();
  }

  @Test
  void deltasAddUpToWhatWasCounted() {
    long total = 500;
    long sum = 0;
    assertThat(deltas.delta("eth0", total)).isEmpty();
    for (int round = 1; round <= 10; round++) {
      deltas.endRound();
      total += round;
      sum += deltas.delta("eth0", total).orElseThrow();
    }
    assertThat(sum).isEqualTo(total - 500);
  }

  @Test
  void aRoundThatWasLeftOutIsInTheNextDelta() {
    assertThat(deltas.delta("eth0", 10)).isEmpty();
    deltas.endRound();
    assertThat(deltas.delta("eth0", 35)).hasValue(25);
  }

  @Test
  void aCountThatBeganAnewIsAllDelta() {
    assertThat(deltas.delta("eth0", 10_000)).isEmpty();
    deltas.endRound();
    assertThat(deltas.delta("eth0", 7)).hasValue(7);
  }

  @Test
  void whatIsGoneIsForgotten() {
    assertThat(deltas.delta("usb0", 10)).isEmpty();
    deltas.endRound();
    assertThat(deltas.size()).isEqualTo(1);
    deltas.endRound();
    assertThat(deltas.size()).isZero();
    assertThat(deltas.delta("usb0", 20)).isEmpty();
  }
}
