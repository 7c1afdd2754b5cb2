package tidemark.serde.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

final class DefinitionKeyTest {

  @Test
  void goldenTexts() {
    assertThat(text("acme", "by-service", 3)).isEqualTo("rule/acme/by-service/3");
    assertThat(text("a/b c%\u00e9", "n", 1)).isEqualTo("rule/a%2Fb%20c%25%C3%A9/n/1");
  }

  private static String text(String org, String name, int version) {
    return DefinitionKey.of(new Removal(Definition.Kind.RULE, org, name, version, 0)).text();
  }

  @Test
  void everyKeyComesBack() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      StringBuilder org = new StringBuilder();
      for (int i = 1 + random.nextInt(8); i > 0; i--) {
        int codePoint = random.nextInt(random.nextBoolean() ? 128 : 0xD800);
        org.appendCodePoint(codePoint);
      }
      DefinitionKey key =
          new DefinitionKey(
              Definition.Kind.values()[random.nextInt(2)],
              org.toString(),
              "n-" + random.nextInt(),
              1 + random.nextInt(Integer.MAX_VALUE));
      assertThat(DefinitionKey.parse(key.text())).as("seed %d", seed).isEqualTo(key);
      assertThat(key.text().chars().filter(c -> c == '/').count()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "heartbeat",
        "rule/a/n",
        "rule/a/n/0",
        "rule/a/n/01",
        "rule/a/n/2147483648",
        "rule/a/n/1/",
        "rule//n/1",
        "rules/a/n/1",
        "rule/a b/n/1",
        "rule/\u00e9/n/1",
        "rule/%61/n/1",
        "rule/%2f/n/1",
        "rule/%/n/1",
        "rule/%zz/n/1",
        "rule/%FF/n/1",
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> DefinitionKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition's key must be kind/org/name/version, got '" + text + "'");
  }
}
