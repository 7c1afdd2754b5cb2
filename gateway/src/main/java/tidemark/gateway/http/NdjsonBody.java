package tidemark.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/**
 * One object a row, its members named like the columns, each on a line that ends with a line feed.
 * A name that came before gets {@code _2}, {@code _3}, ...; a column {@code error} is named {@code
 * error_2}, for a last line with that one member tells that the answer broke (see {@link Refusal}).
 */
final class NdjsonBody implements AnswerBody {
  private final JsonGenerator json;
  private List<Column> columns = List.of();
  private List<String> names = List.of();

  NdjsonBody(OutputStream out) throws IOException {
    json = JsonText.generator(out);
  }

  @Override
  public void begin(List<Column> columns, Provenance provenance) {
    this.columns = columns;
    names = names(columns);
  }

  private static List<String> names(List<Column> columns) {
    Set<String> taken = new HashSet<>(Set.of("error"));
    List<String> names = new ArrayList<>();
    for (Column column : columns) {
      String name = column.name();
      for (int number = 2; !taken.add(name); number++) {
        name = column.name() + "_" + number;
      }
      names.add(name);
    }
    return names;
  }

  @Override
  public void row(Object[] values) throws IOException {
    json.writeStartObject();
    for (int i = 0; i < values.length; i++) {
      json.writeFieldName(names.get(i));
      JsonText.write(json, columns.get(i).type(), values[i]);
    }
    json.writeEndObject();
    json.writeRaw('\n');
  }

  @Override
  public void end(long rows) throws IOException {
    json.close();
  }

  @Override
  public void fail(long rows, Refusal reason) throws IOException {
    json.writeStartObject();
    reason.write(json);
    json.writeEndObject();
    json.writeRaw('\n');
    json.close();
  }
}
