package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.users.DuckGateway;

class HttpTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path directory;
  private static SSLContext tls;
  private static HttpGateway server;

  @BeforeAll
  static void start() throws Exception {
    tls = context(keyStore());
    server =
        HttpGateway.startWithTls(
            HttpConfig.at(HttpFixture.anyPort())
                .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(10)),
            tls,
            new DuckGateway(Map.of("alice", "shop"), "pencil"),
            () -> Health.OK,
            new PrometheusRegistry());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Path keyStore() throws IOException, InterruptedException {
    Path path = directory.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                path.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return path;
  }

  private static SSLContext context(Path path) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(path)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static HttpRequest request(String sql) {
    return HttpRequest.newBuilder(
            URI.create("https://127.0.0.1:" + server.address().getPort() + "/v1/sql"))
        .header("Authorization", HttpFixture.authorization("alice", "pencil"))
        .header("Content-Type", "text/plain")
        .header("Accept", "text/csv")
        .POST(BodyPublishers.ofString(sql))
        .build();
  }

  private static HttpResponse<String> send(HttpClient.Builder client, String sql)
      throws IOException, InterruptedException {
    return client.build().send(request(sql), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void answersComeOverTls(String version) throws Exception {
    javax.net.ssl.SSLParameters only = new javax.net.ssl.SSLParameters();
    only.setProtocols(new String[] {version});
    HttpResponse<String> response =
        send(
            HttpClient.newBuilder().sslContext(tls).sslParameters(only),
            "SELECT range AS n FROM range(100000)");

    assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo(version);
    assertThat(response.body()).startsWith("n\r\n0\r\n").endsWith("\r\n99999\r\n");
    assertThat(response.body().lines()).hasSize(100_001);
  }

  @Test
  void aClientThatDoesNotTrustTheCertificateGoes() {
    assertThatThrownBy(() -> send(HttpClient.newBuilder(), "SELECT 1"))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aClientThatNeverShakesHandsIsCutOff() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1});
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }
}
