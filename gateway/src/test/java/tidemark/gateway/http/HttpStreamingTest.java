package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.users.AuditConfig;
import tidemark.gateway.users.AuditLog;
import tidemark.gateway.users.GatewayMetrics;
import tidemark.gateway.users.LimitedGateway;
import tidemark.gateway.users.LimitsConfig;
import tidemark.gateway.users.Until;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;

/** The whole way: HTTP over limits over DuckDB, with clients that behave and others. */
class HttpStreamingTest {
  private static final String ENDLESS =
      "SELECT range AS i, 'some text' AS t FROM range(1000000000)";
  private static final String SLOW =
      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = 3";

  @TempDir private Path directory;
  private final AtomicReference<LimitedGateway> limited = new AtomicReference<>();
  private AuditLog auditLog;
  private HttpFixture http;

  private void start(Duration statementTimeout, Duration ioTimeout) throws IOException {
    Path path = directory.resolve("users.json");
    Users.add(path, "alice", "shop", "pencil");
    UserLimits limits = new UserLimits(50, 20, 1L << 40, statementTimeout, 0.5);
    auditLog = AuditLog.open(AuditConfig.at(directory.resolve("audit.log")));
    http =
        new HttpFixture(
            config -> config.withTimeouts(ioTimeout, ioTimeout),
            duck -> {
              limited.set(
                  new LimitedGateway(
                      duck,
                      Users.open(path, limits),
                      LimitsConfig.DEFAULT,
                      auditLog,
                      new GatewayMetrics(
                          new PrometheusRegistry(), GatewayMetrics.OrgLabel.HIDDEN)));
              return limited.get();
            },
            () -> Health.OK);
  }

  private void startPatient() throws IOException {
    start(Duration.ofMinutes(5), Duration.ofSeconds(60));
  }

  @AfterEach
  void stop() throws IOException {
    http.close();
    limited.get().close();
    Until.holds("all sessions are closed", () -> http.duck.openSessions() == 0);
    auditLog.close();
  }

  private HttpRequest request(String sql, String accept) {
    return http.request("/v1/sql")
        .header("Content-Type", "text/plain")
        .header("Accept", accept)
        .POST(BodyPublishers.ofString(sql))
        .build();
  }

