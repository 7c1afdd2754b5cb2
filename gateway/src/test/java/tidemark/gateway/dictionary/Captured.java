package tidemark.gateway.dictionary;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement as a client sent it, with what a real PostgreSQL 15 with the same relations answered.
 *
 * @param client that sent it, and upon what
 * @param parameters as texts
 */
record Captured(String client, String sql, List<String> parameters) {
  private static final Pattern PARAMETER = Pattern.compile("'((?:[^']|'')*)'");

  /** All of a file: statements end with a semicolon at the end of a line, comments go before. */
  static List<Captured> of(String file) {
    List<Captured> all = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    String client = file;
    List<String> parameters = new ArrayList<>();
    for (String line : Resources.lines(file)) {
      if (line.startsWith("-- parameters:")) {
        Matcher matcher = PARAMETER.matcher(line);
        while (matcher.find()) {
          parameters.add(matcher.group(1).replace("''", "'"));
        }
      } else if (line.startsWith("-- ")) {
        client = line.substring(3);
      } else {
        sql.append(line).append('\n');
        if (line.endsWith(";")) {
          String text = sql.toString().strip();
          all.add(
              new Captured(client, text.substring(0, text.length() - 1), List.copyOf(parameters)));
          sql.setLength(0);
          parameters.clear();
        }
      }
    }
    return all;
  }
}
