package tidemark.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/**
 * One object. An answer that broke on the way has the member {@code error} (see {@link Refusal}) at
 * its end, behind the rows that came before.
 *
 * <pre>
 * {"columns": [{"name": "ts", "type": "timestamptz"}, ...],
 *  "provenance": {"lineage": "...", "epoch": 42, "watermark": "2026-03-01T12:00:00Z",
 *                 "watermark_kind": "heartbeat", "complete": true,
 *                 "hot_rows": 0, "late_pending": 0},
 *  "rows": [["2026-03-01T11:59:00Z", ...], ...],
 *  "row_count": 1}
 * </pre>
 */
final class JsonBody implements AnswerBody {
  private final JsonGenerator json;
  private List<Column> columns = List.of();

  JsonBody(OutputStream out) throws IOException {
    json = JsonText.generator(out);
  }

  @Override
  public void begin(List<Column> columns, Provenance provenance) throws IOException {
    this.columns = columns;
    json.writeStartObject();
    json.writeArrayFieldStart("columns");
    for (Column column : columns) {
      json.writeStartObject();
      json.writeStringField("name", column.name());
      json.writeStringField("type", JsonText.name(column.type()));
      json.writeEndObject();
    }
    json.writeEndArray();
    writeProvenance(provenance);
    json.writeArrayFieldStart("rows");
  }

  private void writeProvenance(Provenance provenance) throws IOException {
    json.writeObjectFieldStart("provenance");
    json.writeStringField("lineage", provenance.lineage());
    json.writeNumberField("epoch", provenance.checkpoint());
    json.writeStringField("watermark", provenance.watermark().map(Instant::toString).orElse(null));
    json.writeStringField("watermark_kind", provenance.watermarkKind());
    json.writeBooleanField("complete", provenance.isComplete());
    json.writeNumberField("hot_rows", provenance.hotRows());
    json.writeNumberField("late_pending", provenance.latePending());
    json.writeArrayFieldStart("rules");
    for (String rule : provenance.rules()) {
      json.writeString(rule);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  @Override
  public void row(Object[] values) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < values.length; i++) {
      JsonText.write(json, columns.get(i).type(), values[i]);
    }
    json.writeEndArray();
  }

  @Override
  public void end(long rows) throws IOException {
    json.writeEndArray();
    json.writeNumberField("row_count", rows);
    json.writeEndObject();
    json.close();
  }

  @Override
  public void fail(long rows, Refusal reason) throws IOException {
    json.writeEndArray();
    json.writeNumberField("row_count", rows);
    reason.write(json);
    json.writeEndObject();
    json.close();
  }
}
