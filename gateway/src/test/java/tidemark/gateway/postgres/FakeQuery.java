package tidemark.gateway.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;

/**
 * A statement of {@link FakeGateway}. A column whose label ends with {@code __name} or {@code
 * __char} is of that type, which DuckDB has not.
 */
final class FakeQuery implements PreparedQuery {
  private final FakeGateway.FakeSession session;
  private final Connection connection;
  private final String tag;
  private final String sql;
  private final List<ValueType> parameterTypes;
  private final List<Column> columns;

  private FakeQuery(FakeGateway.FakeSession session, Connection connection, String tag, String sql)
      throws SQLException {
    this.session = session;
    this.connection = connection;
    this.tag = tag;
    this.parameterTypes = new ArrayList<>();
    this.columns = new ArrayList<>();
    String typed = sql;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int count = statement.getParameterMetaData().getParameterCount();
      for (int i = 1; i <= count; i++) {
        String type = statement.getParameterMetaData().getParameterTypeName(i);
        if (type.equals("INVALID")) {
          typed = typed.replaceAll("\\$" + i + "\\b", "\\$" + i + "::VARCHAR");
        }
        parameterTypes.add(type.equals("INVALID") ? ValueType.TEXT : typeOf(type, ""));
      }
    }
    this.sql = typed;
    try (PreparedStatement statement = connection.prepareStatement(typed)) {
      ResultSetMetaData data = statement.getMetaData();
      for (int i = 1; i <= data.getColumnCount(); i++) {
        String label = data.getColumnLabel(i);
        columns.add(new Column(label, typeOf(data.getColumnTypeName(i), label)));
      }
    }
  }

  static PreparedQuery of(
      FakeGateway.FakeSession session, Connection connection, String tag, String sql) {
    try {
      return new FakeQuery(session, connection, tag, sql);
    } catch (SQLException e) {
      throw FakeGateway.failure(e);
    }
  }

  private static ValueType typeOf(String type, String label) {
    if (label.endsWith("__name")) {
      return ValueType.NAME;
    }
    if (label.endsWith("__char")) {
      return ValueType.CHAR;
    }
    return switch (type.replaceAll("\\(.*", "")) {
      case "BOOLEAN" -> ValueType.BOOL;
      case "TINYINT", "SMALLINT" -> ValueType.INT2;
      case "INTEGER" -> ValueType.INT4;
      case "BIGINT" -> ValueType.INT8;
      case "UINTEGER" -> ValueType.OID;
      case "HUGEINT", "DECIMAL" -> ValueType.NUMERIC;
      case "FLOAT" -> ValueType.FLOAT4;
      case "DOUBLE" -> ValueType.FLOAT8;
      case "BLOB" -> ValueType.BYTEA;
      case "DATE" -> ValueType.DATE;
      case "TIME" -> ValueType.TIME;
      case "TIMESTAMP" -> ValueType.TIMESTAMP;
      case "TIMESTAMP WITH TIME ZONE" -> ValueType.TIMESTAMPTZ;
      case "INTERVAL" -> ValueType.INTERVAL;
      case "UUID" -> ValueType.UUID;
      case "JSON" -> ValueType.JSONB;
      case "BIGINT[]" -> ValueType.INT8_ARRAY;
      case "DOUBLE[]" -> ValueType.FLOAT8_ARRAY;
      case "VARCHAR[]" -> ValueType.TEXT_ARRAY;
      case "SMALLINT[]" -> ValueType.INT2_ARRAY;
      case "UINTEGER[]" -> ValueType.OID_ARRAY;
      default -> ValueType.TEXT;
    };
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
    try {
      return new Rows(parameters);
    } catch (SQLException e) {
      throw FakeGateway.failure(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not close", e);
    }
  }

  /** On a connection of its own, since DuckDB streams one answer per connection. */
  private final class Rows implements Answer {
    private final Connection own;
    private final PreparedStatement statement;
    private ResultSet result;
    private boolean isClosed;

    Rows(List<Object> parameters) throws SQLException {
      own = connection.unwrap(DuckDBConnection.class).duplicate();
      statement = own.prepareStatement(sql);
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, bound(parameters.get(i)));
      }
      session.openAnswers().incrementAndGet();
      session.begin(statement);
      try {
        result = statement.executeQuery();
      } catch (SQLException e) {
        close();
        throw e;
      } finally {
        session.end(statement);
      }
    }

    private Object bound(Object value) throws SQLException {
      return value instanceof List<?> list ? own.createArrayOf("VARCHAR", texts(list)) : value;
    }

    private Object[] texts(List<?> list) {
      return list.stream().map(value -> value == null ? null : value.toString()).toArray();
    }

    @Override
    public List<Column> columns() {
      return columns;
    }

    @Override
    public boolean next() {
      session.begin(statement);
      try {
        return result.next();
      } catch (SQLException e) {
        throw FakeGateway.failure(e);
      } finally {
        session.end(statement);
      }
    }

    @Override
    public Object value(int column) {
      try {
        return plain(columns.get(column).type(), result.getObject(column + 1));
      } catch (SQLException e) {
        throw FakeGateway.failure(e);
      }
    }

    @Override
    public Provenance provenance() {
      return Provenance.NONE;
    }

    @Override
    public void close() {
      if (isClosed) {
        return;
      }
      isClosed = true;
      session.openAnswers().decrementAndGet();
      try {
        statement.close();
        own.close();
      } catch (SQLException e) {
        throw new IllegalStateException("DuckDB does not close", e);
      }
    }
  }

  private static Object plain(ValueType type, Object value) throws SQLException {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case INT2 -> ((Number) value).shortValue();
      case NUMERIC -> value instanceof BigInteger big ? new BigDecimal(big) : value;
      case TEXT, NAME, CHAR, JSONB, INTERVAL -> value.toString();
      case BYTEA -> ((Blob) value).getBytes(1, (int) ((Blob) value).length());
      case TIMESTAMP -> ((java.sql.Timestamp) value).toLocalDateTime();
      case INT8_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY -> list((Array) value);
      case INT2_ARRAY -> list((Array) value).stream().map(FakeQuery::integer).toList();
      case OID_ARRAY -> list((Array) value);
      default -> value;
    };
  }

  private static Integer integer(Object value) {
    return ((Number) value).intValue();
  }

  private static List<Object> list(Array array) throws SQLException {
    List<Object> list = new ArrayList<>();
    for (Object element : (Object[]) array.getArray()) {
      list.add(element);
    }
    return list;
  }

  /** A statement without rows. */
  record Effect(String tag, Runnable effect) implements PreparedQuery {
    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      return List.of();
    }

    @Override
    public Answer run(List<Object> parameters) {
      effect.run();
      return ListAnswer.empty();
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
