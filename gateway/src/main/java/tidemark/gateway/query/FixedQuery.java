package tidemark.gateway.query;

import java.util.List;
import java.util.function.Supplier;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;

/** A statement that needs no engine: SET, SHOW and the like. */
final class FixedQuery implements PreparedQuery {
  private final String tag;
  private final List<Column> columns;
  private final Supplier<List<Object[]>> rows;

  FixedQuery(String tag, List<Column> columns, Supplier<List<Object[]>> rows) {
    this.tag = tag;
    this.columns = columns;
    this.rows = rows;
  }

  /** A statement without rows, which does something when it runs. */
  FixedQuery(String tag, Runnable action) {
    this(
        tag,
        List.of(),
        () -> {
          action.run();
          return List.of();
        });
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public List<ValueType> parameterTypes() {
    return List.of();
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public Answer run(List<Object> parameters) {
    return new KeptAnswer(columns, rows.get(), Provenance.NONE);
  }

  @Override
  public void close() {
    // nothing is held
  }
}
