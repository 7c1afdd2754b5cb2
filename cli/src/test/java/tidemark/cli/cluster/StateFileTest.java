package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.ProcessIdentity;
import tidemark.cli.process.StartedProcess;

class StateFileTest {
  @TempDir private Path directory;

  private static ClusterState state() {
    AtomicInteger port = new AtomicInteger(20_000);
    return ClusterState.first("secret", "cluster", taken -> port.incrementAndGet());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    ClusterState state =
        state()
            .withJob("0123456789abcdef0123456789abcdef", "s3://flink/savepoints/savepoint-1")
            .withProcess(
                new StartedProcess(
                    "kafka",
                    new ProcessIdentity(42, "boot/123"),
                    directory.resolve("a path/kafka.log")));
    StateFile file = new StateFile(directory.resolve("new/state.json"));

    file.write(state);

    assertThat(file.read()).contains(state);
  }

  @Test
  void aRunThatNeverStartedHasNone() {
    assertThat(new StateFile(directory.resolve("state.json")).read()).isEmpty();
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    Path path = directory.resolve("state.json");
    StateFile file = new StateFile(path);
    file.write(state());
    file.write(state());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatAnotherReleaseWroteIsRefusedWithTheCure() throws IOException {
    Path path = directory.resolve("state.json");
    StateFile file = new StateFile(path);
    file.write(state());
    Files.writeString(path, Files.readString(path).replace("\"version\" : 1", "\"version\" : 2"));

    assertThatThrownBy(file::read)
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("state version must be 1, got 2")
        .hasMessageContaining("remove the run directory");
  }

  @Test
  void aPortThatAnOlderReleaseDidNotKnowIsChosenAtTheNextStart() throws IOException {
    Path path = directory.resolve("state.json");
    StateFile file = new StateFile(path);
    ClusterState written = state();
    file.write(written);
    Files.writeString(path, Files.readString(path).replaceFirst(",\\s*\"ZOOKEEPER\" : [0-9]+", ""));

    ClusterState read = file.read().orElseThrow();

    assertThatThrownBy(() -> read.port(Port.ZOOKEEPER))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("no port was chosen for ZOOKEEPER");
    ClusterState next = read.withFreePorts(port -> true, taken -> 31_999);
    assertThat(next.port(Port.ZOOKEEPER)).isEqualTo(31_999);
    assertThat(next.port(Port.KAFKA)).isEqualTo(written.port(Port.KAFKA));
  }

  @Test
  void aProcessTakesThePlaceOfTheOlderOneOfItsName() {
    StartedProcess older = new StartedProcess("s3", new ProcessIdentity(1, "a"), directory);
    StartedProcess newer = new StartedProcess("s3", new ProcessIdentity(2, "b"), directory);

    assertThat(state().withProcess(older).withProcess(newer).processes()).isEqualTo(List.of(newer));
  }

  @Test
  void onlyPortsThatAreTakenChange() {
    ClusterState first = state();
    int taken = first.port(Port.S3);

    ClusterState second = first.withFreePorts(port -> port != taken, others -> 31_999);

    for (Port port : Port.values()) {
      assertThat(second.port(port)).isEqualTo(port == Port.S3 ? 31_999 : first.port(port));
    }
  }

  @Test
  void aProcessMoreTakesFreePortsAndTheOthersKeepTheirs() throws IOException {
    Path path = directory.resolve("state.json");
    StateFile file = new StateFile(path);
    ClusterState written = state();
    file.write(written);
    Files.writeString(
        path, Files.readString(path).replaceFirst(",\\s*\"GATEWAY_HTTP\" : [0-9]+", ""));

    ClusterState next =
        file.read()
            .orElseThrow()
            .withFreePorts(Set.of(Port.GATEWAY_HTTP), port -> false, taken -> 31_999);

    assertThat(next.port(Port.GATEWAY_HTTP)).isEqualTo(31_999);
    assertThat(next.port(Port.KAFKA)).isEqualTo(written.port(Port.KAFKA));
    assertThat(next.port(Port.GATEWAY_POSTGRES)).isEqualTo(written.port(Port.GATEWAY_POSTGRES));
  }
}
