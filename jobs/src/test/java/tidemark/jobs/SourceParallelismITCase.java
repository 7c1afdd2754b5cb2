package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a real Kafka. */
class SourceParallelismITCase {
  @TempDir static Path brokerFolder;
  private static TestBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new TestBroker(brokerFolder);
    broker.createTopic("points", 2, Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void noTaskIsWithoutPartition() throws Exception {
    assertThat(SourceParallelism.of(options(broker.bootstrapServers(), "points"), 5)).isEqualTo(2);
    assertThat(SourceParallelism.of(options(broker.bootstrapServers(), "points"), 1)).isEqualTo(1);
  }

  @Test
  void nobodyIsAskedForWhatTheOptionsSay() throws Exception {
    Configuration options = options("127.0.0.1:1", "points");
    options.set(SourceOptions.PARALLELISM, 3);
    assertThat(SourceParallelism.of(options, 5)).isEqualTo(3);
    options.set(SourceOptions.PARALLELISM, -1);
    assertThatThrownBy(() -> SourceParallelism.of(options, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tidemark.source.parallelism must be at least 0, got -1");
  }

  @Test
  void aTopicThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> SourceParallelism.of(options(broker.bootstrapServers(), "other"), 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("topic other")
        .hasMessageContaining("create the topic, or set tidemark.source.parallelism");
  }

  private static Configuration options(String bootstrapServers, String topic) {
    Configuration options = new Configuration();
    options.set(SourceOptions.BOOTSTRAP_SERVERS, bootstrapServers);
    options.set(SourceOptions.TOPIC, topic);
    return options;
  }
}
