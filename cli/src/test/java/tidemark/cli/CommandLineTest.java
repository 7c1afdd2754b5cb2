package tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class CommandLineTest {
  private final StringWriter errors = new StringWriter();
  private final StringWriter output = new StringWriter();

  @TempDir private Path run;

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(new Workspace(Path.of(".."), run));
    commandLine.setErr(new PrintWriter(errors, true));
    commandLine.setOut(new PrintWriter(output, true));
    return commandLine.execute(arguments);
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(execute("--help")).isZero();
    assertThat(output.toString())
        .contains(
            "demo",
            "up",
            "down",
            "status",
            "submit",
            "savepoint",
            "maintain",
            "replay",
            "shadow",
            "shards",
            "rules",
            "monitors",
            "sql",
            "agent",
            "heartbeat",
            "notify",
            "flink");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(execute()).isEqualTo(2);
    assertThat(errors.toString()).contains("a command is missing").contains("Usage: tidemark");
  }

  @Test
  void anUnknownCommandIsToldWithTheOnesThereAre() {
    assertThat(execute("dmeo")).isEqualTo(2);
    assertThat(errors.toString()).contains("Unmatched argument").contains("dmeo").contains("demo");
  }

  @Test
  void aBadDurationIsToldWithAGoodOne() {
    assertThat(execute("demo", "--for", "soon")).isEqualTo(2);
    assertThat(errors.toString()).contains("expected a duration such as 60s, 5m or 2h, got soon");
  }

  @Test
  void aJobOptionHasAKeyAndAValue() {
    assertThat(execute("submit", "--option", "novalue")).isEqualTo(2);
    assertThat(errors.toString()).contains("novalue");
  }

  @Test
  void sqlNeedsAStatement() {
    assertThat(execute("sql")).isEqualTo(2);
    assertThat(errors.toString()).contains("SQL");
  }

  @Test
  void sqlKnowsThreeFormats() {
    assertThat(execute("sql", "--format", "xml", "SELECT 1")).isEqualTo(2);
    assertThat(errors.toString()).contains("[table, csv, json]").contains("xml");
  }

  @Test
  void withoutAClusterTheCureIsTold() {
    for (String command : new String[] {"submit", "savepoint", "agent", "heartbeat"}) {
      assertThat(execute(command)).as(command).isEqualTo(1);
    }
    assertThat(execute("sql", "SHOW TABLES")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("error: nothing runs in " + run + ": start it with tidemark up")
        .contains("error: no gateway runs in " + run + ": start it with tidemark up");
    assertThat(execute("flink", "list", "--all")).isEqualTo(1);
    assertThat(errors.toString()).contains("nothing was ever started in " + run);
  }

  @Test
  void alertsNeedAFileOfWebhooksAndACluster() throws IOException {
    assertThat(execute("notify")).isEqualTo(1);
    Path file = run.resolve("notify.yaml");
    assertThat(errors.toString()).contains("error: " + file + " is not there: write it as");
    Files.writeString(file, "webhooks: [{name: w, url: 'http://localhost'}]");
    assertThat(execute("notify")).isEqualTo(1);
    assertThat(errors.toString()).contains("error: nothing runs in " + run);
    assertThat(execute("notify", "--from", "oldest")).isEqualTo(2);
    assertThat(errors.toString()).contains("[newest, earliest]").contains("oldest");
  }

  @Test
  void downOfNothingIsDone() {
    assertThat(execute("down")).isZero();
    assertThat(execute("status")).isEqualTo(1);
  }

  @Test
  void durationsAreReadInEveryUnit() {
    Durations durations = new Durations();

    assertThat(durations.convert("60s")).isEqualTo(Duration.ofMinutes(1));
    assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(durations.convert("90")).isEqualTo(Duration.ofSeconds(90));
    assertThat(durations.convert("5 m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(durations.convert("2h")).isEqualTo(Duration.ofHours(2));
    assertThatThrownBy(() -> durations.convert("0s"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("a duration must be longer than nothing, got 0s");
  }

  @Test
  void theRunDirectoryIsBesideTheScriptUnlessTheEnvironmentNamesOne() {
    assertThat(Workspace.of("/home", Map.of()).run()).isEqualTo(Path.of("/home/run"));
    assertThat(Workspace.of("/home", Map.of("TIDEMARK_RUN", "")).run())
        .isEqualTo(Path.of("/home/run"));
    assertThat(Workspace.of("/home", Map.of("TIDEMARK_RUN", "/data/one")).run())
        .isEqualTo(Path.of("/data/one"));
  }
}
