package tidemark.gateway.query;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;

/** An answer that DuckDB holds; gives back what it was read with when it is closed. */
final class DuckAnswer implements Answer {
  /** Where result sets come from, one after the other. */
  interface Pages {
    /** The next one; empty if there is none. */
    Optional<ResultSet> next() throws SQLException;
  }

  private final Pages pages;
  private Optional<ResultSet> page;
  private final List<Column> columns;
  private final Provenance provenance;
  private final Runnable onClose;
  private Object[] row = {};
  private boolean isClosed;

  /**
   * @param pages each with these columns
   */
  DuckAnswer(List<Column> columns, Pages pages, Provenance provenance, Runnable onClose)
      throws SQLException {
    this.columns = List.copyOf(columns);
    this.pages = pages;
    page = pages.next();
    this.provenance = provenance;
    this.onClose = onClose;
  }

  static List<Column> columns(ResultSetMetaData metadata) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      columns.add(
          new Column(metadata.getColumnLabel(i), DuckTypes.of(metadata.getColumnTypeName(i))));
    }
    return columns;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() {
    try {
      if (isClosed || !hasRow()) {
        return false;
      }
      Object[] values = new Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        ValueType type = columns.get(i).type();
        values[i] = DuckTypes.convert(page.orElseThrow().getObject(i + 1), type);
      }
      row = values;
      return true;
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }

  private boolean hasRow() throws SQLException {
    while (page.isPresent()) {
      if (page.get().next()) {
        return true;
      }
      page = pages.next();
    }
    return false;
  }

  @Override
  public Object value(int column) {
    return row[column];
  }

  /** The whole row, which is never changed again. */
  Object[] row() {
    return row;
  }

  @Override
  public Provenance provenance() {
    return provenance;
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      onClose.run();
    }
  }
}
