package tidemark.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tidemark.cli.process.ProcessFailedException;

class FlinkSettingsTest {
  @Test
  void nestedAndFlatKeysAreTheSame() {
    FlinkSettings nested = FlinkSettings.parse("rest:\n  port: 8081\n  address: localhost\n");
    FlinkSettings flat = FlinkSettings.parse("rest.port: 8081\nrest.address: localhost # why\n");

    assertThat(nested).isEqualTo(flat);
    assertThat(flat.value("rest.port")).contains("8081");
  }

  @Test
  void whatIsRenderedIsReadAgain() {
    FlinkSettings settings =
        new FlinkSettings(
            Map.of(
                "a.path", "/tmp/a b: #c/\"d\"\\e",
                "a.number", "1",
                "a.truth", "false",
                "a.list", "-X\n-Y\t-Z"));

    assertThat(FlinkSettings.parse(settings.render("headline"))).isEqualTo(settings);
  }

  @Test
  void overridesWin() {
    FlinkSettings settings =
        FlinkSettings.parse("a: 1\nb: 2\nmetrics.reporters: x\nmetrics.reporter.x.port: 3\n")
            .with(Map.of("b", "3"))
            .without("metrics.reporter");

    assertThat(settings.values()).isEqualTo(Map.of("a", "1", "b", "3"));
  }

  @Test
  void wordsAreCutAtBlanksAndLines() {
    FlinkSettings settings = FlinkSettings.parse("opts: >-\n  -XX:+A\n  --add-opens=b/c=d\n");

    assertThat(settings.words("opts")).containsExactly("-XX:+A", "--add-opens=b/c=d");
    assertThat(settings.words("nothing")).isEmpty();
  }

  @Test
  void aYamlListIsRefused() {
    assertThatThrownBy(() -> FlinkSettings.parse("a: [1, 2]"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessage("a must be text, as Flink's own lists are: separate its items with ;");
  }

  @Test
  void nothingIsNoSettings() {
    assertThat(FlinkSettings.parse("# nothing\n").values()).isEmpty();
  }
}
