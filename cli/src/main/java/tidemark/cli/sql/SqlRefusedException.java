package tidemark.cli.sql;

/**
 * The gateway has refused a statement, or an answer broke on its way, for a reason that it told.
 */
public final class SqlRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sqlState;
  private final String hint;
  private final int position;

  /**
   * @param hint empty if there is none
   * @param position in characters of the statement, from 1; 0 if there is none
   */
  SqlRefusedException(String message, String sqlState, String hint, int position) {
    super(message);
    this.sqlState = sqlState;
    this.hint = hint;
    this.position = position;
  }

  public String sqlState() {
    return sqlState;
  }

  /** For people: message, place, hint and code, a line each. */
  public String describe(String sql) {
    StringBuilder text = new StringBuilder("error: ").append(getMessage()).append('\n');
    if (position > 0 && position <= sql.codePointCount(0, sql.length()) + 1) {
      text.append(place(sql, sql.offsetByCodePoints(0, position - 1)));
    }
    if (!hint.isEmpty()) {
      text.append("hint: ").append(hint).append('\n');
    }
    return text.append("SQLSTATE ").append(sqlState).append('\n').toString();
  }

  /** The line of that place, and a caret below it. */
  private static String place(String sql, int at) {
    int start = sql.lastIndexOf('\n', at - 1) + 1;
    int end = sql.indexOf('\n', at);
    String line = sql.substring(start, end < 0 ? sql.length() : end);
    String label = "line %d: ".formatted(sql.substring(0, start).lines().count() + 1);
    int column = label.length() + sql.codePointCount(start, at);
    return label + line.replace('\t', ' ') + "\n" + " ".repeat(column) + "^\n";
  }
}
