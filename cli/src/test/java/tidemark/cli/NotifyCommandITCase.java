package tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tidemark.cli.broker.TestBroker;
import tidemark.cli.notify.Receiver;
import tidemark.cli.notify.Receiver.Reply;
import tidemark.cli.notify.TestAlerts;
import tidemark.state.monitor.VerdictStatus;

/** The command as a process, which is killed and ended, against a real broker and receiver. */
final class NotifyCommandITCase {
  private static final String SECRET = "s3cret-9";
  private static final String TOPIC = "alerts";
  private static final String LETTERS = "letters";
  private static final int SIGTERM_CODE = 143;

  private final AtomicBoolean holds = new AtomicBoolean(true);
  private final Receiver receiver = new Receiver(request -> reply(request.key()));

  @TempDir private Path run;
  private TestBroker broker;

  /** Null until there is one. */
  private Process process;

  /** Some are refused, and one is held back at first. */
  private Reply reply(String key) {
    if (key.startsWith("id3-") && holds.get()) {
      return Reply.never();
    }
    return Reply.of(key.startsWith("id5-") ? 403 : 200);
  }

  @BeforeEach
  void start(@TempDir Path folder) throws InterruptedException, IOException {
    broker = new TestBroker(folder);
    broker.createTopic(TOPIC, 1, Map.of());
    broker.createTopic(LETTERS, 1, Map.of());
    Files.writeString(
        run.resolve("notify.yaml"),
        """
        webhooks:
          - name: w
            url: %s/${TOKEN}
            headers: {Authorization: "Bearer ${TOKEN}"}
            timeout: 1m
        """
            .formatted(receiver.url()));
    IntStream.range(0, 8)
        .forEach(
            i -> TestAlerts.write(broker, TOPIC, TestAlerts.alert("id" + i, VerdictStatus.ALERT)));
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    broker.close();
    receiver.close();
  }

  private List<String> arguments() {
    return List.of(
        "notify",
        "--bootstrap-servers=" + broker.bootstrapServers(),
        "--topic=" + TOPIC,
        "--dead-letters-topic=" + LETTERS,
        "--from=earliest");
  }

  private Path log() {
    return run.resolve("logs").resolve("tidemark.log");
  }

  private void startProcess() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-Dtidemark.home=" + Path.of("..").toAbsolutePath().normalize(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder.command().addAll(arguments());
    builder.environment().putAll(Map.of("TIDEMARK_RUN", run.toString(), "TOKEN", SECRET));
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(run.resolve("out-%d".formatted(System.nanoTime())).toFile())
            .start();
  }

  private String executeHere() {
    StringWriter errors = new StringWriter();
    CommandLine commandLine = Main.commandLine(new Workspace(Path.of(".."), run));
    commandLine.setErr(new PrintWriter(errors, true));
    int code = commandLine.execute(arguments().toArray(new String[0]));
    return code + " " + errors;
  }

  @Test
  void nothingIsLostOverAKillAndNoSecretIsTold() throws IOException, InterruptedException {
    startProcess();
    receiver.await(4);
    process.destroyForcibly().waitFor(); // SIGKILL while a request is on its way
    holds.set(false);
    startProcess();
    Receiver.await("the last one", () -> receiver.keys().contains("id7-3-alert-12"));
    assertThat(receiver.keys())
        .startsWith("id0-3-alert-12", "id1-3-alert-12", "id2-3-alert-12", "id3-3-alert-12")
        .containsSubsequence("id3-3-alert-12", "id3-3-alert-12", "id4-3-alert-12", "id5-3-alert-12")
        .endsWith("id6-3-alert-12", "id7-3-alert-12")
        .hasSize(9);
    assertThat(receiver.requests())
        .allMatch(request -> request.header("Authorization").equals("Bearer " + SECRET))
        .allMatch(request -> request.path().equals("/hook/" + SECRET));
    Receiver.await("a commit", () -> broker.committed("tidemark-notify-w", TOPIC, 0) == 8);

    process.destroy(); // SIGTERM
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGTERM_CODE);
    assertThat(Files.readString(log()))
        .contains("is given up after 1 attempts, status 403")
        .contains("webhook w: read 5, delivered 4, retried 0, dead-lettered 1, skipped 0, lost 0");
    assertThat(broker.records(LETTERS)).hasSize(1);
    broker
        .records(LETTERS)
        .get(0)
        .headers()
        .forEach(each -> assertThat(new String(each.value(), UTF_8)).doesNotContain(SECRET));
    try (var files = Files.walk(run)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContain(SECRET);
      }
    }
  }

  @Test
  void oneRunsInARunDirectory() throws IOException {
    startProcess();
    receiver.await(1);
    Files.writeString(
        run.resolve("notify.yaml"), "webhooks: [{name: w, url: 'http://localhost:1'}]");
    assertThat(executeHere())
        .isEqualTo(
            "1 error: another process sends the alerts of %s: see tidemark status%n"
                .formatted(run));
  }

  @Test
  void aFileThatIsWrongIsToldBeforeAnythingStarts() throws IOException {
    Files.writeString(run.resolve("notify.yaml"), "webhooks: [{name: w}]");
    assertThat(executeHere())
        .isEqualTo(
            "1 error: %s: webhook w: field 'url' is missing%n"
                .formatted(run.resolve("notify.yaml")));
  }
}
