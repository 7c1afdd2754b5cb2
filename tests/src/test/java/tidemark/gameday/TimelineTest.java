package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

class TimelineTest {
  @Test
  void aVersionCountsFromTheNextTenSecondsUntilTheNextOne() {
    Timeline timeline =
        new Timeline(
            List.of(
                new Timeline.Written(GameSamples.rule(1, 0), 20_000),
                new Timeline.Written(GameSamples.rule(2, 55_000), 41_234),
                new Timeline.Written(
                    new Removal(Definition.Kind.RULE, "acme", "all", 3, 0), 69_999)));

    assertThat(timeline.rules())
        .containsExactly(
            new Timeline.Span<>(GameSamples.rule(1, 0), 30_000, 55_000),
            new Timeline.Span<>(GameSamples.rule(2, 55_000), 55_000, 70_000));
  }

  @Test
  void aVersionThatWouldBeginBeforeAnEarlierOneReplacesIt() {
    Timeline timeline =
        new Timeline(
            List.of(
                new Timeline.Written(GameSamples.rule(1, 0), 1_000),
                new Timeline.Written(GameSamples.rule(2, 90_000), 2_000),
                new Timeline.Written(GameSamples.rule(3, 40_000), 3_000)));

    assertThat(timeline.rules())
        .containsExactly(
            new Timeline.Span<>(GameSamples.rule(1, 0), 10_000, 40_000),
            new Timeline.Span<>(GameSamples.rule(3, 40_000), 40_000, Long.MAX_VALUE));
  }
}
