package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.users.DuckGateway;

/** A server on a free port of loopback, and a client that knows a password. */
final class HttpFixture implements AutoCloseable {
  static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  final DuckGateway duck = new DuckGateway(Map.of("alice", "shop", "bob", "bank"), "pencil");
  final PrometheusRegistry registry = new PrometheusRegistry();
  final HttpClient client = HttpClient.newHttpClient();
  final HttpGateway server;

  HttpFixture() throws IOException {
    this(UnaryOperator.identity(), duck -> duck, () -> Health.OK);
  }

  HttpFixture(
      UnaryOperator<HttpConfig> config, UnaryOperator<Gateway> around, Supplier<Health> health)
      throws IOException {
    server =
        HttpGateway.start(
            config.apply(HttpConfig.at(anyPort())), around.apply(duck), health, registry);
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  URI uri(String path) {
    return uri(server.address(), path);
  }

  static URI uri(InetSocketAddress address, String path) {
    return URI.create("http://127.0.0.1:" + address.getPort() + path);
  }

  static String authorization(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .header("Authorization", authorization("alice", "pencil"));
  }

  <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A statement as it is. */
  HttpResponse<String> sql(String sql, String accept) {
    return send(
        request("/v1/sql")
            .header("Content-Type", "application/sql")
            .header("Accept", accept)
            .POST(HttpRequest.BodyPublishers.ofString(sql))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> json(String body) {
    return send(
        request("/v1/sql")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  static JsonNode tree(HttpResponse<String> response) {
    return tree(response.body());
  }

  static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** A request by hand, for clients that do not behave; the answer is the caller's to read. */
  Socket raw(String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(text.getBytes(UTF_8));
    return socket;
  }

  static String post(String sql) {
    return "POST /v1/sql HTTP/1.1\r\nHost: x\r\nAuthorization: "
        + authorization("alice", "pencil")
        + "\r\nContent-Type: text/plain\r\nContent-Length: "
        + sql.length()
        + "\r\n\r\n"
        + sql;
  }

  @Override
  public void close() {
    server.close();
  }
}
