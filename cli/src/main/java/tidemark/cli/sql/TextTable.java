package tidemark.cli.sql;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows as psql prints them: aligned columns, numbers to the right, a count below. */
public final class TextTable {
  private TextTable() {}

  /** The rows, and a line of what they reflect. */
  public static void print(SqlAnswer answer, PrintStream out) {
    if (!answer.columns().isEmpty()) {
      printRows(answer, out);
    }
    if (!answer.reflects().isOfNothing()) {
      out.println(answer.reflects().describe());
    }
  }

  private static void printRows(SqlAnswer answer, PrintStream out) {
    List<SqlColumn> columns = answer.columns();
    int[] widths = new int[columns.size()];
    List<String> rules = new ArrayList<>();
    for (int column = 0; column < widths.length; column++) {
      int at = column;
      widths[at] =
          answer.rows().stream()
              .mapToInt(row -> length(row.get(at)))
              .reduce(length(columns.get(at).name()), Math::max);
      rules.add("-".repeat(widths[at] + 2));
    }
    boolean[] isRight = new boolean[widths.length];
    out.println(line(columns.stream().map(SqlColumn::name).toList(), widths, isRight));
    out.println(String.join("+", rules));
    for (int column = 0; column < widths.length; column++) {
      isRight[column] = columns.get(column).isNumber();
    }
    answer.rows().forEach(row -> out.println(line(row, widths, isRight)));
    out.println(answer.rows().size() == 1 ? "(1 row)" : "(" + answer.rows().size() + " rows)");
  }

  private static String line(List<String> cells, int[] widths, boolean[] isRight) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(widths[column] - length(cell));
      line.append(column == 0 ? " " : " | ");
      line.append(isRight[column] ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  /** In characters that a terminal shows, so that a surrogate pair counts once. */
  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
