package tidemark.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
  private static final String STAT =
      "4711 (a (b) c) %s 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 33 0 316678 99 0";

  @Test
  void startTicksAreFoundBehindAnyName() {
    assertThat(ProcessIdentity.runningSince(STAT.formatted("S"))).contains("316678");
  }

  @Test
  void aProcessThatOnlyWaitsToBeReapedHasEnded() {
    assertThat(ProcessIdentity.runningSince(STAT.formatted("Z"))).isEmpty();
  }

  @Test
  void thisProcessLives() {
    ProcessIdentity self = ProcessIdentity.ofPid(ProcessHandle.current().pid()).orElseThrow();

    assertThat(self.isAlive()).isTrue();
  }

  @Test
  void anotherStartOfTheSamePidIsAnotherProcess() {
    long pid = ProcessHandle.current().pid();
    ProcessIdentity other = new ProcessIdentity(pid, "another boot/1");

    assertThat(other.isAlive()).isFalse();
    other.kill();
    assertThat(ProcessHandle.current().isAlive()).isTrue();
  }

  @Test
  void killEndsTheProcessThatWasStarted() throws IOException, InterruptedException {
    Process sleeper = new ProcessBuilder("sleep", "60").start();
    ProcessIdentity identity = ProcessIdentity.ofPid(sleeper.pid()).orElseThrow();

    identity.kill();

    assertThat(sleeper.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(identity.isAlive()).isFalse();
  }

  @Test
  void aPausedProcessStaysAndGoesOn() throws IOException, InterruptedException {
    Process reader = new ProcessBuilder("cat").start();
    ProcessIdentity identity = ProcessIdentity.ofPid(reader.pid()).orElseThrow();

    identity.pause();
    reader.getOutputStream().close();
    assertThat(reader.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(identity.isAlive()).isTrue();
    identity.resume();

    assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(identity::pause)
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("has ended: no SIGSTOP");
  }

  @Test
  void aPidIsPositive() {
    assertThatThrownBy(() -> new ProcessIdentity(0, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pid must be positive, got 0");
  }
}
