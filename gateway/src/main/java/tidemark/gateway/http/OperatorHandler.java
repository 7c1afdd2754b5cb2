package tidemark.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * {@code GET /healthz}: 200 with status {@code ok} or {@code degraded}, 503 with status {@code
 * unavailable}; the reasons in {@code problems} and {@code warnings}. {@code GET /metrics}:
 * Prometheus' text format 0.0.4. Thread-safe.
 */
final class OperatorHandler {
  private final Supplier<Health> health;
  private final PrometheusRegistry registry;
  private final Replies replies;
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  OperatorHandler(Supplier<Health> health, PrometheusRegistry registry, Replies replies) {
    this.health = health;
    this.registry = registry;
    this.replies = replies;
  }

  void health(HttpExchange exchange) throws IOException {
    Health now = health.get();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(body)) {
      json.writeStartObject();
      json.writeStringField("status", status(now));
      writeList(json, "problems", now.problems());
      writeList(json, "warnings", now.warnings());
      for (Map.Entry<String, String> fact : new TreeMap<>(now.facts()).entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
    replies.send(exchange, now.problems().isEmpty() ? 200 : 503, Replies.JSON, body.toByteArray());
  }

  private static String status(Health health) {
    if (!health.problems().isEmpty()) {
      return "unavailable";
    }
    return health.warnings().isEmpty() ? "ok" : "degraded";
  }

  private static void writeList(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    if (!texts.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (String text : texts) {
        json.writeString(text);
      }
      json.writeEndArray();
    }
  }

  void metrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    writer.write(body, registry.scrape());
    replies.send(exchange, 200, PrometheusTextFormatWriter.CONTENT_TYPE, body.toByteArray());
  }
}
