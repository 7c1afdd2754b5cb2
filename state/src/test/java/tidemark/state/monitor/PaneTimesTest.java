package tidemark.state.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaneTimesTest {
  private static final long FORGET_MS = 70_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void livesAreThoseOfAllPanes(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 100; run++) {
      PaneTimes times = PaneTimes.empty();
      TreeSet<Long> panes = new TreeSet<>();
      long floorMs = -200_000;
      for (int i = 0; i < 60; i++) {
        long pane = floorMs + 10_000L * random.nextInt(80);
        assertThat(times.add(pane)).as("seed %s", seed).isEqualTo(panes.add(pane));
        if (random.nextInt(8) == 0) {
          floorMs += 10_000L * random.nextInt(20);
          times.raiseFloor(floorMs + random.nextInt(10_000), FORGET_MS);
        }
        if (random.nextInt(5) == 0) {
          times = PaneTimes.ofLongs(times.toLongs());
        }
        long lastBefore = panes.headSet(floorMs).isEmpty() ? floorMs : panes.lower(floorMs);
        long endMs = Math.max(lastBefore, floorMs) + 10_000L * (1 + random.nextInt(90));
        assertThat(times.lifeStartAt(endMs, FORGET_MS))
            .as("seed %s", seed)
            .isEqualTo(expected(panes, endMs));
        assertThat(times.lastMs()).as("seed %s", seed).isEqualTo(panes.last());
      }
    }
  }

  private static long expected(NavigableSet<Long> panes, long endMs) {
    long lifeMs = PaneTimes.NONE;
    long silentSinceMs = PaneTimes.NONE;
    for (long pane : panes.headSet(endMs)) {
      if (silentSinceMs == PaneTimes.NONE || pane - silentSinceMs > FORGET_MS) {
        lifeMs = pane;
      }
      silentSinceMs = pane + 10_000;
    }
    return lifeMs == PaneTimes.NONE || endMs - silentSinceMs > FORGET_MS ? PaneTimes.NONE : lifeMs;
  }

  @Test
  void aPaneBehindTheFloorIsRefused() {
    PaneTimes times = PaneTimes.empty();
    times.raiseFloor(25_000, FORGET_MS);
    assertThat(times.floorMs()).isEqualTo(20_000);
    assertThatThrownBy(() -> times.add(10_000))
        .hasMessage("a pane must start at a multiple of 10 s from 20000 ms on, got 10000");
    assertThatThrownBy(() -> times.add(20_001)).hasMessageContaining("got 20001");
    assertThat(times.isEmpty()).isTrue();
    assertThat(times.add(20_000)).isTrue();
    assertThat(times.add(20_000)).isFalse();
    assertThat(times.firstMs()).isEqualTo(20_000);
  }

  @Test
  void fewerThanFourNumbersAreNoTimes() {
    assertThatThrownBy(() -> PaneTimes.ofLongs(new long[3]))
        .hasMessage("times of panes must be at least 4 numbers, got 3");
  }
}
