package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.walls.CheckedStatement;
import tidemark.gateway.walls.StatementKind;

/**
 * EXPLAIN: which tiers, ranges and how many files a statement reads, without names of files; with
 * ANALYZE it runs, and rows and time are told.
 */
final class ExplainQuery implements PreparedQuery {
  private static final List<Column> COLUMNS = List.of(new Column("QUERY PLAN", ValueType.TEXT));

  private final QuerySession session;
  private final CheckedStatement checked;

  ExplainQuery(QuerySession session, CheckedStatement checked) {
    this.session = session;
    this.checked = checked;
  }

  @Override
  public String tag() {
    return "EXPLAIN";
  }

  @Override
  public List<ValueType> parameterTypes() {
    return List.of();
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public Answer run(List<Object> parameters) {
    DataQuery query = new DataQuery(session, checked);
    List<Object[]> rows = new ArrayList<>();
    for (String line : query.explain()) {
      rows.add(new Object[] {line});
    }
    if (checked.kind() == StatementKind.EXPLAIN_ANALYZE) {
      rows.add(new Object[] {runLine(query)});
    }
    return new KeptAnswer(COLUMNS, rows, Provenance.NONE);
  }

  private static String runLine(DataQuery query) {
    long startNanos = System.nanoTime();
    long count = 0;
    try (Answer answer = query.run(List.of())) {
      while (answer.next()) {
        count++;
      }
    }
    return "%d rows in %.1f ms".formatted(count, (System.nanoTime() - startNanos) / 1e6);
  }

  @Override
  public void close() {
    // nothing is held between runs
  }
}
