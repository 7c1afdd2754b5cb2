package tidemark.gateway.ask;

import java.util.List;

/** One checked statement of a session; may run many times. */
public interface PreparedQuery extends AutoCloseable {
  /** The first word of the statement as PostgreSQL tags it: SELECT, SHOW, EXPLAIN, SET, ... */
  String tag();

  /** Types of {@code $1}, {@code $2}, ...; {@link ValueType#TEXT} where nothing tells. */
  List<ValueType> parameterTypes();

  /** What a row holds; empty for a statement without rows, such as SET. */
  List<Column> columns();

  /**
   * Runs it.
   *
   * @param parameters Java values of {@link ValueType}, null included, as many as {@link
   *     #parameterTypes}
   * @throws AskException if it fails, is cancelled or meets a limit
   */
  Answer run(List<Object> parameters);

  @Override
  void close();
}
