package tidemark.gateway.dictionary;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBWritableVector;

/**
 * Names of objects by their ids and the other way round, for the macros of {@code functions.sql}:
 * the function {@code lookup(kind, key)}, null where there is none.
 *
 * <p>Filled before it is registered, not changed afterwards; then any thread may read it.
 */
final class Lookup {
  private final Map<String, Map<String, String>> byKind = new HashMap<>();

  /** The first one of a key stays. */
  void add(String kind, Object key, Object value) {
    byKind
        .computeIfAbsent(kind, name -> new HashMap<>())
        .putIfAbsent(key.toString(), value.toString());
  }

  void register(Connection connection) throws SQLException {
    DuckDBFunctions.scalarFunction()
        .withName("lookup")
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.VARCHAR)
        .withReturnType(DuckDBColumnType.VARCHAR)
        .withVectorizedFunction((input, output) -> find(input.vector(0), input.vector(1), output))
        .register(connection);
  }

  private void find(
      DuckDBReadableVector kinds, DuckDBReadableVector keys, DuckDBWritableVector output) {
    for (long row = 0; row < kinds.rowCount(); row++) {
      String value =
          keys.isNull(row) ? null : byKind.get(kinds.getString(row)).get(keys.getString(row));
      if (value == null) {
        output.setNull(row);
      } else {
        output.setString(row, value);
      }
    }
  }
}
