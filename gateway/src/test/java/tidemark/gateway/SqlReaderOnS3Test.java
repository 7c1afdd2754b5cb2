package tidemark.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tidemark.gateway.Rows.points;
import static tidemark.gateway.Rows.rollup;
import static tidemark.gateway.Rows.series;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.RowKey;
import tidemark.state.MetricType;

/** The SDK against a server in this process that answers GETs of path-style URLs from a folder. */
class SqlReaderOnS3Test {
  private static final RowKey COUNTER = RowKey.of("requests", 1, MetricType.COUNTER);

  @TempDir private Path directory;
  private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private HttpServer server;
  private StoredTables tables;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/tidemark/", this::answer);
    server.setExecutor(threads);
    server.start();
    tables = StoredTables.remote(directory, "s3://tidemark/", directory.resolve("objects"));
  }

  @AfterEach
  void stopServer() {
    tables.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestURI().getPath().substring("/tidemark/".length());
      requests.add(key);
      Path object = directory.resolve("objects").resolve(key);
      boolean isSigned =
          String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
              .startsWith("AWS4-HMAC-SHA256 Credential=key/");
      if (!isSigned || !Files.exists(object)) {
        byte[] error =
            "<Error><Code>%s</Code></Error>"
                .formatted(isSigned ? "NoSuchKey" : "AccessDenied")
                .getBytes(UTF_8);
        exchange.sendResponseHeaders(isSigned ? 404 : 403, error.length);
        exchange.getResponseBody().write(error);
        return;
      }
      exchange.sendResponseHeaders(200, Files.size(object));
      Files.copy(object, exchange.getResponseBody());
    }
  }

  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("s3.endpoint", "http://localhost:" + server.getAddress().getPort());
    properties.put("s3.access-key-id", "key");
    properties.put("s3.secret-access-key", "secret");
    properties.put("s3.path-style-access", "true");
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    return properties;
  }

  @Test
  void onlyFilesThatAreNeededAreFetchedAndOnlyOnce() {
    List<Record> rows = new ArrayList<>();
    for (int day = 0; day < 20; day++) {
      rows.add(rollup(COUNTER.in(10, Rows.WINDOW.plus(Duration.ofDays(day))), points(day)));
      rows.add(rollup(COUNTER.in(60, Rows.WINDOW.plus(Duration.ofDays(day))), points(day)));
    }
    tables.commit(1, rows, List.of(series(COUNTER, Map.of("host", "a"))));

    assertThat(sumOfPoints()).isEqualTo(190.0);
    assertThat(requests.stream().filter(key -> key.endsWith(".parquet")))
        .hasSize(21)
        .noneMatch(key -> key.contains("tier=60"));

    requests.clear();
    assertThat(sumOfPoints()).isEqualTo(190.0);
    // Metadata and manifest list of both tables; manifests and data files are in the cache.
    assertThat(requests)
        .hasSize(4)
        .allMatch(key -> key.endsWith(".metadata.json") || key.contains("/metadata/snap-"));
  }

  private Object sumOfPoints() {
    try (SqlReader reader = SqlReader.open(properties())) {
      return reader.query("SELECT sum(sum) FROM points WHERE tags['host'] = 'a'").single();
    }
  }

  @Test
  void aMissingObjectIsSaid() throws IOException {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());
    try (SqlReader reader = SqlReader.open(properties());
        var objects = Files.walk(directory.resolve("objects"))) {
      for (Path object : objects.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        Files.delete(object);
      }
      assertThatThrownBy(() -> reader.query("SELECT * FROM points"))
          .isInstanceOf(GatewayException.class)
          .hasMessageContaining("is not there any more: its snapshot expired meanwhile, ask again");
    }
  }

  @Test
  void aStoreThatRefusesIsSaid() {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());
    Map<String, String> properties = properties();
    properties.put("s3.access-key-id", "wrong");

    assertThatThrownBy(() -> SqlReader.open(properties))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("cannot read s3://tidemark/")
        .hasMessageContaining("403");
  }
}
