package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class MainOptionsTest {

  @Test
  void pairsBecomeOptions() {
    Configuration options =
        MainOptions.parse(
            new String[] {"--tidemark.source.topic", "t", "--tidemark.source.start", "latest"});
    assertThat(options.get(SourceOptions.TOPIC)).isEqualTo("t");
    assertThat(options.get(SourceOptions.START)).isEqualTo(SourceOptions.Start.LATEST);
  }

  @Test
  void refusesWhatIsNoPair() {
    assertThatThrownBy(() -> MainOptions.parse(new String[] {"--tidemark.source.topic"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "arguments must be pairs of --key value, got --tidemark.source.topic at position 1");
    assertThatThrownBy(() -> MainOptions.parse(new String[] {"topic", "t"}))
        .hasMessageContaining("got topic at position 1");
  }

  @Test
  void refusesAMisspeltOption() {
    assertThatThrownBy(() -> MainOptions.parse(new String[] {"--tidemark.sorce.topic", "t"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no option tidemark.sorce.topic; the options are");
  }

  @Test
  void theStoreMustBeNamed() {
    assertThatThrownBy(
            () -> MainJob.main(new String[] {"--tidemark.source.bootstrap-servers", "h:1"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tidemark.store.warehouse must be set");
  }
}
