package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** psql as a process, where the machine has it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PsqlTest {
  private static final Path PSQL = Path.of("/usr/bin/psql");

  private static Served served;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    assumeTrue(Files.isExecutable(PSQL), "no psql here");
    served = Served.byDefault();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (served != null) {
      Served.await("all answers are closed", () -> served.gateway().answers() == 0);
      Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
      served.close();
    }
  }

  private Process psql(int port, String options, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(PSQL.toString(), "-X", "-q"));
    command.addAll(List.of(arguments));
    command.add("host=127.0.0.1 port=%d user=ada dbname=tidemark %s".formatted(port, options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", FakeGateway.PASSWORD);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectOutput(directory.resolve("out").toFile());
    return builder.start();
  }

  private String output(Process process) throws IOException, InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(directory.resolve("out"), UTF_8).strip();
  }

  private String run(String... script) throws IOException, InterruptedException {
    return run(served.port(), "", script);
  }

  private String run(int port, String options, String... script)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("script"), String.join("\n", script), UTF_8);
    return output(psql(port, options, "-At", "-f", file.toString()))
        .replace("psql:" + file + ":", "");
  }

  @Test
  void statementsAndVariables() throws IOException, InterruptedException {
    assertThat(
            run(
                "\\echo hello",
                "select 1, null, 'ä;∀' ; select 2",
                ";",
                "select 40 + 2 as answer \\gset",
                "\\echo got :answer",
                "select :'answer' || :'answer';",
                "prepare p as select $1::int * 2;",
                "execute p(21);"))
        .contains("hello", "1||ä;∀", "2", "got 42", "4242", "\n42");
  }

  @Test
  void connectionIsDescribed() throws IOException, InterruptedException {
    assertThat(run("\\conninfo", "\\echo :SERVER_VERSION_NAME :SERVER_VERSION_NUM :ENCODING"))
        .contains("database \"tidemark\" as user \"ada\"", "16.4 (Tidemark) 160004 UTF8");
  }

  @Test
  void errorsNameStateAndPlace() throws IOException, InterruptedException {
    assertThat(
            run("\\set VERBOSITY verbose", "select 1 from nowhere;", "\\echo :LAST_ERROR_SQLSTATE"))
        .contains("ERROR:  42P01:", "LINE 1: select 1 from nowhere", "^", "HINT:  look there");
  }

  @Test
  void transactionsAndCopy() throws IOException, InterruptedException {
    String output =
        run(
            "begin;",
            "select 1 from nowhere;",
            "select 2;",
            "rollback;",
            "copy (select 1) to stdout;",
            "\\copy t from '/dev/null'",
            "select 'alive';");
    assertThat(output)
        .contains("current transaction is aborted", "COPY is not supported")
        .endsWith("alive");
  }

  @Test
  void fetchCountReadsThroughCursor() throws IOException, InterruptedException {
    String output = run("\\set FETCH_COUNT 7", "select i from range(100) t(i);", "select 'end';");
    assertThat(output.lines()).hasSize(101).startsWith("0", "1").endsWith("99", "end");
  }

  @Test
  void singleTransactionAndErrorStop() throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("script"), "select 1; select 2;", UTF_8);
    assertThat(output(psql(served.port(), "", "-At1", "-f", file.toString()))).isEqualTo("1\n2");
    assertThat(output(psql(served.port(), "", "-At", "-c", "select 1; select 2")))
        .isEqualTo("1\n2");
  }

  @Test
  void wrongPasswordIsRefused() throws IOException, InterruptedException {
    assertThat(run(served.port(), "password=wrong", "select 1;"))
        .contains("FATAL:  password authentication failed for user \"ada\"");
  }

  @Test
  void tlsWithChannelBinding() throws IOException, InterruptedException, GeneralSecurityException {
    Keys keys = Keys.make(directory, "RSA", "SHA256withRSA");
    PostgresTls tls = new PostgresTls.Required(keys.context());
    try (Served encrypted = Served.with(PostgresConfig.loopback(0).withTls(tls))) {
      String options =
          "sslmode=verify-ca channel_binding=require sslrootcert=" + keys.certificate();
      assertThat(run(encrypted.port(), options, "select 1;", "\\conninfo"))
          .startsWith("1")
          .contains("SSL connection (protocol: TLSv1.3");
      assertThat(run(encrypted.port(), "sslmode=disable", "select 1;"))
          .contains("connections must use TLS");
    }
  }

  @Test
  void interruptCancels() throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            directory.resolve("script"),
            "select count(*) from range(100000000) a(i), range(100000000) b(j)"
                + " where (i * j) % 7 = 3;\nselect 'alive';",
            UTF_8);
    Process process = psql(served.port(), "", "-At", "-f", file.toString());
    Served.await("it runs", () -> served.gateway().running() == 1);
    Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
    assertThat(output(process))
        .contains("canceling statement due to user request")
        .doesNotContain("server closed");
    Served.await("it ended", () -> served.gateway().running() == 0);
  }
}
