package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalClusterOptionsTest {
  private static final LocalClusterOptions OPTIONS = LocalClusterOptions.of(Path.of("/home"));

  @Test
  void theDefaultsAreTheDemos() {
    assertThat(OPTIONS.checkpointInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(OPTIONS.taskManagers()).isEqualTo(1);
    assertThat(OPTIONS.slotsPerTaskManager()).isEqualTo(2);
    assertThat(OPTIONS.partitions()).isEqualTo(4);
    assertThat(OPTIONS.jobJar()).isEqualTo(Path.of("/home/jobs/target/tidemark-job.jar"));
    assertThat(OPTIONS.mainClass()).isEqualTo("tidemark.jobs.MainJob");
  }

  @Test
  void anIntervalThatOnlyCheckpointsIsRefused() {
    assertThatThrownBy(() -> OPTIONS.withCheckpointInterval(Duration.ofMillis(99)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("checkpoint interval must be at least 100 ms, got PT0.099S");
  }

  @Test
  void nothingOfWhatRunsMayBeMissing() {
    assertThatThrownBy(() -> OPTIONS.withTaskManagers(0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("task managers, slots and partitions must be at least 1, got 0, 2 and 4");
    assertThatThrownBy(() -> OPTIONS.withPartitions(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1, 2 and 0");
  }
}