  private static long usedAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void fiveMillionRowsPassThroughLittleMemory() throws IOException {
    startPatient();
    long rows = 5_000_000;
    String sql = "SELECT i, i / 2 AS half, 'text ' || i AS t FROM range(" + rows + ") r(i)";
    long before = usedAfterCollection();
    long most = 0;
    long count = 0;
    long sum = 0;
    HttpResponse<InputStream> response =
        http.send(request(sql, "application/json"), BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("Content-Length")).isEmpty();
    try (JsonParser parser = HttpFixture.MAPPER.createParser(response.body())) {
      while (!"rows".equals(parser.currentName())) {
        parser.nextToken();
      }
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
      while (parser.nextToken() == JsonToken.START_ARRAY) {
        parser.nextToken();
        sum += parser.getLongValue();
        count++;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          // The other two.
        }
        if (count % 1_000_000 == 0) {
          most = Math.max(most, usedAfterCollection());
        }
      }
      assertThat(parser.nextFieldName()).isEqualTo("row_count");
      assertThat(parser.nextLongValue(0)).isEqualTo(rows);
      assertThat(parser.nextToken()).isEqualTo(JsonToken.END_OBJECT);
      assertThat(parser.nextToken()).isNull();
    }
    assertThat(count).isEqualTo(rows);
    assertThat(sum).isEqualTo(rows * (rows - 1) / 2);
    assertThat(most - before).as("bytes held at the most").isLessThan(24L << 20);
  }

  /** Fails in row 200,000, when much is on its way already. */
  private static final String FAILS_LATE =
      "FAILS AFTER 200000: SELECT range AS n FROM range(300000)";

  @Test
  void jsonThatBreaksStaysJsonAndTellsTheError() throws IOException {
    startPatient();
    HttpResponse<String> response =
        http.send(request(FAILS_LATE, "application/json"), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode tree = HttpFixture.tree(response);
    assertThat(tree.at("/error/sqlstate").textValue()).isEqualTo("22000");
    int rows = tree.get("rows").size();
    assertThat(rows).isEqualTo(200_000);
    assertThat(tree.get("row_count").intValue()).isEqualTo(rows);
    for (int i = 0; i < rows; i++) {
      assertThat(tree.get("rows").get(i).get(0).intValue()).isEqualTo(i);
    }
  }

  @Test
  void ndjsonThatBreaksEndsWithTheError() throws IOException {
    startPatient();
    String body =
        http.send(request(FAILS_LATE, "application/x-ndjson"), BodyHandlers.ofString()).body();

    String last = body.substring(body.lastIndexOf('\n', body.length() - 2) + 1);
    assertThat(HttpFixture.tree(last).at("/error/sqlstate").textValue()).isEqualTo("22000");
    assertThat(body).endsWith("}\n").startsWith("{\"n\":0}\n{\"n\":1}\n");
  }

  @Test
  void csvThatBreaksBreaksTheConnection() throws IOException {
    startPatient();
    assertThatThrownBy(() -> http.send(request(FAILS_LATE, "text/csv"), BodyHandlers.ofString()))
        .isInstanceOf(UncheckedIOException.class);
    HttpResponse<String> after = http.sql("SELECT 1 AS a", "text/csv");
    assertThat(after.body()).isEqualTo("a\r\n1\r\n");
  }

  @Test
  void aStatementThatTakesTooLongIs504() throws IOException {
    start(Duration.ofMillis(300), Duration.ofSeconds(60));
    HttpResponse<String> response = http.sql(SLOW, "*/*");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(HttpFixture.tree(response).at("/error/sqlstate").textValue()).isEqualTo("57014");
  }

  @Test
  void aClientThatGoesWhileItReadsEndsItsQuery() throws IOException {
    startPatient();
    try (Socket socket = http.raw(HttpFixture.post(ENDLESS))) {
      assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
    }
    Until.holds("the session is closed", () -> http.duck.openSessions() == 0);
  }

  @Test
  void aClientThatGoesWhileItWaitsEndsItsQuery() throws IOException {
    startPatient();
    try (Socket socket = http.raw(HttpFixture.post(SLOW))) {
      Until.holds("it runs", () -> http.duck.openSessions() == 1);
      assertThat(ClientWatch.established())
          .contains(
              new ClientWatch.Connection(
                  http.server.address(),
                  (java.net.InetSocketAddress) socket.getLocalSocketAddress()));
    }
    Until.holds("the session is closed", () -> http.duck.openSessions() == 0);
    assertThat(http.duck.cancels()).isPositive();
  }

  @Test
  void aClientThatTakesNothingIsCutOff() throws IOException {
    start(Duration.ofMinutes(5), Duration.ofMillis(300));
    try (Socket socket = http.raw(HttpFixture.post(ENDLESS))) {
      Until.holds("it runs", () -> http.duck.openSessions() == 1);
      Until.holds("the session is closed", () -> http.duck.openSessions() == 0);
      assertThat(socket.isConnected()).isTrue();
    }
    assertThat(http.sql("SELECT 1 AS a", "text/csv").body()).isEqualTo("a\r\n1\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/sql HT",
        "POST /v1/sql HTTP/1.1\r\nHost: x\r\nContent-",
        "POST /v1/sql HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6cGVuY2ls\r\n"
            + "Content-Type: text/plain\r\nContent-Length: 100\r\n\r\nSELECT"
      })
  void aClientThatSendsNoMoreIsCutOff(String part) throws IOException {
    start(Duration.ofMinutes(5), Duration.ofMillis(300));
    try (Socket socket = http.raw(part)) {
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
    assertThat(http.sql("SELECT 1 AS a", "text/csv").body()).isEqualTo("a\r\n1\r\n");
  }

  @Test
  void manyClientsGetTheirOwnAnswers() throws Exception {
    startPatient();
    int clients = 16;
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        int number = client;
        runs.add(threads.submit(() -> askMany(number)));
      }
      for (Future<Integer> run : runs) {
        assertThat(run.get()).isEqualTo(20);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(limited.get().abandonedCalls()).isZero();
  }

  private int askMany(int client) {
    int right = 0;
    for (int i = 0; i < 20; i++) {
      long last = client * 1000L + i;
      String body =
          http.sql("SELECT max(range) AS m FROM range(" + (last + 1) + ")", "text/csv").body();
      right += body.equals("m\r\n" + last + "\r\n") ? 1 : 0;
    }
    return right;
  }

  @Test
  void closingEndsWhatRuns() throws Exception {
    startPatient();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<HttpResponse<String>> running = thread.submit(() -> http.sql(SLOW, "*/*"));
      Until.holds("it runs", () -> http.duck.runs() == 1);
      limited.get().close();
      assertThat(running.get().statusCode()).isEqualTo(504);
      assertThat(http.sql("SELECT 1", "*/*").statusCode()).isEqualTo(503);
    } finally {
      thread.shutdownNow();
    }
  }
}
