package tidemark.cli.sql;

import java.util.List;

/**
 * The rows of an answer, all of them in memory, as a terminal shows them: null is empty text.
 *
 * @param reflects what the rows are of
 */
public record SqlAnswer(List<SqlColumn> columns, List<List<String>> rows, SqlReflection reflects) {
  public SqlAnswer {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** A value of the first row; empty text if there is no such row or column. */
  public String first(String column) {
    for (int i = 0; i < columns.size() && !rows.isEmpty(); i++) {
      if (columns.get(i).name().equals(column)) {
        return rows.get(0).get(i);
      }
    }
    return "";
  }
}
