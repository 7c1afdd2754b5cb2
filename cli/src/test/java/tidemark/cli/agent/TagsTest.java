package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TagsTest {
  @Test
  void whatTheSystemDoesNotTellHasAName() {
    assertThat(Tags.tag("user", null)).isEqualTo("user:unknown");
    assertThat(Tags.tag("user", " ")).isEqualTo("user:unknown");
  }

  @Test
  void longNamesAreCutBetweenCharacters() {
    String name = "a".repeat(Tags.MAX_VALUE_CHARS - 1) + Character.toString(0x1F30A) + "b";

    assertThat(Tags.tag("mount", name)).isEqualTo("mount:" + "a".repeat(Tags.MAX_VALUE_CHARS - 1));
    assertThat(Tags.tag("mount", "/")).isEqualTo("mount:/");
  }
}
