package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run writes with its S3 key in it is its owner's alone, from the first byte. */
class SecretFilesTest {
  private static final String SECRET = "the-key-of-the-s3-server";

  @TempDir private Path run;
  private RunLayout layout;
  private ClusterState state;
  private ClusterProcesses processes;

  @BeforeEach
  void begin() {
    AtomicInteger port = new AtomicInteger(20_000);
    layout = new RunLayout(run);
    state = ClusterState.first(SECRET, "cluster", taken -> port.incrementAndGet());
    processes =
        new ClusterProcesses(
            LocalClusterOptions.of(Path.of("..")),
            layout,
            new StateFile(layout.stateFile()),
            new Operations(layout.lockFile()),
            line -> {});
  }

  private Path file(String name) {
    return layout.configuration().resolve(name);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void noFileWithTheKeyIsOpenToOthers() throws IOException {
    processes.writeConfiguration(state);
    Path properties = processes.objectStore(state).prepare();

    assertThat(properties).isEqualTo(file("s3proxy.properties")).content().contains(SECRET);
    assertThat(file("config.yaml")).content().contains(SECRET);
    List<Path> secret;
    try (Stream<Path> files = Files.walk(run)) {
      secret = files.filter(Files::isRegularFile).filter(SecretFilesTest::hasSecret).toList();
    }
    assertThat(secret).hasSizeGreaterThanOrEqualTo(2);
    for (Path path : secret) {
      assertThat(permissions(path)).as(path.toString()).isEqualTo("rw-------");
    }
  }

  private static boolean hasSecret(Path path) {
    try {
      return Files.readString(path).contains(SECRET);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whoever has an older, open one open does not see the key in it. */
  @Test
  void anOpenFileOfAnOlderRunIsReplacedAndNotWritten() throws IOException {
    for (String name : List.of("config.yaml", "s3proxy.properties")) {
      Files.createDirectories(layout.configuration());
      Files.writeString(file(name), "old");
      Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-r--r--"));
      Files.createLink(run.resolve(name), file(name));
    }

    processes.writeConfiguration(state);
    processes.objectStore(state).prepare();

    for (String name : List.of("config.yaml", "s3proxy.properties")) {
      assertThat(run.resolve(name)).hasContent("old");
      assertThat(file(name)).content().contains(SECRET);
      assertThat(permissions(file(name))).isEqualTo("rw-------");
    }
  }
}
