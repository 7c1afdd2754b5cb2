package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Short answers, whole in memory. */
final class Replies {
  static final String JSON = "application/json";
  private static final int DRAINED_BYTES = 8 << 20;

  private final IoWatch watch;
  private final HttpConfig config;

  Replies(IoWatch watch, HttpConfig config) {
    this.watch = watch;
    this.config = config;
  }

  void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    refusal.headers().forEach(exchange.getResponseHeaders()::set);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(body)) {
      json.writeStartObject();
      refusal.write(json);
      json.writeEndObject();
    }
    body.writeBytes("\n".getBytes(UTF_8));
    send(exchange, refusal.status(), JSON, body.toByteArray());
    drain(exchange);
  }

  void send(HttpExchange exchange, int status, String contentType, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    watch.begin(config.writeTimeout());
    try {
      exchange.sendResponseHeaders(status, isHead || body.length == 0 ? -1 : body.length);
      if (!isHead) {
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
      }
    } finally {
      watch.end();
    }
  }

  /** Takes what the client still sends: one that is cut off while it sends reads no answer. */
  private void drain(HttpExchange exchange) throws IOException {
    Duration limit = config.requestTimeout();
    watch.begin(limit);
    try {
      InputStream rest = exchange.getRequestBody();
      byte[] chunk = new byte[1 << 14];
      int drained = 0;
      for (int n = rest.read(chunk); n >= 0 && drained < DRAINED_BYTES; n = rest.read(chunk)) {
        drained += n;
      }
    } finally {
      watch.end();
    }
  }
}
