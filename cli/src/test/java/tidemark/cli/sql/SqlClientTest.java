package tidemark.cli.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.http.Health;
import tidemark.gateway.http.HttpConfig;
import tidemark.gateway.http.HttpGateway;

/** Against the gateway's own HTTP server. */
class SqlClientTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("metric", ValueType.TEXT),
          new Column("time", ValueType.TIMESTAMPTZ),
          new Column("count", ValueType.INT8),
          new Column("sum", ValueType.FLOAT8),
          new Column("tags", ValueType.JSONB),
          new Column("sketch", ValueType.BYTEA));
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-03-01T10:00:00Z");
  private static final List<Object[]> ROWS =
      List.of(
          new Object[] {"load", TIME, 3L, 2.75, "{\"host\":\"a\\u001b[31m\",\"x\":\"1\"}", null},
          new Object[] {"räquests", TIME, 1000L, null, "{}", new byte[] {1, -1}});
  private static final Provenance PROVENANCE =
      new Provenance(
          "l-1",
          42,
          Optional.of(Instant.parse("2026-03-01T10:05:20Z")),
          "heartbeat",
          true,
          7,
          0,
          List.of());

  private static CannedGateway answering(List<Object[]> rows) {
    return new CannedGateway(COLUMNS, rows, PROVENANCE, Optional.empty(), 0);
  }

  private static CannedGateway failing(AskException failure, int after) {
    return new CannedGateway(COLUMNS, ROWS, PROVENANCE, Optional.of(failure), after);
  }

  private static <T> T with(CannedGateway canned, Function<URI, T> use) {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HttpGateway server =
        HttpGateway.start(
            HttpConfig.at(anyPort), canned, () -> Health.OK, new PrometheusRegistry())) {
      return use.apply(
          URI.create("http://127.0.0.1:%d/v1/sql".formatted(server.address().getPort())));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static SqlClient client(URI uri) {
    return new SqlClient(uri, CannedGateway.USER, CannedGateway.PASSWORD);
  }

  private static String printed(SqlAnswer answer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TextTable.print(answer, new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }

  @Test
  void rowsAndWhatTheyReflectArePrinted() {
    SqlAnswer answer = with(answering(ROWS), uri -> client(uri).ask(SqlQuestion.of("SELECT *")));

    assertThat(printed(answer))
        .isEqualTo(
            """
             metric   | time                 | count | sum  | tags             | sketch
            ----------+----------------------+-------+------+------------------+--------
             load     | 2026-03-01T10:00:00Z |     3 | 2.75 | host:a [31m, x:1 |
             räquests | 2026-03-01T10:00:00Z |  1000 |      |                  | \\x01ff
            (2 rows)
            epoch 42, watermark 2026-03-01T10:05:20Z (heartbeat), complete, 7 hot rows
            """);
    assertThat(answer.first("count")).isEqualTo("3");
    assertThat(answer.first("nothing")).isEmpty();
  }

  @Test
  void anAnswerOfNothingSaysNothing() {
    CannedGateway empty =
        new CannedGateway(COLUMNS, List.of(), Provenance.NONE, Optional.empty(), 0);

    assertThat(printed(with(empty, uri -> client(uri).ask(SqlQuestion.of("SHOW TABLES")))))
        .endsWith("(0 rows)\n");
  }

  @Test
  void whatIsNotCompleteIsSaid() {
    assertThat(new SqlReflection(0, "", "unknown", false, 12, 3).describe())
        .isEqualTo(
            "nothing committed yet, no watermark yet, not complete: it reaches beyond the watermark,"
                + " 12 hot rows with 3 late points");
  }

  @Test
  void settingsGoWithTheStatement() {
    CannedGateway canned = answering(ROWS);

    SqlAnswer unused =
        with(
            canned,
            uri -> client(uri).ask(new SqlQuestion("SELECT 1", Map.of(SqlQuestion.AS_OF, "12"))));

    assertThat(canned.asked).containsExactly("SET as_of = '12'", "SELECT 1");
  }

  @Test
  void aRefusalHasItsPlaceHintAndCode() {
    AskException failure =
        new AskException(SqlState.UNDEFINED_COLUMN, "no column lod").at(8).withHint("try load");

    SqlRefusedException refused =
        with(
            failing(failure, -1),
            uri ->
                catchThrowableOfType(
                    SqlRefusedException.class,
                    () -> client(uri).ask(SqlQuestion.of("SELECT lod"))));

    assertThat(refused.describe("SELECT lod"))
        .isEqualTo(
            """
            error: no column lod
            line 1: SELECT lod
                           ^
            hint: try load
            SQLSTATE 42703
            """);
  }

  @Test
  void anAnswerThatBreaksIsNoAnswer() {
    AskException failure = new AskException(SqlState.QUERY_CANCELED, "took too long");

    with(
        failing(failure, 1),
        uri -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          assertThatThrownBy(() -> client(uri).ask(SqlQuestion.of("SELECT 1")))
              .isInstanceOf(SqlRefusedException.class)
              .hasMessage("took too long");
          assertThatThrownBy(() -> client(uri).copyJson(SqlQuestion.of("SELECT 1"), out))
              .isInstanceOf(SqlRefusedException.class)
              .hasMessage("took too long");
          return null;
        });
  }

  @Test
  void csvAndJsonAreCopiedAsTheyCome() {
    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    ByteArrayOutputStream json = new ByteArrayOutputStream();

    with(
        answering(ROWS),
        uri -> {
          client(uri).copyCsv(SqlQuestion.of("SELECT 1"), csv);
          client(uri).copyJson(SqlQuestion.of("SELECT 1"), json);
          return null;
        });

    assertThat(csv.toString(UTF_8))
        .startsWith("metric,time,count,sum,tags,sketch")
        .contains("räquests,2026-03-01T10:00:00Z,1000,");
    assertThat(json.toString(UTF_8)).startsWith("{\"columns\":").endsWith("\"row_count\":2}");
  }

  @Test
  void aWrongPasswordAndNobodyThereAreTold() {
    with(
        answering(ROWS),
        uri -> {
          SqlClient stranger = new SqlClient(uri, CannedGateway.USER, "wrong");
          assertThatThrownBy(() -> stranger.ask(SqlQuestion.of("SELECT 1")))
              .isInstanceOf(SqlRefusedException.class)
              .hasMessage("user and password are not right");
          return null;
        });
    URI closed = with(answering(ROWS), uri -> uri);

    assertThatThrownBy(() -> client(closed).ask(SqlQuestion.of("SELECT 1")))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageStartingWith("the gateway at " + closed + " gave no answer: ");
  }
}
