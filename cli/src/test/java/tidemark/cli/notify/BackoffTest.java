package tidemark.cli.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void waitsDoubleUpToTheLongestAndDiffer() {
    for (long seed = 0; seed < 100; seed++) {
      Backoff backoff =
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), new Random(seed));
      TreeSet<Duration> first = new TreeSet<>();
      for (int attempts = 1; attempts <= 100; attempts++) {
        long mostMs = Math.round(Math.min(60_000, 1_000 * Math.pow(2, attempts - 1)));
        assertThat(backoff.after(attempts))
            .as("seed %d, attempts %d", seed, attempts)
            .isBetween(Duration.ofMillis(mostMs / 2), Duration.ofMillis(mostMs));
        first.add(backoff.after(1));
      }
      assertThat(first).as("seed %d", seed).hasSizeGreaterThan(90);
    }
  }

  @Test
  void waitsMustBeSome() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), new Random(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the first wait must be positive and the longest no shorter, got PT0S and PT1S");
  }
}
