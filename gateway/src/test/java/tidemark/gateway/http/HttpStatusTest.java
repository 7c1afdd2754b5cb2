package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tidemark.gateway.ask.SqlState;

class HttpStatusTest {
  private static final AtomicReference<Health> HEALTH = new AtomicReference<>(Health.OK);
  private static HttpFixture http;

  @BeforeAll
  static void start() throws IOException {
    http = new HttpFixture(config -> config, duck -> duck, HEALTH::get);
  }

  @AfterAll
  static void stop() {
    http.close();
    assertThat(http.duck.openSessions()).isZero();
  }

  private static JsonNode error(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return HttpFixture.tree(response).get("error");
  }

  @ParameterizedTest
  @CsvSource({
    "SYNTAX_ERROR, 400",
    "UNDEFINED_TABLE, 400",
    "INVALID_TEXT, 400",
    "WRONG_USER, 401",
    "NOT_ALLOWED, 403",
    "QUERY_CANCELED, 504",
    "TOO_MANY_CONNECTIONS, 429",
    "LIMIT_EXCEEDED, 429",
    "NOT_READY, 503",
    "SHUTTING_DOWN, 503",
    "INTERNAL_ERROR, 500"
  })
  void statesBecomeStatuses(SqlState state, int status) {
    HttpResponse<String> response = http.sql("FAIL " + state, "*/*");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Retry-After").isPresent())
        .isEqualTo(status == 429 || status == 503);
    assertThat(response.headers().firstValue("Tidemark-Epoch")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = SqlState.class, mode = EnumSource.Mode.EXCLUDE, names = "INTERNAL_ERROR")
  void errorsTellStateMessageHintAndPosition(SqlState state) {
    assertThat(error(http.sql("FAIL " + state, "text/csv")).toString())
        .isEqualTo(
            "{\"sqlstate\":\""
                + state.code()
                + "\",\"message\":\"failed as asked\",\"hint\":\"ask for something else\","
                + "\"position\":6}");
  }

  @Test
  void aCrashTellsAnIdAndNothingElse() {
    HttpResponse<String> response = http.sql("CRASH", "*/*");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("secret").doesNotContain("Exception");
    assertThat(error(response).get("message").textValue())
        .matches("internal error, id [0-9a-f-]{36}");
  }

  @Test
  void aFailureBeforeTheFirstBufferStillHasItsStatus() {
    String sql = "SELECT CAST(CASE WHEN i = 7 THEN 'x' ELSE '1' END AS BIGINT) FROM range(9) r(i)";
    for (String accept : List.of("application/json", "application/x-ndjson", "text/csv")) {
      HttpResponse<String> response = http.sql(sql, accept);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(error(response).get("sqlstate").textValue()).isEqualTo("22000");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none",
        "Basic",
        "Basic !!!",
        "Bearer abc",
        "Basic YWxpY2U=",
        "Basic YWxpY2U6",
        "Basic YWxpY2U6d3Jvbmc=",
        "Basic bm9ib2R5OnBlbmNpbA==",
      })
  void whoeverProvesNothingIsChallenged(String authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(http.uri("/v1/sql"))
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("SELECT 1"));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("WWW-Authenticate"))
        .contains("Basic realm=\"tidemark\", charset=\"UTF-8\"");
    assertThat(error(response).toString())
        .isEqualTo("{\"sqlstate\":\"28P01\",\"message\":\"user and password are not right\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|a body must be JSON",
        "{\"sql\": \"SELECT 1\"} x|a body must be JSON",
        "{\"sql\": \"SELECT 1\", \"sql\": \"SELECT 2\"}|a body must be JSON",
        "[]|a body must be an object with a text sql",
        "{}|a body must be an object with a text sql",
        "{\"sql\": 1}|a body must be an object with a text sql",
        "{\"sql\": \"SELECT 1\", \"params\": []}|a body has sql, parameters and settings, got params",
        "{\"sql\": \"SELECT 1\", \"parameters\": {}}|parameters must be an array",
        "{\"sql\": \"SELECT 1\", \"settings\": []}|settings must be an object",
        "{\"sql\": \"SELECT 1\", \"settings\": {\"a; b\": 1}}|a setting has no such name: a; b",
        "{\"sql\": \"SELECT 1\", \"settings\": {\"as_of\": {}}}|setting as_of must be a string",
        "{\"sql\": \"SELECT 1\", \"parameters\": [1]}|the statement has 0 parameters, got 1",
        "{\"sql\": \"SELECT $1::INT\", \"parameters\": [[1]]}|parameter $1 must be",
      })
  void malformedBodiesAreRefused(String body, String message) {
    HttpResponse<String> response = http.json(body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response).get("message").textValue()).startsWith(message);
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "[".repeat(100_000);
    HttpResponse<String> response =
        http.json("{\"sql\": \"SELECT 1\", \"parameters\": " + deep + "}");
    assertThat(response.statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/x-www-form-urlencoded",
        "application/xml",
        "text/plain; charset=utf-16",
        "none"
      })
  void bodiesOfOtherTypesAreRefused(String contentType) {
    HttpRequest.Builder request = http.request("/v1/sql").POST(BodyPublishers.ofString("SELECT 1"));
    if (!contentType.equals("none")) {
      request.header("Content-Type", contentType);
    }
    assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(415);
  }

  @Test
  void bodiesThatAreNoTextAreRefused() {
    HttpRequest request =
        http.request("/v1/sql")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofByteArray(new byte[] {'S', (byte) 0xff}))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void formatsThatAreNotOfferedAreRefused() {
    assertThat(http.sql("SELECT 1", "image/png").statusCode()).isEqualTo(406);
    assertThat(
            http.send(
                    http.request("/v1/sql?format=xml")
                        .POST(BodyPublishers.ofString("SELECT 1"))
                        .build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(406);
    assertThat(
            http.send(
                    http.request("/v1/sql?as_of=x")
                        .POST(BodyPublishers.ofString("SELECT 1"))
                        .build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void aBodyMayHaveAMegabyteAndNoMore() {
    String start = "SELECT 1 -- ";
    String most = start + "x".repeat((1 << 20) - start.length());

    assertThat(http.sql(most, "*/*").statusCode()).isEqualTo(200);
    for (int more : new int[] {1, 3 << 20}) {
      HttpResponse<String> response = http.sql(most + "x".repeat(more), "*/*");
      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(error(response).get("message").textValue())
          .isEqualTo("a body may have 1048576 bytes");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/sqlx, 404",
    "/v1, 404",
    "/, 404",
    "/v1/sql/, 404",
    "/healthz/x, 404",
  })
  void otherPathsAreUnknown(String path, int status) {
    HttpResponse<String> response =
        http.send(
            http.request(path).POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(error(response).get("message").textValue()).isEqualTo("there is no such path");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"/v1/sql|GET|POST", "/v1/sql|PUT|POST", "/healthz|POST|GET, HEAD"})
  void otherMethodsAreToldWhichAreAllowed(String path, String method, String allowed) {
    HttpResponse<String> response =
        http.send(
            http.request(path).method(method, BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains(allowed);
  }

  private static HttpResponse<String> get(String path) {
    return http.send(HttpRequest.newBuilder(http.uri(path)).build(), BodyHandlers.ofString());
  }

  @Test
  void healthIsThatOfItsSupplier() {
    HEALTH.set(new Health(List.of(), List.of(), Map.of("version", "1", "epoch", "42")));
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body())
        .isEqualTo("{\"status\":\"ok\",\"epoch\":\"42\",\"version\":\"1\"}\n");

    HEALTH.set(new Health(List.of(), List.of("users are old"), Map.of()));
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/healthz").body())
        .isEqualTo("{\"status\":\"degraded\",\"warnings\":[\"users are old\"]}\n");

    HEALTH.set(new Health(List.of("no catalog"), List.of(), Map.of()));
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").body())
        .isEqualTo("{\"status\":\"unavailable\",\"problems\":[\"no catalog\"]}\n");
    HEALTH.set(Health.OK);
    HttpResponse<String> head =
        http.send(
            HttpRequest.newBuilder(http.uri("/healthz"))
                .method("HEAD", BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
  }

  @Test
  void metricsCountRequests() {
    http.sql("SELECT 1", "*/*");
    HttpResponse<String> response = get("/metrics");

    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains("# TYPE tidemark_gateway_http_requests_total counter")
        .containsPattern(
            "tidemark_gateway_http_requests_total\\{path=\"/v1/sql\",status=\"200\"} [1-9]");
  }

  @Test
  void operatorsMayHaveAnAddressOfTheirOwn() throws IOException {
    try (HttpFixture two =
        new HttpFixture(
            config -> config.withOperatorsAt(new java.net.InetSocketAddress("127.0.0.2", 0)),
            duck -> duck,
            () -> Health.OK)) {
      assertThat(two.send(two.request("/metrics").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(404);
      java.net.URI metrics =
          java.net.URI.create(
              "http://127.0.0.2:" + two.server.operatorsAddress().getPort() + "/metrics");
      assertThat(
              two.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
      assertThat(
              two.send(
                      HttpRequest.newBuilder(metrics.resolve("/v1/sql"))
                          .POST(BodyPublishers.ofString("x"))
                          .build(),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(404);
    }
  }
}
