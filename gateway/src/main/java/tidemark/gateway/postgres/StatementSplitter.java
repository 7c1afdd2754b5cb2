package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.List;

/** Cuts a query string at the semicolons that part statements. */
final class StatementSplitter {
  private StatementSplitter() {}

  /**
   * One statement, without white space around it.
   *
   * @param offset of its first character in the query string, in code points from 0
   */
  record Piece(String sql, int offset) {}

  /** The statements that hold more than blanks and comments, in order. */
  static List<Piece> split(String sql) {
    List<Piece> pieces = new ArrayList<>();
    SqlScanner scanner = new SqlScanner(sql);
    int start = 0;
    boolean isEmpty = true;
    while (true) {
      SqlScanner.Kind kind = scanner.next();
      boolean isEnd = kind == SqlScanner.Kind.END;
      if (isEnd || scanner.isSymbol(';')) {
        if (!isEmpty) {
          pieces.add(piece(sql, start, scanner.start()));
        }
        if (isEnd) {
          return pieces;
        }
        start = scanner.end();
        isEmpty = true;
      } else if (kind != SqlScanner.Kind.BLANK) {
        isEmpty = false;
      }
    }
  }

  private static Piece piece(String sql, int start, int end) {
    String whole = sql.substring(start, end);
    String text = whole.stripLeading();
    int from = start + whole.length() - text.length();
    return new Piece(text.stripTrailing(), sql.codePointCount(0, from));
  }
}
