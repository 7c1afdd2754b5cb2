package tidemark.gateway.dictionary;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** Rows of the dictionary, as the Java types that their columns promise. */
final class DictionaryAnswer implements Answer {
  /** No dictionary has as many; a product of some of its tables has. */
  static final int MAX_ROWS = 100_000;

  private final List<Column> columns;
  private final ResultSet rows;
  private int count;

  DictionaryAnswer(List<Column> columns, ResultSet rows) {
    this.columns = columns;
    this.rows = rows;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() {
    try {
      boolean hasNext = rows.next();
      if (hasNext && ++count > MAX_ROWS) {
        throw new AskException(
            SqlState.LIMIT_EXCEEDED,
            "an answer of the dictionary may have %d rows".formatted(MAX_ROWS));
      }
      return hasNext;
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }

  @Override
  public Object value(int column) {
    try {
      Object value = rows.getObject(column + 1);
      return value == null ? null : value(value, columns.get(column).type(), column);
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }

  private Object value(Object value, ValueType type, int column) throws SQLException {
    return switch (type) {
      case INT2 -> ((Number) value).shortValue();
      case INT4 -> ((Number) value).intValue();
      case INT8, OID -> ((Number) value).longValue();
      case FLOAT4 -> ((Number) value).floatValue();
      case FLOAT8 -> ((Number) value).doubleValue();
      case NUMERIC -> value instanceof BigInteger i ? new BigDecimal(i) : (BigDecimal) value;
      case TEXT -> value instanceof Array array ? vector(array) : rows.getString(column + 1);
      case NAME, CHAR -> rows.getString(column + 1);
      case BYTEA -> ((Blob) value).getBytes(1, (int) ((Blob) value).length());
      case INT8_ARRAY, OID_ARRAY, INT2_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY -> list((Array) value, type);
      case BOOL, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, UUID -> value;
      case INTERVAL, JSONB -> value.toString();
    };
  }

  private static List<Object> list(Array array, ValueType type) throws SQLException {
    List<Object> list = new ArrayList<>();
    for (Object element : (Object[]) array.getArray()) {
      list.add(element == null ? null : element(element, type));
    }
    return list;
  }

  /** An {@code oidvector} as PostgreSQL writes it. */
  private static String vector(Array array) throws SQLException {
    return list(array, ValueType.OID_ARRAY).stream()
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static Object element(Object element, ValueType type) {
    return switch (type) {
      case INT2_ARRAY -> ((Number) element).intValue();
      case FLOAT8_ARRAY -> ((Number) element).doubleValue();
      case TEXT_ARRAY -> element.toString();
      default -> ((Number) element).longValue();
    };
  }

  @Override
  public Provenance provenance() {
    return Provenance.NONE;
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (SQLException e) {
      throw Errors.of(e);
    }
  }
}
