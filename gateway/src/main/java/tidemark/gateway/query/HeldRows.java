package tidemark.gateway.query;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.ask.Column;

/**
 * The rows of one answer in a temporary table of its connection, whose memory DuckDB counts: that
 * of a result of its driver it does not. They are read in pages; a page is whole or fails, while a
 * stream of the driver that fails ends as if it were done.
 *
 * <p>Not thread-safe. Costs about a millisecond an answer.
 */
final class HeldRows {
  private static final String TABLE = "temp.main.tidemark_answer";

  /** Of a page: its copy is outside of DuckDB's limit. */
  private static final long PAGE_ROWS = 10 * 2_048L;

  /** Of a value of fixed length, and of what DuckDB keeps in place of a longer one. */
  private static final long VALUE_BYTES = 16;

  private static final Set<String> FIXED =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "HUGEINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DATE",
          "TIME",
          "INTERVAL",
          "UUID");

  private static final Pattern NUMBERED = Pattern.compile(".*_[0-9]+", Pattern.DOTALL);

  private final DuckDBConnection connection;
  private final PreparedStatement pages;
  private final long rows;
  private final long bytes;
  private long nextRow;

  private HeldRows(DuckDBConnection connection, PreparedStatement pages, long rows, long bytes) {
    this.connection = connection;
    this.pages = pages;
    this.rows = rows;
    this.bytes = bytes;
  }

  /** A statement that makes the table, with the parameters of the one that gives its rows. */
  static String creating(String sql) {
    return "CREATE OR REPLACE TEMP TABLE tidemark_answer AS " + sql;
  }

  /** The rows, after the table was made. */
  static HeldRows of(DuckDBConnection connection) throws SQLException {
    PreparedStatement pages = pages(connection);
    try (Statement statement = connection.createStatement();
        ResultSet size = statement.executeQuery(sizes(pages.getMetaData()))) {
      size.next();
      return new HeldRows(connection, pages, size.getLong(1), size.getLong(2));
    } catch (SQLException e) {
      pages.close();
      throw e;
    }
  }

  /** A page from a row to another; by counting if a column of the answer has the row's name. */
  private static PreparedStatement pages(DuckDBConnection connection) throws SQLException {
    String byPlace =
        "SELECT * FROM %s LIMIT CAST($2 AS BIGINT) - CAST($1 AS BIGINT) OFFSET CAST($1 AS BIGINT)";
    String byRow =
        "SELECT * FROM %s WHERE rowid >= CAST($1 AS BIGINT) AND rowid < CAST($2 AS BIGINT)";
    try {
      PreparedStatement pages = connection.prepareStatement(byRow.formatted(TABLE));
      if (!hasColumn(pages.getMetaData(), "rowid")) {
        return pages;
      }
      pages.close();
    } catch (SQLException e) {
      // it has one, and not of a number
      return connection.prepareStatement(byPlace.formatted(TABLE));
    }
    return connection.prepareStatement(byPlace.formatted(TABLE));
  }

  private static boolean hasColumn(ResultSetMetaData columns, String name) throws SQLException {
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (columns.getColumnLabel(i).equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static String sizes(ResultSetMetaData columns) throws SQLException {
    StringBuilder bytes = new StringBuilder();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i).toUpperCase(Locale.ROOT);
      String name = '"' + columns.getColumnLabel(i).replace("\"", "\"\"") + '"';
      if (type.equals("BLOB")) {
        bytes.append(" + coalesce(sum(octet_length(%s)), 0)".formatted(name));
      } else if (!FIXED.contains(type)
          && !type.startsWith("TIMESTAMP")
          && (!type.startsWith("DECIMAL") || type.endsWith("]"))) {
        bytes.append(" + coalesce(sum(strlen(CAST(%s AS VARCHAR))), 0)".formatted(name));
      }
    }
    return "SELECT count(*), CAST(count(*) * %d%s AS BIGINT) FROM %s"
        .formatted(VALUE_BYTES * columns.getColumnCount(), bytes, TABLE);
  }

  /**
   * The columns of the answer. Two of a statement may have one name, and two of a table cannot: the
   * engine gives the second a number then.
   *
   * @param names those of the statement, if they may differ from the table's
   */
  List<Column> columns(Supplier<List<String>> names) throws SQLException {
    ResultSetMetaData columns = pages.getMetaData();
    List<String> ofTable = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      ofTable.add(columns.getColumnLabel(i));
    }
    boolean mayDiffer = ofTable.stream().anyMatch(name -> NUMBERED.matcher(name).matches());
    List<String> shown = mayDiffer ? names.get() : ofTable;
    List<Column> named = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      named.add(new Column(shown.get(i), DuckTypes.of(columns.getColumnTypeName(i + 1))));
    }
    return named;
  }

  /** About as many as DuckDB uses for them. */
  long bytes() {
    return bytes;
  }

  boolean hasPage() {
    return nextRow < rows;
  }

  /** The next page; the one before is closed by it. */
  ResultSet page() throws SQLException {
    pages.setLong(1, nextRow);
    nextRow += PAGE_ROWS;
    pages.setLong(2, nextRow);
    return pages.executeQuery();
  }

  /** Gives the memory back. */
  void drop() throws SQLException {
    pages.close();
    Engine.execute(connection, "DROP TABLE IF EXISTS " + TABLE);
  }
}
