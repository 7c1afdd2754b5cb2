package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Monitor;

class WatchedPointsTest {
  /** In force from 20 s to 100 s; forgets a group after 30 s. */
  private static final Timeline.Span<Monitor> SPAN =
      new Timeline.Span<>(GameSamples.monitor(Monitor.Function.COUNT, 1, 0), 20_000, 100_000);

  private static final List<String> ONE = GameSamples.ONE.tags();
  private static final List<String> OTHER = GameSamples.OTHER.tags();

  @Test
  void aGroupIsJudgedFromItsFirstPointUntilItIsForgotten() {
    PointLog log = new PointLog();
    int one = log.addSeries(GameSamples.ONE);
    int other = log.addSeries(GameSamples.OTHER);
    log.add(one, 19_999, 1, 0, 0); // before the version's time
    log.add(one, 33_000, 1, 0, 0);
    log.add(one, 31_000, 1, 0, 0);
    log.add(other, 20_000, 1, 0, 0);
    log.add(other, 95_000, 1, 0, 0);
    WatchedPoints watched = new WatchedPoints(SPAN, log);

    assertThat(watched.groups()).containsExactlyInAnyOrder(ONE, OTHER);
    assertThat(watched.judgedEnds(ONE)).containsExactly(40_000L, 50_000L, 60_000L, 70_000L);
    assertThat(watched.judgedEnds(OTHER))
        .containsExactly(30_000L, 40_000L, 50_000L, 60_000L, 100_000L);
    assertThat(watched.window(ONE, 40_000)).containsExactly(2, 1);
    assertThat(watched.window(ONE, 30_000)).isEmpty();
  }
}
