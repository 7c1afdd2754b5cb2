package tidemark.gateway.dictionary;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * {@code pg_catalog} and {@code information_schema} of one org: a DuckDB in memory that holds the
 * dictionary and nothing else, may open nothing, and cannot be set otherwise any more.
 *
 * <p>Made once for each {@link DictionarySchema}, which takes some tenths of a second and some
 * megabytes; users of the org share it, each by a session of their own. Thread-safe.
 */
public final class Dictionary implements AutoCloseable {
  private final Connection root;
  private final String database;
  private final Set<String> relations;

  private Dictionary(Connection root, DictionarySchema schema) {
    this.root = root;
    this.database = schema.database();
    this.relations =
        schema.relations().stream()
            .map(relation -> relation.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  public static Dictionary of(DictionarySchema schema) {
    Connection connection = null;
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:");
      execute(connection, "SET GLOBAL TimeZone = 'UTC'");
      execute(connection, "SET GLOBAL threads = 1");
      execute(connection, "SET GLOBAL memory_limit = '256MB'");
      execute(connection, "SET GLOBAL temp_directory = ''");
      DictionaryTables.create(connection, schema);
      execute(connection, "SET GLOBAL default_null_order = 'nulls_last_on_asc_first_on_desc'");
      execute(connection, "SET GLOBAL integer_division = true");
      execute(connection, "SET GLOBAL autoinstall_known_extensions = false");
      execute(connection, "SET GLOBAL autoload_known_extensions = false");
      execute(connection, "SET GLOBAL enable_external_access = false");
      execute(connection, "SET GLOBAL lock_configuration = true");
      return new Dictionary(connection, schema);
    } catch (SQLException e) {
      close(connection);
      throw new IllegalStateException("the dictionary cannot be made", e);
    }
  }

  /**
   * Begins a session.
   *
   * @param user whom {@code current_user} and {@code pg_roles} name
   * @param process number of the session, as {@code pg_backend_pid()} tells it
   * @param settings what this session has set, by names in lower case; asked before each statement
   */
  public DictionarySession open(String user, int process, Supplier<Map<String, String>> settings) {
    try {
      Connection connection;
      synchronized (root) {
        connection = root.unwrap(DuckDBConnection.class).duplicate();
      }
      return new DictionarySession(this, connection, user, process, settings);
    } catch (SQLException e) {
      throw new IllegalStateException("the dictionary cannot open a session", e);
    }
  }

  String database() {
    return database;
  }

  /** The logical relations, which are not of the dictionary, in lower case. */
  Set<String> relations() {
    return relations;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void close(Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the dictionary did not close", e);
    }
  }

  @Override
  public void close() {
    close(root);
  }
}
