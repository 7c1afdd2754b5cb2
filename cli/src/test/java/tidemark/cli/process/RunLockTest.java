package tidemark.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  /** Holds the lock until its standard input ends; file locks keep out other processes only. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (RunLock lock = RunLock.acquire(Path.of(arguments[0]), waiting(Duration.ofMinutes(1)))) {
        System.out.println("held");
        byte[] unused = System.in.readAllBytes();
      }
    }
  }

  @TempDir private Path directory;

  private static Waiting waiting(Duration limit) {
    return new Waiting(limit, Duration.ofMillis(10), () -> {});
  }

  @Test
  void anotherProcessWaitsUntilItsHolderLetsGo() throws IOException, InterruptedException {
    Path file = directory.resolve("lock");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file.toString())
            .start();
    assertThat(holder.inputReader().readLine()).isEqualTo("held");

    assertThatThrownBy(() -> RunLock.acquire(file, waiting(Duration.ofMillis(50))))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("another tidemark command on " + directory);

    holder.getOutputStream().close();
    assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
    RunLock.acquire(file, waiting(Duration.ofMinutes(1))).close();
  }

  @Test
  void itCanBeHadAgain() {
    Path file = directory.resolve("new/lock");
    RunLock.acquire(file, waiting(Duration.ofMinutes(1))).close();
    RunLock.acquire(file, waiting(Duration.ofMinutes(1))).close();

    assertThat(file).exists();
  }
}
