package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;

/**
 * A header and rows (RFC 4180), in UTF-8. Null is empty, an empty text is {@code ""}; {@code NaN},
 * {@code Infinity} and {@code -Infinity} are written so; times and bytea as in {@link JsonText};
 * jsonb and arrays as JSON text.
 *
 * <p>CSV cannot tell that an answer broke on the way: the connection breaks then, so that the
 * client does not take a part for the whole.
 */
final class CsvBody implements AnswerBody {
  private static final int FLUSH_CHARS = 8192;

  private final OutputStream out;
  private final StringBuilder text = new StringBuilder(FLUSH_CHARS + 1024);
  private List<Column> columns = List.of();

  CsvBody(OutputStream out) {
    this.out = out;
  }

  @Override
  public void begin(List<Column> columns, Provenance provenance) throws IOException {
    this.columns = columns;
    for (int i = 0; i < columns.size(); i++) {
      appendSeparator(i);
      appendText(columns.get(i).name());
    }
    endLine();
  }

  @Override
  public void row(Object[] values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      appendSeparator(i);
      if (values[i] != null) {
        append(columns.get(i).type(), values[i]);
      }
    }
    endLine();
  }

  private void append(ValueType type, Object value) throws IOException {
    switch (type) {
      case BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, OID, DATE, UUID -> text.append(value);
      case NUMERIC -> text.append(((BigDecimal) value).toPlainString());
      case TIME, TIMESTAMP, TIMESTAMPTZ -> text.append(JsonText.time(value));
      case BYTEA -> appendText(Base64.getEncoder().encodeToString((byte[]) value));
      case TEXT, NAME, CHAR, INTERVAL, JSONB -> appendText((String) value);
      case INT8_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY, INT2_ARRAY, OID_ARRAY ->
          appendText(JsonText.of(type, value));
    }
  }

  private void appendSeparator(int column) {
    if (column > 0) {
      text.append(',');
    }
  }

  private void appendText(String value) {
    if (isPlain(value)) {
      text.append(value);
    } else {
      text.append('"').append(value.replace("\"", "\"\"")).append('"');
    }
  }

  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char unit = value.charAt(i);
      if (unit == ',' || unit == '"' || unit == '\r' || unit == '\n') {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private void endLine() throws IOException {
    text.append("\r\n");
    if (text.length() >= FLUSH_CHARS) {
      flush();
    }
  }

  private void flush() throws IOException {
    out.write(text.toString().getBytes(UTF_8));
    text.setLength(0);
  }

  @Override
  public void end(long rows) throws IOException {
    flush();
  }

  @Override
  public void fail(long rows, Refusal reason) throws IOException {
    throw new IOException("CSV cannot tell a failure: " + reason.message());
  }
}
