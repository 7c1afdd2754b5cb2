package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class MainConfigTest {
  private static final String KEY = "execution.checkpointing.unaligned.enabled";

  @Test
  void unalignedCheckpointsAreRefused() {
    assertThatCode(() -> MainConfig.requireAligned(new Configuration())).doesNotThrowAnyException();
    assertThatThrownBy(() -> MainConfig.requireAligned(with("true")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(KEY + " must be false, got true");
  }

  private static Configuration with(String value) {
    Configuration config = new Configuration();
    config.setString(KEY, value);
    return config;
  }
}
