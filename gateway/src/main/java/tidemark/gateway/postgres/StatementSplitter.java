package tidemark.gateway.postgres;

import java.util.Optional;

/**
 * Cuts a query string at the semicolons that part statements, one at a time: a string of 16 MB may
 * hold millions, and they must not all be there at once.
 */
final class StatementSplitter {
  private final String sql;
  private final SqlScanner scanner;
  private int countedTo;
  private int codePoints;

  StatementSplitter(String sql) {
    this.sql = sql;
    this.scanner = new SqlScanner(sql);
  }

  /**
   * One statement, without white space around it.
   *
   * @param offset of its first character in the query string, in code points from 0
   */
  record Piece(String sql, int offset) {}

  /** The next statement that holds more than blanks and comments; empty behind the last. */
  Optional<Piece> next() {
    int start = scanner.end();
    boolean isEmpty = true;
    while (true) {
      SqlScanner.Kind kind = scanner.next();
      boolean isEnd = kind == SqlScanner.Kind.END;
      if (isEnd || scanner.isSymbol(';')) {
        if (!isEmpty) {
          return Optional.of(piece(start, scanner.start()));
        }
        if (isEnd) {
          return Optional.empty();
        }
        start = scanner.end();
      } else if (kind != SqlScanner.Kind.BLANK) {
        isEmpty = false;
      }
    }
  }

  private Piece piece(int start, int end) {
    String whole = sql.substring(start, end);
    String text = whole.stripLeading();
    int from = start + whole.length() - text.length();
    codePoints += sql.codePointCount(countedTo, from);
    countedTo = from;
    return new Piece(text.stripTrailing(), codePoints);
  }
}
