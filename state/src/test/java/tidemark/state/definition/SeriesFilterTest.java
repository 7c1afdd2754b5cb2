package tidemark.state.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesFilterTest {
  private static final TextPattern ANY = new TextPattern("*");

  @Test
  void aPatternHasAnEnd() {
    assertThat(new TextPattern("a".repeat(1024)).matches("a".repeat(1024))).isTrue();
    assertThatThrownBy(() -> new TextPattern("a*".repeat(512) + "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a pattern must have at most 1024 characters, got 1025");
  }

  @Test
  void conditionsAreFew() {
    assertThat(new SeriesFilter(ANY, conditions(64)).where()).hasSize(64);
    assertThatThrownBy(() -> new SeriesFilter(ANY, conditions(65)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a filter must have at most 64 conditions, got 65");
  }

  private static List<TagCondition> conditions(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> new TagCondition("key" + number, ANY, false))
        .toList();
  }
}
