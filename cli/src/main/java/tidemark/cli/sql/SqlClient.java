package tidemark.cli.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.process.ProcessFailedException;

/**
 * Asks a gateway over HTTP, a session for each statement. Whoever ends while a statement runs ends
 * the statement, too: its connection closes. Thread-safe.
 */
public final class SqlClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Beyond what the gateway lets a statement take, waiting for complete windows included. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(15);

  private static final int OK = 200;
  private static final int MAX_ROWS = 200_000;

  private final URI uri;
  private final String authorization;
  private final HttpClient client;

  public SqlClient(GatewayAccess gateway) {
    this(gateway.sqlUri(), gateway.user(), gateway.password());
  }

  SqlClient(URI uri, String user, String password) {
    this.uri = uri;
    byte[] credentials = (user + ":" + password).getBytes(UTF_8);
    authorization = "Basic " + Base64.getEncoder().encodeToString(credentials);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();
  }

  /**
   * The whole answer.
   *
   * @throws SqlRefusedException if the gateway refuses it or fails on the way
   * @throws ProcessFailedException if there is no gateway, or more rows than fit a terminal
   */
  public SqlAnswer ask(SqlQuestion question) {
    List<List<String>> rows = new ArrayList<>();
    AnswerReader reader = new AnswerReader();
    try (InputStream body = post(question, "json")) {
      reader.read(
          body,
          row -> {
            if (rows.size() == MAX_ROWS) {
              throw new ProcessFailedException(
                  "a table shows %d rows at most: add a LIMIT, or take --format csv or json"
                      .formatted(MAX_ROWS));
            }
            rows.add(row);
          });
    } catch (IOException e) {
      throw broken(e);
    }
    return new SqlAnswer(reader.columns(), rows, reader.reflects());
  }

  /**
   * Writes the answer as the gateway sends it, in JSON, and looks whether it tells of an error.
   *
   * @throws SqlRefusedException as of {@link #ask}, maybe after some rows were written
   */
  public void copyJson(SqlQuestion question, OutputStream out) {
    try (InputStream body = post(question, "json");
        InputStream copied = new CopyingStream(body, out)) {
      new AnswerReader().read(copied, row -> {});
      out.flush();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * Writes the answer as the gateway sends it, in CSV.
   *
   * @throws SqlRefusedException as of {@link #ask}
   */
  public void copyCsv(SqlQuestion question, OutputStream out) {
    try (InputStream body = post(question, "csv")) {
      body.transferTo(out);
      out.flush();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private InputStream post(SqlQuestion question, String format) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri + "?format=" + format))
            .timeout(ANSWER_LIMIT)
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .header("User-Agent", "tidemark-cli")
            .POST(HttpRequest.BodyPublishers.ofString(body(question)))
            .build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() != OK) {
        try (InputStream refusal = response.body()) {
          new AnswerReader().read(refusal, row -> {});
        }
        throw new IOException("status " + response.statusCode() + " without a reason");
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  private static String body(SqlQuestion question) throws JsonProcessingException {
    return JSON.writeValueAsString(Map.of("sql", question.sql(), "settings", question.settings()));
  }

  private ProcessFailedException broken(IOException e) {
    return new ProcessFailedException(
        "the gateway at %s gave no answer: %s; tidemark status tells where its log is"
            .formatted(uri, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }

  /** What is read is written as well. */
  private static final class CopyingStream extends FilterInputStream {
    private final OutputStream copy;

    CopyingStream(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        copy.write(value);
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        copy.write(bytes, offset, count);
      }
      return count;
    }
  }
}
