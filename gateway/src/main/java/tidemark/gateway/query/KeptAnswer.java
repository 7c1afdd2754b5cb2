package tidemark.gateway.query;

import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/** An answer whose rows are in memory. */
final class KeptAnswer implements Answer {
  private final List<Column> columns;
  private final List<Object[]> rows;
  private final Provenance provenance;
  private int at = -1;

  KeptAnswer(List<Column> columns, List<Object[]> rows, Provenance provenance) {
    this.columns = columns;
    this.rows = rows;
    this.provenance = provenance;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() {
    at = Math.min(at + 1, rows.size());
    return at < rows.size();
  }

  @Override
  public Object value(int column) {
    return rows.get(at)[column];
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public void close() {
    at = rows.size();
  }
}
