package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;

/** Runs statements and keeps their rows. */
final class Asking {
  private Asking() {}

  static List<List<Object>> ask(Session session, String sql, Object... parameters) {
    List<List<Object>> rows = new ArrayList<>();
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of(parameters))) {
      while (answer.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < answer.columns().size(); i++) {
          row.add(answer.value(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
