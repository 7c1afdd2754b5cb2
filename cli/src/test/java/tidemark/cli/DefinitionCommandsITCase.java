package tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tidemark.cli.broker.TestBroker;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

/** The commands against a real broker, without a gateway: nothing can be counted. */
final class DefinitionCommandsITCase {
  private static final String YAML =
      """
      org: a/b
      rules:
        - {name: one, metric: m, keep: [x]}
        - {name: two, metric: n, keep: [x], max_series: 5}
      monitors:
        - {name: one, metric: m, type: gauge, measure: avg, window: 1m, alert: 3}
      """;

  private static TestBroker broker;
  private static int topics;

  @TempDir private Path run;
  private String topic;
  private Path file;

  @BeforeAll
  static void startBroker(@TempDir Path folder) {
    broker = new TestBroker(folder);
  }

  @AfterAll
  static void endBroker() {
    broker.close();
  }

  @BeforeEach
  void makeTopic() throws InterruptedException, IOException {
    topic = "control-" + topics++;
    broker.createTopic(
        topic, 1, Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));
    file = write(YAML);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(run.resolve("rules.yaml"), yaml);
  }

  /** What it printed, errors last; the exit code first. */
  private List<String> execute(String... arguments) {
    StringWriter text = new StringWriter();
    CommandLine commandLine = Main.commandLine(new Workspace(Path.of(".."), run));
    commandLine.setOut(new PrintWriter(text, true));
    commandLine.setErr(new PrintWriter(text, true));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers(), "--control-topic", topic));
    int exitCode = commandLine.execute(all.toArray(new String[0]));
    List<String> lines = new ArrayList<>(List.of("exit " + exitCode));
    lines.addAll(text.toString().lines().toList());
    return lines;
  }

  private List<Definition> published() {
    List<Definition> definitions = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.records(topic)) {
      assertThat(new String(record.headers().lastHeader(IntakeHeaders.FORMAT).value(), UTF_8))
          .isEqualTo("definition");
      Definition definition = DefinitionCodec.ofJson(record.value());
      assertThat(new String(record.key(), UTF_8))
          .isEqualTo(
              "%s/a%%2Fb/%s/%d"
                  .formatted(definition.kind().label(), definition.name(), definition.version()));
      definitions.add(definition);
    }
    return definitions;
  }

  @Test
  void whatCannotBeCountedIsPublishedByForceOnly() {
    assertThat(execute("rules", "apply", file.toString()))
        .containsExactly(
            "exit 1",
            "rule one of org a/b: not counted, for no gateway runs here whose user sees that org",
            "rule two of org a/b: not counted, for no gateway runs here whose user sees that org",
            "nothing was published: change the file, or take --force");
    assertThat(published()).isEmpty();
  }

  @Test
  void aDryRunPublishesNothing() {
    assertThat(
            execute(
                "rules",
                "apply",
                file.toString(),
                "--force",
                "--dry-run",
                "--from",
                "2100-01-01T00:00:00Z"))
        .contains("exit 0")
        .contains("rule two of org a/b: would become version 1 from 2100-01-01T00:00:00Z");
    assertThat(published()).isEmpty();
  }

  @Test
  void onlyChangesArePublishedAndTheEndIsOneOfThem() throws IOException {
    String time = "2100-01-01T00:00:00Z";
    assertThat(execute("rules", "apply", file.toString(), "--force", "--from", time))
        .containsSubsequence(
            "exit 0",
            "rule one of org a/b: version 1 from " + time,
            "rule two of org a/b: version 1 from " + time,
            "not among these are the file's monitors (1): tidemark monitors apply");
    assertThat(execute("rules", "apply", file.toString()))
        .containsSubsequence(
            "exit 0",
            "rule one of org a/b: unchanged, version 1 from " + time,
            "rule two of org a/b: unchanged, version 1 from " + time);
    assertThat(published()).hasSize(2);

    Path changed = write(YAML.replace("max_series: 5", "max_series: 6"));
    assertThat(
            execute(
                "rules", "apply", changed.toString(), "--force", "--from", "2100-01-01T00:01:00Z"))
        .contains("rule two of org a/b: version 2 from 2100-01-01T00:01:00Z");
    assertThat(execute("rules", "list"))
        .containsExactly(
            "exit 0",
            "a/b\tone\t1\t2100-01-01T00:00:00Z\t-\tm",
            "a/b\ttwo\t1\t2100-01-01T00:00:00Z\t2100-01-01T00:01:00Z\tn",
            "a/b\ttwo\t2\t2100-01-01T00:01:00Z\t-\tn");
    assertThat(execute("rules", "list", "--org", "other")).containsExactly("exit 0");

    assertThat(execute("rules", "remove", "two", "--org", "a/b", "--from", "2100-01-01T00:02:00Z"))
        .containsExactly("exit 0", "rule two of org a/b: ends at 2100-01-01T00:02:00Z");
    assertThat(published()).last().isInstanceOf(Removal.class);
    assertThat(execute("rules", "list"))
        .contains("a/b\ttwo\t2\t2100-01-01T00:01:00Z\t2100-01-01T00:02:00Z\tn");
    assertThat(execute("rules", "remove", "two", "--org", "a/b"))
        .containsExactly(
            "exit 1", "error: org a/b has no rule two: tidemark rules list tells what there is");
  }

  @Test
  void aChangeCountsFromAFullMinuteAfterTheLead() {
    long beforeMs = System.currentTimeMillis();
    assertThat(execute("monitors", "apply", file.toString(), "--force", "--lead", "5m"))
        .contains("exit 0", "not among these are the file's rules (2): tidemark rules apply");
    long afterMs = System.currentTimeMillis();
    assertThat(published()).hasSize(1);
    long fromMs = published().get(0).fromMs();
    assertThat(fromMs % 60_000).isZero();
    assertThat(fromMs).isBetween(beforeMs + 300_000, afterMs + 360_000);
    assertThat(execute("monitors", "list"))
        .containsExactly("exit 0", "a/b\tone\t1\t" + Instant.ofEpochMilli(fromMs) + "\t-\tm");
    assertThat(execute("rules", "list")).containsExactly("exit 0");
  }

  @Test
  void aTimeThatIsPastBecomesTheNextTenSeconds() {
    long beforeMs = System.currentTimeMillis();
    List<String> lines =
        execute("monitors", "apply", file.toString(), "--force", "--from", "2020-01-01T00:00:00Z");
    String line = lines.get(lines.size() - 2);
    assertThat(line).startsWith("monitor one of org a/b: version 1 from ");
    Instant from = Instant.parse(line.substring(line.indexOf("from ") + 5));
    assertThat(from.toEpochMilli() % 10_000).isZero();
    assertThat(from.toEpochMilli()).isBetween(beforeMs, System.currentTimeMillis() + 10_000);
  }

  @Test
  void whatIsWrongIsToldInWords() throws IOException {
    Path wrong = write(YAML.replace("keep: [x], max_series", "keep: x, max_series"));
    assertThat(execute("rules", "apply", wrong.toString()))
        .containsExactly(
            "exit 1",
            "error: %s: rule two: field 'keep' must be a list of texts, got \"x\""
                .formatted(wrong));
    assertThat(execute("rules")).first().isEqualTo("exit 2");
    topic = "absent";
    assertThat(execute("rules", "list")).first().isEqualTo("exit 1");
  }
}
