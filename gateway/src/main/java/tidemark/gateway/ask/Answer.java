package tidemark.gateway.ask;

import java.util.List;

/** The rows of one run, read once, in order. Not thread-safe. */
public interface Answer extends AutoCloseable {
  List<Column> columns();

  /**
   * Goes to the next row.
   *
   * @return false behind the last one
   * @throws AskException if the query fails on the way, is cancelled or meets a limit
   */
  boolean next();

  /**
   * A value of the current row, of the Java type that {@link ValueType} says; may be null.
   *
   * @param column from 0
   */
  Object value(int column);

  /** What the answer reflects; known before the first row. */
  Provenance provenance();

  @Override
  void close();
}
