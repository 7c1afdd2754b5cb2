package tidemark.gateway;

import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An in-memory DuckDB that holds our views and functions and may open the given files and nothing
 * else: no other file, no network, no extension; its settings cannot be changed any more.
 *
 * <p>Starting one takes about 20 ms. One query at a time; a query itself uses all cores.
 */
final class QueryEngine implements AutoCloseable {
  /** Rows of one answer, all of them in memory. */
  static final int MAX_ROWS = 1_000_000;

  /** DuckDB's words around the message proper, and the Java stack behind one of our functions. */
  private static final Pattern NOISE =
      Pattern.compile(
          "\\A(?:Invalid Input Error: Attempting to execute an unsuccessful[^\\n]*\\nError: )?"
              + "(?:Invalid Input Error: java\\.lang\\.\\w+: )?(.*?)(?:\\n\\tat .*)?\\z",
          Pattern.DOTALL);

  private final Connection connection;

  /**
   * @param files all that may be opened
   * @param statements create the views
   */
  QueryEngine(List<Path> files, List<String> statements, String memoryLimit) {
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:");
      MergeFunctions.register(connection);
      execute(connection, "SET TimeZone = 'UTC'");
      execute(connection, "SET memory_limit = " + StoredViews.literal(memoryLimit));
      // No spilling: a reader must leave nothing behind, and says so when memory is short.
      execute(connection, "SET temp_directory = ''");
      if (!files.isEmpty()) {
        execute(connection, "SET allowed_paths = " + StoredViews.list(files));
      }
      for (String statement : StoredViews.MACROS) {
        execute(connection, statement);
      }
      for (String statement : statements) {
        execute(connection, statement);
      }
      lock(connection);
    } catch (SQLException e) {
      throw new GatewayException("cannot prepare the tables: " + messageOf(e), e);
    }
  }

  /** Takes everything away that leads out of this instance, for good. */
  static void lock(Connection connection) throws SQLException {
    execute(connection, "SET autoinstall_known_extensions = false");
    execute(connection, "SET autoload_known_extensions = false");
    execute(connection, "SET enable_external_access = false");
    execute(connection, "SET lock_configuration = true");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * @throws GatewayException with DuckDB's message and the place in the statement
   */
  QueryResult query(StatementCheck.Checked checked) {
    return query(checked.sql());
  }

  /** Runs a statement of our own, which nobody needs to check. */
  QueryResult query(String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int width = result.getMetaData().getColumnCount();
      List<String> columns = new ArrayList<>(width);
      for (int column = 1; column <= width; column++) {
        columns.add(result.getMetaData().getColumnLabel(column));
      }
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        if (rows.size() == MAX_ROWS) {
          throw new GatewayException(
              "an answer may have %d rows: add a LIMIT or a GROUP BY".formatted(MAX_ROWS));
        }
        List<Object> row = new ArrayList<>(width);
        for (int column = 1; column <= width; column++) {
          row.add(plain(result.getObject(column)));
        }
        rows.add(row);
      }
      return new QueryResult(columns, rows);
    } catch (SQLException e) {
      throw new GatewayException(messageOf(e), e);
    }
  }

  /** Values that outlive the result they come from. */
  private static Object plain(Object value) throws SQLException {
    if (value instanceof Blob blob) {
      return blob.getBytes(1, (int) blob.length());
    }
    if (value instanceof Array array) {
      List<Object> list = new ArrayList<>();
      for (Object element : (Object[]) array.getArray()) {
        list.add(plain(element));
      }
      return list;
    }
    return value;
  }

  static String messageOf(SQLException e) {
    Matcher matcher = NOISE.matcher(String.valueOf(e.getMessage()));
    return matcher.matches() ? matcher.group(1).strip() : e.getMessage();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close", e);
    }
  }
}
