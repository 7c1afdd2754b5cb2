package tidemark.gateway.dictionary;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** Parses and prints by DuckDB's own parser, which takes nothing but queries. Not thread-safe. */
final class StatementTree implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final PreparedStatement serialize;
  private final PreparedStatement deserialize;

  StatementTree(Connection connection) throws SQLException {
    serialize = connection.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
    deserialize =
        connection.prepareStatement(
            "SELECT json_deserialize_sql(CAST(CAST(? AS VARCHAR) AS JSON))");
  }

  /**
   * @throws AskException if it is not one query
   */
  JsonNode parse(String sql) {
    JsonNode tree;
    try {
      tree = json.readTree(apply(serialize, sql));
    } catch (JsonProcessingException e) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX, "the statement is nested too deeply", e);
    }
    if (tree.path("error").asBoolean()) {
      throw refusal(tree);
    }
    if (tree.path("statements").size() != 1) {
      throw new AskException(
          SqlState.SYNTAX_ERROR,
          "a query must be one statement, got " + tree.path("statements").size());
    }
    return tree;
  }

  String print(JsonNode tree) {
    return apply(deserialize, tree.toString());
  }

  private static String apply(PreparedStatement statement, String argument) {
    try {
      statement.setString(1, argument);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }

  private static AskException refusal(JsonNode error) {
    if (error.path("error_type").asText().equals("not implemented")) {
      return new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "only queries may read the dictionary");
    }
    return new AskException(SqlState.SYNTAX_ERROR, error.path("error_message").asText());
  }

  @Override
  public void close() throws SQLException {
    serialize.close();
    deserialize.close();
  }
}
