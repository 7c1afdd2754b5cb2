package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultFilterTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpServer store;
  private FaultFilter filter;

  /** A store that answers with what it was sent. */
  @BeforeEach
  void start() throws IOException {
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    store.start();
    filter = new FaultFilter(() -> store.getAddress().getPort(), 1);
  }

  @AfterEach
  void stop() {
    filter.close();
    store.stop(0);
  }

  @Test
  void requestsArePassedOnByteForByte() throws IOException, InterruptedException {
    String body = "x".repeat(300_000);

    assertThat(put(body, false).body()).isEqualTo(body);
    assertThat(put(body, true).body()).isEqualTo(body);
    assertThat(filter.counts()).startsWith("2 passed on, 0 answered 503");
  }

  @Test
  void itSlowsDownAndCutsAnswers() throws IOException, InterruptedException {
    filter.spoil(1, 0);
    HttpResponse<String> slow = put("abc", false);
    assertThat(slow.statusCode()).isEqualTo(503);
    assertThat(slow.body()).contains("<Code>SlowDown</Code>");

    filter.spoil(0, 1);
    assertThatThrownBy(() -> put("abc", false)).isInstanceOf(IOException.class);
  }

  @Test
  void whoLeavesRefusesAndComesBack() throws IOException, InterruptedException {
    filter.leave();
    assertThatThrownBy(() -> put("abc", false)).isInstanceOf(ConnectException.class);

    filter.comeBack();
    assertThat(put("abc", false).body()).isEqualTo("abc");
  }

  private HttpResponse<String> put(String body, boolean isExpecting)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + filter.port() + "/bucket/key");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .expectContinue(isExpecting)
            .PUT(BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }
}
