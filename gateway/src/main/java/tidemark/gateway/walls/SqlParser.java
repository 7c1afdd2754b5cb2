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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * DuckDB's parser, in an instance that holds nothing and may open nothing: no file, no network, no
 * extension; {@code json_serialize_sql} runs nothing of what it parses.
 *
 * <p>Parses on a thread of its own, whose stack is large enough for all that DuckDB's own limit of
 * 1,000 levels lets pass; on a small one that would end the process. One statement at a time,
 * others wait: some 0.3 ms for an ordinary one. Thread-safe. Holds some 10 MB.
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
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made =
                new Thread(null, task, "walls-parser", WallLimits.PARSER_STACK_BYTES, false);
            made.setDaemon(true);
            return made;
          });
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
      answer = thread.submit(() -> serialize(sql)).get();
    } catch (ExecutionException e) {
      throw refusal(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AskException(SqlState.QUERY_CANCELED, "the statement was cancelled", e);
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

  private JsonNode serialize(String sql) throws SQLException, JsonProcessingException {
    serialize.setString(1, sql);
    try (ResultSet row = serialize.executeQuery()) {
      row.next();
      return json.readTree(row.getString(1));
    }
  }

  private static AskException refusal(Throwable cause) {
    if (cause instanceof JsonProcessingException) {
      // Jackson reads 1,000 levels
      return tooDeep();
    }
    return new AskException(SqlState.SYNTAX_ERROR, "the statement cannot be parsed", cause);
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
    int offset = TextPlace.ofUtf8(sql, answer.path("position").asLong());
    return refusal.at(TextPlace.position(sql, offset));
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      serialize.close();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close", e);
    }
  }
}
