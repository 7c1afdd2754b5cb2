package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything up to the first statement: encryption, passwords, limits, the startup message. */
class LoginTest {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;

  @TempDir private Path directory;

  private static String stateOf(Served served, String... properties) {
    try (Connection connection = served.connect(properties)) {
      return connection.isValid(5) ? "connected" : "dead";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void onlyTheRightPasswordLogsIn() throws SQLException {
    try (Served served = Served.byDefault();
        Connection connection = served.connect()) {
      assertThat(connection.isValid(5)).isTrue();
      assertThatThrownBy(() -> served.connect("password", "wrong"))
          .hasMessageContaining("password authentication failed for user \"ada\"");
      assertThat(stateOf(served, "password", "wrong")).isEqualTo("28P01");
      assertThat(stateOf(served, "user", "bob")).isEqualTo("28P01");
      assertThat(served.gateway().sessions()).isEqualTo(1);
    }
  }

  @Test
  void unknownUserLooksLikeWrongPassword() throws IOException {
    try (Served served = Served.byDefault()) {
      List<String> replies = new ArrayList<>();
      List<String> salts = new ArrayList<>();
      for (String user : List.of("ada", "ada", "eve", "eve", "mallory")) {
        try (RawClient client = new RawClient(served.port())) {
          client.startup(Startup.PROTOCOL_3_0, "user", user);
          replies.add(client.login("wrong").text().replace(user, "USER"));
          assertThat(client.readByte()).isEqualTo(-1);
        }
        salts.add(saltOf(served, user));
      }
      assertThat(replies).containsOnly(replies.get(0)).first().asString().contains("C28P01");
      // The same user has the same salt, known or not; different users have different ones.
      assertThat(salts.get(0)).isEqualTo(salts.get(1)).isNotEqualTo(salts.get(2));
      assertThat(salts.get(2)).isEqualTo(salts.get(3)).isNotEqualTo(salts.get(4));
      assertThat(salts.get(2)).hasSameSizeAs(salts.get(0));
    }
  }

  private static String saltOf(Served served, String user) throws IOException {
    try (RawClient client = new RawClient(served.port())) {
      client.startup(Startup.PROTOCOL_3_0, "user", user);
      client.next();
      byte[] first = "n,,n=,r=abc".getBytes(UTF_8);
      client.send('p', "SCRAM-SHA-256", first.length, first);
      return client.next().text().replaceAll(".*s=([^,]+),.*", "$1");
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA, SHA256withRSA", "EC, SHA384withECDSA"})
  void tlsBindsTheChannel(String key, String signature)
      throws SQLException, IOException, InterruptedException, GeneralSecurityException {
    Keys keys = Keys.make(directory, key, signature);
    PostgresTls tls = new PostgresTls.Required(keys.context());
    try (Served served = Served.with(PostgresConfig.loopback(0).withTls(tls))) {
      try (Connection connection =
              served.connect(
                  "sslmode", "verify-full",
                  "sslrootcert", keys.certificate().toString(),
                  "channelBinding", "require");
          ResultSet rows =
              connection.createStatement().executeQuery("select sum(i) from range(100000) t(i)")) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(4_999_950_000L);
      }
      assertThat(stateOf(served, "sslmode", "require", "channelBinding", "disable"))
          .isEqualTo("connected");
      assertThat(stateOf(served, "sslmode", "require", "password", "wrong")).isEqualTo("28P01");
      assertThat(stateOf(served, "sslmode", "disable")).isEqualTo("28000");
    }
  }

  @Test
  void offeredTlsMayBeLeftOut() throws IOException, InterruptedException, GeneralSecurityException {
    PostgresTls tls =
        new PostgresTls.Offered(Keys.make(directory, "EC", "SHA256withECDSA").context());
    try (Served served = Served.with(PostgresConfig.loopback(0).withTls(tls))) {
      assertThat(stateOf(served, "sslmode", "disable")).isEqualTo("connected");
      assertThat(stateOf(served, "sslmode", "require")).isEqualTo("connected");
    }
    try (Served served = Served.byDefault()) {
      assertThat(stateOf(served, "sslmode", "prefer")).isEqualTo("connected");
      assertThatThrownBy(() -> served.connect("sslmode", "require"))
          .hasMessageContaining("does not support SSL");
    }
  }

  @Test
  void bytesBeforeTheHandshakeAreRefused()
      throws IOException, InterruptedException, GeneralSecurityException {
    PostgresTls tls =
        new PostgresTls.Offered(Keys.make(directory, "EC", "SHA256withECDSA").context());
    try (Served served = Served.with(PostgresConfig.loopback(0).withTls(tls));
        RawClient client = new RawClient(served.port())) {
      byte[] request = RawClient.message((char) 0, SSL_REQUEST);
      byte[] both = Arrays.copyOf(request, request.length + 20);
      client.raw(both);
      RawClient.Reply reply = client.next();
      assertThat(reply.type()).isEqualTo('E');
      assertThat(reply.state()).isEqualTo("08P01");
      assertThat(client.readByte()).isEqualTo(-1);
    }
  }

  @Test
  void gssIsDeclined() throws IOException {
    try (Served served = Served.byDefault();
        RawClient client = new RawClient(served.port())) {
      client.send((char) 0, GSS_REQUEST);
      assertThat(client.readByte()).isEqualTo('N');
      client.send((char) 0, SSL_REQUEST);
      assertThat(client.readByte()).isEqualTo('N');
      client.startup(Startup.PROTOCOL_3_0, "user", FakeGateway.USER);
      assertThat(client.login(FakeGateway.PASSWORD).type()).isEqualTo('R');
      assertThat(RawClient.types(client.until('Z'))).isEqualTo("S".repeat(13) + "KZ");
    }
  }

  @Test
  void newerProtocolIsNegotiatedDown() throws IOException {
    try (Served served = Served.byDefault();
        RawClient client = new RawClient(served.port())) {
      client.startup(Startup.PROTOCOL_3_0 + 2, "user", FakeGateway.USER, "_pq_.grease", "on");
      RawClient.Reply reply = client.next();
      assertThat(reply.type()).isEqualTo('v');
      assertThat(reply.body()).startsWith(0, 3, 0, 0, 0, 0, 0, 1);
      assertThat(reply.text()).endsWith("_pq_.grease|");
      assertThat(client.login(FakeGateway.PASSWORD).type()).isEqualTo('R');
    }
    try (Served served = Served.byDefault();
        RawClient client = new RawClient(served.port())) {
      client.startup(2 << 16, "user", FakeGateway.USER);
      assertThat(client.next().state()).isEqualTo("0A000");
    }
  }

  @Test
  void databaseMustBeOneOfOurs() throws IOException {
    try (Served served = Served.byDefault()) {
      for (String database : List.of("tidemark", "postgres", "ada", "acme", "")) {
        assertThat(loginTo(served, "database", database).type()).as(database).isEqualTo('S');
      }
      assertThat(loginTo(served, "database", "umbrella").state()).isEqualTo("3D000");
      assertThat(loginTo(served, "client_encoding", "LATIN1").state()).isEqualTo("0A000");
      assertThat(loginTo(served, "replication", "database").state()).isEqualTo("0A000");
      assertThat(loginTo(served, "options", "-x 1").state()).isEqualTo("42601");
      Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static RawClient.Reply loginTo(Served served, String name, String value)
      throws IOException {
    try (RawClient client = new RawClient(served.port())) {
      client.startup(Startup.PROTOCOL_3_0, "user", FakeGateway.USER, name, value);
      RawClient.Reply reply = client.login(FakeGateway.PASSWORD);
      return reply.type() == 'R' ? client.next() : reply;
    }
  }

  @Test
  void malformedScramIsRefused() throws IOException {
    try (Served served = Served.byDefault()) {
      List<String> firsts =
          List.of("", "n", "n,,", "n,,n=", "n,,r=abc", "p=tls-unique,,n=,r=abc", "n,a=x,n=,r=abc");
      for (String text : firsts) {
        try (RawClient client = new RawClient(served.port())) {
          client.startup(Startup.PROTOCOL_3_0, "user", FakeGateway.USER);
          client.next();
          byte[] first = text.getBytes(UTF_8);
          client.send('p', "SCRAM-SHA-256", first.length, first);
          assertThat(client.next().state()).as(text).isIn("08P01", "0A000");
          assertThat(client.readByte()).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void loginMustNotTakeForever() throws IOException {
    Duration timeout = Duration.ofMillis(300);
    try (Served served = Served.with(PostgresConfig.loopback(0).withLoginTimeout(timeout));
        RawClient silent = new RawClient(served.port());
        RawClient slow = new RawClient(served.port())) {
      slow.startup(Startup.PROTOCOL_3_0, "user", FakeGateway.USER);
      assertThat(slow.next().type()).isEqualTo('R');
      assertThat(slow.next().state()).isEqualTo("57014");
      assertThat(slow.readByte()).isEqualTo(-1);
      assertThat(silent.next().state()).isEqualTo("57014");
    }
  }

  @Test
  void oneConnectionTooManyIsTold() throws SQLException, InterruptedException {
    try (Served served = Served.with(PostgresConfig.loopback(0).withMaxConnections(2));
        Connection first = served.connect()) {
      try (Connection second = served.connect()) {
        assertThat(stateOf(served)).isEqualTo("53300");
        assertThat(second.isValid(5)).isTrue();
      }
      Served.await("a slot is free", () -> stateOf(served).equals("connected"));
      assertThat(first.isValid(5)).isTrue();
    }
  }

  @Test
  void connectionsWithoutEndAreHungUpOn() throws IOException, SQLException {
    List<RawClient> clients = new ArrayList<>();
    Duration timeout = Duration.ofSeconds(5);
    try (Served served =
        Served.with(PostgresConfig.loopback(0).withMaxConnections(2).withLoginTimeout(timeout))) {
      for (int i = 0; i < 100; i++) {
        clients.add(new RawClient(served.port()));
      }
      assertThat(clients.get(99).readByte()).isEqualTo(-1);
      assertThat(served.server().connections()).isLessThanOrEqualTo(34);
      for (RawClient client : clients) {
        client.close();
      }
      Served.await("the silent ones are gone", () -> served.server().connections() == 0);
      assertThat(stateOf(served)).isEqualTo("connected");
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
