package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/** {@code POST /v1/sql}: one statement in a session of its own. Thread-safe. */
final class SqlHandler {
  private static final String CHALLENGE = "Basic realm=\"tidemark\", charset=\"UTF-8\"";
  private static final int MAX_NAME_CHARS = 128;

  private final Gateway gateway;
  private final HttpConfig config;
  private final Passwords passwords;
  private final IoWatch ioWatch;
  private final ClientWatch clientWatch;
  private final Replies replies;
  private final Semaphore places;

  SqlHandler(
      Gateway gateway,
      HttpConfig config,
      Passwords passwords,
      IoWatch ioWatch,
      ClientWatch clientWatch,
      Replies replies) {
    this.gateway = gateway;
    this.config = config;
    this.passwords = passwords;
    this.ioWatch = ioWatch;
    this.clientWatch = clientWatch;
    this.replies = replies;
    places = new Semaphore(config.maxQueries());
  }

  /**
   * @throws IOException if the client has gone or is to be cut off
   */
  void handle(HttpExchange exchange) throws IOException {
    if (!places.tryAcquire()) {
      replies.refuse(
          exchange,
          Refusal.of(new AskException(SqlState.TOO_MANY_CONNECTIONS, "too many requests run now")));
      return;
    }
    LazyBody body = new LazyBody(exchange, ioWatch, config.writeTimeout());
    try {
      answer(exchange, body);
    } catch (RuntimeException e) {
      if (body.hasBegun()) {
        throw new IOException("an answer broke", e);
      }
      exchange.getResponseHeaders().clear();
      replies.refuse(exchange, challenged(Refusal.of(e)));
    } finally {
      places.release();
    }
  }

  /** Requests that are served now. */
  int running() {
    return config.maxQueries() - places.availablePermits();
  }

  private static Refusal challenged(Refusal refusal) {
    return refusal.status() == 401 ? refusal.withHeader("WWW-Authenticate", CHALLENGE) : refusal;
  }

  private void answer(HttpExchange exchange, LazyBody body) throws IOException {
    Format format = format(exchange);
    String user = provedUser(exchange.getRequestHeaders().getFirst("Authorization"));
    String contentType = headerOrEmpty(exchange, "Content-Type");
    SqlRequest request = SqlRequest.read(contentType, readBody(exchange));
    try (Session session = gateway.open(user, origin(exchange));
        ClientWatch.Watch watched = clientWatch.watch(exchange, session::cancel)) {
      for (String statement : request.setStatements()) {
        set(session, statement);
      }
      try (PreparedQuery query = session.prepare(request.sql());
          Answer answer =
              query.run(ParameterValues.of(request.parameters(), query.parameterTypes()))) {
        exchange.getResponseHeaders().set("Content-Type", format.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        tell(answer.provenance(), exchange.getResponseHeaders());
        stream(answer, format, body, session);
      }
    }
  }

  private static void set(Session session, String statement) {
    try (PreparedQuery query = session.prepare(statement);
        Answer answer = query.run(List.of())) {
      while (answer.next()) {
        // A setting has no rows that anybody asked for.
      }
    }
  }

  private static Format format(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    for (String part : (query == null ? "" : query).split("&", -1)) {
      if (part.startsWith("format=")) {
        return Format.named(part.substring("format=".length()));
      }
      if (!part.isEmpty()) {
        throw new RefusedException(
            Refusal.of(
                400, SqlState.PROTOCOL_VIOLATION, "the only parameter of this path is format"));
      }
    }
    List<String> accept = exchange.getRequestHeaders().get("Accept");
    return accept == null ? Format.JSON : Format.accepted(String.join(",", accept));
  }

  private String provedUser(String authorization) {
    String[] parts = credentials(authorization).split(":", 2);
    if (parts.length < 2 || parts[1].isEmpty() || !passwords.proves(parts[0], parts[1])) {
      throw new RefusedException(
          Refusal.of(401, SqlState.WRONG_PASSWORD, "user and password are not right"));
    }
    return parts[0];
  }

  /** User, colon, password; empty if the header is none of RFC 7617. */
  private static String credentials(String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return "";
    }
    try {
      return new String(Base64.getDecoder().decode(authorization.substring(6).trim()), UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private byte[] readBody(HttpExchange exchange) throws IOException {
    ioWatch.begin(config.requestTimeout());
    try {
      byte[] bytes = exchange.getRequestBody().readNBytes(config.maxBodyBytes() + 1);
      if (bytes.length > config.maxBodyBytes()) {
        throw new RefusedException(
            Refusal.of(
                413,
                SqlState.PROGRAM_LIMIT,
                "a body may have %d bytes".formatted(config.maxBodyBytes())));
      }
      return bytes;
    } finally {
      ioWatch.end();
    }
  }

  private static Origin origin(HttpExchange exchange) {
    String application = headerOrEmpty(exchange, "User-Agent");
    return new Origin(
        "http",
        exchange.getRemoteAddress().getAddress().getHostAddress(),
        application.substring(0, Math.min(application.length(), MAX_NAME_CHARS)));
  }

  private static String headerOrEmpty(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** What the answer reflects, as headers. */
  private static void tell(Provenance provenance, Headers headers) {
    headers.set("Tidemark-Epoch", Long.toString(provenance.checkpoint()));
    headers.set("Tidemark-Lineage", provenance.lineage().replaceAll("[^\\x20-\\x7e]", "?"));
    provenance.watermark().ifPresent(at -> headers.set("Tidemark-Watermark", at.toString()));
    headers.set("Tidemark-Watermark-Kind", provenance.watermarkKind());
    headers.set("Tidemark-Complete", Boolean.toString(provenance.isComplete()));
    headers.set("Tidemark-Hot-Rows", Long.toString(provenance.hotRows()));
    headers.set("Tidemark-Late-Pending", Long.toString(provenance.latePending()));
    if (!provenance.rules().isEmpty()) {
      headers.set("Tidemark-Rules", String.join(", ", provenance.rules()));
    }
  }

  private static AnswerBody body(Format format, OutputStream out) throws IOException {
    return switch (format) {
      case JSON -> new JsonBody(out);
      case NDJSON -> new NdjsonBody(out);
      case CSV -> new CsvBody(out);
    };
  }

  private static void stream(Answer answer, Format format, LazyBody out, Session session)
      throws IOException {
    List<Column> columns = answer.columns();
    AnswerBody body = body(format, out);
    Object[] row = new Object[columns.size()];
    long rows = 0;
    try {
      body.begin(columns, answer.provenance());
      while (answer.next()) {
        for (int i = 0; i < row.length; i++) {
          row[i] = answer.value(i);
        }
        body.row(row);
        rows++;
      }
      body.end(rows);
    } catch (IOException e) {
      // The client has gone or is too slow: nobody will read the rest.
      session.cancel();
      throw e;
    } catch (AskException e) {
      if (!out.hasBegun()) {
        throw e;
      }
      body.fail(rows, Refusal.of(e));
    }
    out.finish();
  }
}
