package tidemark.gateway.dictionary;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.ValueType;

/** Asks a session, and writes what it answers as text. */
final class Answers {
  private Answers() {}

  /** Rows without the names of columns: values separated by {@code |}, null empty. */
  static List<String> rows(DictionarySession session, String sql, Object... parameters) {
    List<String> lines = lines(session, sql, List.of(parameters));
    return lines.subList(1, lines.size());
  }

  /** Names and types of columns, then rows. */
  static List<String> lines(DictionarySession session, String sql, List<Object> parameters) {
    List<String> lines = new ArrayList<>();
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(typed(query.parameterTypes(), parameters))) {
      lines.add(
          query.columns().stream()
              .map(c -> c.name() + " " + PostgresTypes.nameOf(c.type()))
              .collect(Collectors.joining("|")));
      while (answer.next()) {
        StringBuilder row = new StringBuilder();
        for (int column = 0; column < answer.columns().size(); column++) {
          row.append(column == 0 ? "" : "|").append(text(answer, column));
        }
        lines.add(row.toString());
      }
    }
    return lines;
  }

  private static List<Object> typed(List<ValueType> types, List<Object> parameters) {
    List<Object> typed = new ArrayList<>();
    for (int index = 0; index < parameters.size(); index++) {
      Object value = parameters.get(index);
      boolean isOid = types.get(index) == ValueType.OID && value instanceof String;
      typed.add(isOid ? Long.valueOf((String) value) : value);
    }
    return typed;
  }

  private static String text(Answer answer, int index) {
    Object value = answer.value(index);
    Column column = answer.columns().get(index);
    if (value == null) {
      return "";
    }
    if (column.type() == ValueType.BOOL) {
      return (boolean) value ? "t" : "f";
    }
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"))
        : value.toString();
  }
}
