package tidemark.gateway.postgres;

import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/** Rows that are known already; those of statements that the protocol answers itself. */
final class ListAnswer implements Answer {
  private final List<Column> columns;
  private final List<List<Object>> rows;
  private int row = -1;

  private ListAnswer(List<Column> columns, List<List<Object>> rows) {
    this.columns = columns;
    this.rows = rows;
  }

  static ListAnswer empty() {
    return new ListAnswer(List.of(), List.of());
  }

  static ListAnswer of(Column column, Object value) {
    return new ListAnswer(List.of(column), List.of(List.of(value)));
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() {
    return ++row < rows.size();
  }

  @Override
  public Object value(int column) {
    return rows.get(row).get(column);
  }

  @Override
  public Provenance provenance() {
    return Provenance.NONE;
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
