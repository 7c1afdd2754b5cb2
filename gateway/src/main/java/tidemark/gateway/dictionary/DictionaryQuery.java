package tidemark.gateway.dictionary;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** A statement in the engine's words that was checked. Prepared again when settings change. */
final class DictionaryQuery implements PreparedQuery {
  /** Far more than any client's question takes; ends those that are made to take long. */
  private static final int TIMEOUT_SECONDS = 10;

  private final DictionarySession session;
  private final String tag;
  private final String sql;
  private final List<ValueType> parameterTypes;
  private final List<Column> columns;
  private PreparedStatement statement;
  private int settingsVersion;

  DictionaryQuery(
      DictionarySession session,
      String tag,
      String sql,
      List<ValueType> parameterTypes,
      ResultTypes types) {
    this.session = session;
    this.tag = tag;
    this.sql = sql;
    this.parameterTypes = List.copyOf(parameterTypes);
    settingsVersion = session.applySettings();
    try {
      statement = session.connection().prepareStatement(sql);
      columns = types.columns(statement.getMetaData());
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<ValueType> parameterTypes() {
    return parameterTypes;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public Answer run(List<Object> parameters) {
    if (parameters.size() != parameterTypes.size()) {
      throw new AskException(
          SqlState.PROTOCOL_VIOLATION,
          "the statement takes %d parameters, got %d"
              .formatted(parameterTypes.size(), parameters.size()));
    }
    try {
      int version = session.applySettings();
      if (version != settingsVersion) {
        statement.close();
        statement = session.connection().prepareStatement(sql);
        settingsVersion = version;
      }
      for (int index = 0; index < parameters.size(); index++) {
        set(index + 1, parameters.get(index));
      }
      statement.setQueryTimeout(TIMEOUT_SECONDS);
      session.running(statement);
      return new DictionaryAnswer(columns, statement.executeQuery());
    } catch (SQLException e) {
      throw Errors.of(e);
    } finally {
      session.running(null);
    }
  }

  private void set(int index, Object value) throws SQLException {
    if (value instanceof List<?> list) {
      statement.setArray(
          index,
          session
              .connection()
              .createArrayOf(
                  parameterTypes.get(index - 1) == ValueType.OID_ARRAY ? "UINTEGER" : "VARCHAR",
                  list.toArray()));
    } else {
      statement.setObject(index, value);
    }
  }

  @Override
  public void close() {
    try {
      statement.close();
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }
}
