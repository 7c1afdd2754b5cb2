package tidemark.gateway;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows as psql prints them: aligned columns, numbers to the right, a count below. */
final class TextTable {
  private static final int MAX_BLOB_BYTES = 16;

  /** Columns of EXPLAIN, whose second is a drawing. */
  private static final List<String> PLAN = List.of("explain_key", "explain_value");

  private TextTable() {}

  static void print(QueryResult result, PrintStream out) {
    if (result.columns().equals(PLAN)) {
      result.rows().forEach(row -> out.println(row.get(1)));
      return;
    }
    List<List<String>> cells = new ArrayList<>();
    result.rows().forEach(row -> cells.add(row.stream().map(TextTable::text).toList()));
    int width = result.columns().size();
    int[] widths = new int[width];
    boolean[] isNumber = new boolean[width];
    for (int column = 0; column < width; column++) {
      int at = column;
      widths[at] = length(result.columns().get(at));
      cells.forEach(row -> widths[at] = Math.max(widths[at], length(row.get(at))));
      isNumber[at] =
          result.rows().stream()
              .allMatch(row -> row.get(at) == null || row.get(at) instanceof Number);
    }
    out.println(line(result.columns(), widths, new boolean[width]));
    List<String> rules = new ArrayList<>();
    for (int columnWidth : widths) {
      rules.add("-".repeat(columnWidth + 2));
    }
    out.println(String.join("+", rules));
    cells.forEach(row -> out.println(line(row, widths, isNumber)));
    out.println(result.rows().size() == 1 ? "(1 row)" : "(" + result.rows().size() + " rows)");
  }

  private static String line(List<String> cells, int[] widths, boolean[] isNumber) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(widths[column] - length(cell));
      line.append(column == 0 ? " " : " | ");
      line.append(isNumber[column] ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  /** In characters that a terminal shows, so that a surrogate pair counts once. */
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String text(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof byte[] bytes) {
      String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_BLOB_BYTES));
      return "\\x" + hex + (bytes.length > MAX_BLOB_BYTES ? "… " + bytes.length + " B" : "");
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof OffsetDateTime time) {
      return time.toString();
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> printable(entry.getKey()) + ":" + printable(entry.getValue()))
          .collect(Collectors.joining(", "));
    }
    return printable(value);
  }

  /** Control characters, in a tag say, must not reach a terminal. */
  private static String printable(Object value) {
    return String.valueOf(value).replaceAll("\\p{Cntrl}", " ");
  }
}
