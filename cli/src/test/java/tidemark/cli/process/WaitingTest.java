package tidemark.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitingTest {
  private static final Duration SHORT = Duration.ofMillis(5);

  @TempDir private Path directory;

  private static Waiting waiting(Duration limit) {
    return new Waiting(limit, SHORT, () -> {});
  }

  @Test
  void itAsksUntilThereIsAnAnswer() {
    AtomicInteger asked = new AtomicInteger();

    int answer =
        waiting(Duration.ofMinutes(1))
            .forAnswer(
                "three",
                List.of(),
                () -> Optional.of(asked.incrementAndGet()).filter(count -> count == 3));

    assertThat(answer).isEqualTo(3);
  }

  @Test
  void theLimitEndsItWithAReason() {
    assertThatThrownBy(
            () -> waiting(Duration.ofMillis(20)).until("the moon", List.of(), () -> false))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessage("waited 0 s for the moon in vain");
  }

  @Test
  void aProcessThatEndsIsToldWithTheEndOfItsLog() throws IOException {
    Path log = directory.resolve("kafka.log");
    Files.writeString(log, "first\nport 9092 is taken\n");
    StartedProcess ended =
        new StartedProcess(
            "kafka", new ProcessIdentity(ProcessHandle.current().pid(), "long ago"), log);

    assertThatThrownBy(
            () -> waiting(Duration.ofMinutes(1)).until("Kafka", List.of(ended), () -> false))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("kafka ended while waiting for Kafka")
        .hasMessageContaining("port 9092 is taken");
  }

  @Test
  void aWaitThatLostItsPurposeEndsAtOnce() {
    Waiting waiting =
        new Waiting(
            Duration.ofMinutes(1),
            SHORT,
            () -> {
              throw new RunEndingException();
            });

    assertThatThrownBy(() -> waiting.until("anything", List.of(), () -> false))
        .isInstanceOf(RunEndingException.class);
  }
}
