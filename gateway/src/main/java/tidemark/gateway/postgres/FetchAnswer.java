package tidemark.gateway.postgres;

import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/** The next rows of a cursor; closing it leaves the cursor open. */
final class FetchAnswer implements Answer {
  private final Portal cursor;
  private long left;

  FetchAnswer(Portal cursor, long count) {
    this.cursor = cursor;
    this.left = count;
  }

  @Override
  public List<Column> columns() {
    return cursor.columns();
  }

  @Override
  public boolean next() {
    if (left == 0 || !cursor.next()) {
      return false;
    }
    left--;
    return true;
  }

  @Override
  public Object value(int column) {
    return cursor.rows().value(column);
  }

  @Override
  public Provenance provenance() {
    return cursor.rows().provenance();
  }

  @Override
  public void close() {
    left = 0;
  }
}
