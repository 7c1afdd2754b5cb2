package tidemark.gateway.walls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * DuckDB's parser, in an instance that holds nothing and may open nothing: no file, no network, no
 * extension; {@code json_serialize_sql} runs nothing of what it parses.
 *
 * <p>DuckDB parses 1,000 levels before it refuses, and ends the process if the stack of the thread
 * is too small for them: call it from {@link DeepThread}. One statement at a time, others wait:
 * some 0.3 ms for an ordinary one. Thread-safe. Holds some 10 MB.
 */
final class SqlParser implements AutoCloseable {
  private static final List<String> SETUP =
      List.of(
          "SET threads = 1",
          "SET memory_limit = '256MB'",
          "SET temp_directory = ''",
          "SET autoinstall_known_extensions = false",
          "SET autoload_known_extensions = false",
          "SET enable_external_access = false",
          "SET lock_configuration = true");

  private final ObjectMapper json = new ObjectMapper();
  private final Connection connection;
  private final PreparedStatement serialize;
  private final Set<String> functions;

  SqlParser() {
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:");
      try (Statement statement = connection.createStatement()) {
        for (String setting : SETUP) {
          statement.execute(setting);
        }
        functions = functions(statement);
      }
      serialize = connection.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not start", e);
    }
  }

  private static Set<String> functions(Statement statement) throws SQLException {
    Set<String> names = new HashSet<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT DISTINCT function_name FROM duckdb_functions()")) {
      while (rows.next()) {
        names.add(rows.getString(1).toLowerCase(Locale.ROOT));
      }
    }
    return Set.copyOf(names);
  }

  /** Whether DuckDB has a function of this name, allowed or not. */
  boolean hasFunction(String lowerCaseName) {
    return functions.contains(lowerCaseName);
  }

  /**
   * The tree of one statement, with the fields {@code node} and {@code named_param_map}.
   *
   * @throws AskException if it has none, or is none that DuckDB can write as a tree
   */
  JsonNode parse(String sql) {
    JsonNode answer;
    try {
      answer = json.readTree(serialize(sql));
    } catch (JsonProcessingException e) {
      // Jackson reads 1,000 levels
      throw tooDeep();
    } catch (SQLException e) {
      throw new AskException(SqlState.SYNTAX_ERROR, "the statement cannot be parsed", e);
    }
    if (answer.path("error").asBoolean(true)) {
      throw refusal(sql, answer);
    }
    JsonNode statements = answer.path("statements");
    if (statements.size() != 1) {
      throw new AskException(
          SqlState.SYNTAX_ERROR, "one statement at a time, got " + statements.size());
    }
    return statements.get(0);
  }

  private synchronized String serialize(String sql) throws SQLException {
    serialize.setString(1, sql);
    try (ResultSet row = serialize.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  private static AskException tooDeep() {
    return new AskException(
        SqlState.STATEMENT_TOO_COMPLEX,
        "the statement is nested too deeply, %d levels are allowed"
            .formatted(WallLimits.TREE_DEPTH));
  }

  private static AskException refusal(String sql, JsonNode answer) {
    String message = answer.path("error_message").asText();
    if (message.startsWith("Max expression depth") || message.startsWith("memory exhausted")) {
      return tooDeep();
    }
    if (message.startsWith("Maximum grouping set count")) {
      return new AskException(SqlState.STATEMENT_TOO_COMPLEX, "too many grouping sets");
    }
    if (message.startsWith("Only SELECT")) {
      return new AskException(
          SqlState.NOT_ALLOWED, "only a query may run here, and a PIVOT that lists its values");
    }
    SqlState state =
        answer.path("error_type").asText().equals("not implemented")
            ? SqlState.FEATURE_NOT_SUPPORTED
            : SqlState.SYNTAX_ERROR;
    AskException refusal = new AskException(state, message);
    if (!answer.has("position")) {
      return refusal;
    }
    // characters from 0, unlike the bytes in the tree
    return refusal.at(Math.min(answer.path("position").asInt(), sql.length()) + 1);
  }

  @Override
  public void close() {
    try {
      serialize.close();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close", e);
    }
  }
}
