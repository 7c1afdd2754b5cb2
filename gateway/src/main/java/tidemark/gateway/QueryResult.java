package tidemark.gateway;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rows of an answer, all of them in memory.
 *
 * <p>Values are what DuckDB's driver gives, null included: {@code Long}, {@code Double}, {@code
 * String}, {@code java.time.OffsetDateTime} (UTC), {@code java.util.Map} for tags; a blob is a
 * {@code byte[]}, a list a {@code java.util.List}.
 */
public record QueryResult(List<String> columns, List<List<Object>> rows) {

  public QueryResult {
    columns = List.copyOf(columns);
    rows = rows.stream().map(QueryResult::copy).toList();
  }

  private static List<Object> copy(List<Object> row) {
    return Collections.unmodifiableList(new ArrayList<>(row));
  }

  /** The only value of an answer of one row and one column. */
  public Object single() {
    if (rows.size() != 1 || columns.size() != 1) {
      throw new IllegalStateException(
          "an answer of one value expected, got %d rows of %d columns"
              .formatted(rows.size(), columns.size()));
    }
    return rows.get(0).get(0);
  }
}
