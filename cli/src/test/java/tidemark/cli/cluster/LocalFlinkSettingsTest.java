package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tidemark.cli.flink.FlinkSettings;

class LocalFlinkSettingsTest {
  /** Surefire runs in the module's directory. */
  private static final Path HOME = Path.of("..");

  private static final FlinkSettings PRODUCTION =
      FlinkSettings.read(HOME.resolve("flink-conf/config.yaml"));

  private static FlinkSettings local(LocalClusterOptions options) {
    AtomicInteger port = new AtomicInteger(20_000);
    ClusterState state = ClusterState.first("a-secret", "cluster", taken -> port.incrementAndGet());
    return LocalFlinkSettings.of(PRODUCTION, new RunLayout(Path.of("/run here")), state, options);
  }

  @Test
  void whatProductionPromisesHoldsHereToo() {
    FlinkSettings local = local(LocalClusterOptions.of(HOME));

    Map<String, String> promised =
        Map.of(
            "state.backend.type", "rocksdb",
            "execution.checkpointing.incremental", "true",
            "execution.checkpointing.mode", "EXACTLY_ONCE",
            "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION",
            "pipeline.generic-types", "false",
            "pipeline.auto-generate-uids", "false",
            "pipeline.object-reuse", "true",
            "pipeline.max-parallelism", "128",
            "taskmanager.memory.jvm-metaspace.size", "512m",
            "restart-strategy.type", "exponential-delay");
    assertThat(PRODUCTION.values()).containsAllEntriesOf(promised);
    assertThat(local.values()).containsAllEntriesOf(promised);
  }

  @Test
  void aJobManagerThatIsStartedAgainFindsItsJob() {
    assertThat(local(LocalClusterOptions.of(HOME)).values())
        .containsEntry("high-availability.type", "zookeeper")
        .containsEntry("high-availability.storageDir", "s3://flink/ha")
        .containsEntry("high-availability.zookeeper.client.tolerate-suspended-connections", "true");
  }

  @Test
  void everyAddressIsLoopbackAndNothingElseListens() {
    FlinkSettings local = local(LocalClusterOptions.of(HOME));

    assertThat(local.values())
        .allSatisfy(
            (key, value) -> {
              if (key.endsWith("address") || key.endsWith("host")) {
                assertThat(value).as(key).isEqualTo("127.0.0.1");
              }
            });
    assertThat(local.values().keySet()).noneMatch(key -> key.startsWith("metrics.reporter"));
  }

  @Test
  void portsAndCredentialsAreThoseOfTheRun() {
    assertThat(local(LocalClusterOptions.of(HOME)).values())
        .containsEntry("s3.endpoint", "http://127.0.0.1:20003")
        .containsEntry("rest.port", "20004")
        .containsEntry("rest.bind-port", "20004")
        .containsEntry("jobmanager.rpc.port", "20005")
        .containsEntry("blob.server.port", "20006")
        .containsEntry("high-availability.jobmanager.port", "20005")
        .containsEntry("high-availability.zookeeper.quorum", "127.0.0.1:20007")
        .containsEntry("s3.secret-key", "a-secret")
        .containsEntry("io.tmp.dirs", "/run here/flink");
  }

  @Test
  void optionsDecideIntervalAndParallelism() {
    LocalClusterOptions options =
        LocalClusterOptions.of(HOME)
            .withCheckpointInterval(Duration.ofMillis(1_500))
            .withTaskManagers(2, 3)
            .withFlinkOption("heartbeat.timeout", "7 s");

    assertThat(local(options).values())
        .containsEntry("execution.checkpointing.interval", "1500 ms")
        .containsEntry("taskmanager.numberOfTaskSlots", "7") // four for jobs beside it
        .containsEntry("parallelism.default", "6")
        .containsEntry("heartbeat.timeout", "7 s");
  }

  @Test
  void theDemoCommitsEveryTenSecondsAndProductionEachMinute() {
    assertThat(PRODUCTION.value("execution.checkpointing.interval")).contains("60 s");
    assertThat(local(LocalClusterOptions.of(HOME)).value("execution.checkpointing.interval"))
        .contains("10000 ms");
  }
}
