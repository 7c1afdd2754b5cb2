package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.process.ChildProcess;
import tidemark.gateway.users.User;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;

class GatewayProcessTest {
  private static final Map<String, String> TABLES = Map.of("s3.secret-access-key", "a\\b");

  @TempDir private Path run;
  private RunLayout layout;
  private GatewayProcess gateway;

  @BeforeEach
  void begin() {
    AtomicInteger port = new AtomicInteger(20_000);
    layout = new RunLayout(run);
    gateway =
        new GatewayProcess(
            LocalClusterOptions.of(Path.of("..")),
            layout,
            ClusterState.first("secret", "cluster", taken -> port.incrementAndGet()));
  }

  private ChildProcess prepare() {
    return gateway.prepare(TABLES, "127.0.0.1:9092", "shop");
  }

  private Path file(String name) {
    return layout.configuration().resolve(name);
  }

  private User user() {
    return Users.open(file("users.json"), UserLimits.DEFAULT)
        .find(GatewayProcess.USER)
        .orElseThrow();
  }

  @Test
  void whoeverHasNotPreparedItCannotAsk() {
    assertThat(gateway.access()).isEmpty();
  }

  @Test
  void everyFileIsItsOwnersAlone() throws IOException {
    ChildProcess unused = prepare();

    try (Stream<Path> files = Files.list(layout.configuration())) {
      assertThat(files)
          .hasSizeGreaterThanOrEqualTo(4)
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void theUserIsMadeOnceAndKeepsItsPassword() throws IOException {
    ChildProcess unused = prepare();
    GatewayAccess first = gateway.access().orElseThrow();
    String secret = user().verifier().text();

    ChildProcess again = prepare();

    assertThat(user().org()).isEqualTo("shop");
    assertThat(user().verifier().text()).isEqualTo(secret);
    assertThat(gateway.access()).contains(first);
    assertThat(first.password()).hasSize(48);
    assertThat(first.toString()).doesNotContain(first.password());
    assertThat(again.toString()).doesNotContain(first.password());
    assertThat(Files.readString(file("pgpass")))
        .startsWith(
            "127.0.0.1:%d:*:tidemark:%s\n".formatted(first.postgresPort(), first.password()));
  }

  @Test
  void aPasswordThatWasLostIsMadeAnew() throws IOException {
    ChildProcess unused = prepare();
    String before = gateway.access().orElseThrow().password();
    String secret = user().verifier().text();
    Files.delete(file("pgpass"));

    ChildProcess again = prepare();

    assertThat(gateway.access().orElseThrow().password()).isNotEqualTo(before);
    assertThat(user().verifier().text()).isNotEqualTo(secret);
    assertThat(again.arguments()).containsExactly(file("gateway.properties").toString());
  }

  @Test
  void usersAddedByHandStay() {
    ChildProcess unused = prepare();
    Users.add(file("users.json"), "alice", "other", "password");

    ChildProcess again = prepare();

    assertThat(Users.open(file("users.json"), UserLimits.DEFAULT).find("alice")).isPresent();
    assertThat(again.name()).isEqualTo("gateway");
  }

  @Test
  void settingsNameTheFeedThePortsAndTheTables() throws IOException {
    ChildProcess unused = prepare();
    GatewayAccess access = gateway.access().orElseThrow();

    assertThat(Files.readAllLines(file("gateway.properties")))
        .contains(
            "gateway.feed-bootstrap-servers=127.0.0.1:9092",
            "gateway.feed-topic=tidemark-feed",
            "gateway.control-topic=tidemark-control",
            "gateway.verdicts-topic=tidemark-verdicts",
            "gateway.postgres-port=" + access.postgresPort(),
            "gateway.http-port=" + access.httpPort(),
            "s3.secret-access-key=a\\\\b");
    assertThat(gateway.ports()).containsExactly(access.postgresPort(), access.httpPort());
  }
}
