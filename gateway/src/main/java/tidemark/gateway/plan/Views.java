package tidemark.gateway.plan;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The views of one connection. A view is made when it is read for the first time, and again only if
 * its text is another: to make one takes the engine 0.3 to 1 ms. Not thread-safe.
 */
final class Views {
  private final Connection connection;
  private final Map<String, String> wanted = new LinkedHashMap<>();
  private final Map<String, String> made = new HashMap<>();

  Views(Connection connection) {
    this.connection = connection;
  }

  /** From here on other views are wanted. */
  void clear() {
    wanted.clear();
  }

  /**
   * Notes what a view is to be.
   *
   * @param sql makes it, in the place of one of that name
   */
  void want(String name, String sql) {
    wanted.put(name, sql);
  }

  private void make(String name) throws SQLException {
    String sql = wanted.get(name);
    if (sql.equals(made.get(name))) {
      return;
    }
    made.remove(name);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    made.put(name, sql);
  }

  /** Makes all that are wanted. */
  void make() throws SQLException {
    for (String name : wanted.keySet()) {
      make(name);
    }
  }
}
