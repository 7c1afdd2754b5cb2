package tidemark.gateway.postgres;

import java.util.Locale;

/**
 * PostgreSQL's lexical rules, as far as they say where a token ends: strings with their escapes,
 * quoted names, dollar quotes, nested comments. What does not end ends with the text. Reads each
 * character once; keeps nothing.
 */
final class SqlScanner {
  enum Kind {
    /** White space and comments. */
    BLANK,
    WORD,
    QUOTED_NAME,
    STRING,
    ESCAPE_STRING,
    DOLLAR_STRING,
    NUMBER,
    SYMBOL,
    END
  }

  private final String sql;
  private int start;
  private int end;
  private Kind kind = Kind.BLANK;

  SqlScanner(String sql) {
    this.sql = sql;
  }

  /** Goes to the next token, blanks included; at the end it stays at {@link Kind#END}. */
  Kind next() {
    start = end;
    if (start == sql.length()) {
      kind = Kind.END;
      return kind;
    }
    char c = sql.charAt(start);
    if (Character.isWhitespace(c)) {
      kind = token(Kind.BLANK, start + 1);
    } else if (sql.startsWith("--", start)) {
      kind = token(Kind.BLANK, endOfLine());
    } else if (sql.startsWith("/*", start)) {
      kind = token(Kind.BLANK, endOfComment());
    } else if (c == '\'') {
      kind = token(Kind.STRING, endOfQuoted(start, '\'', false));
    } else if (c == '"') {
      kind = token(Kind.QUOTED_NAME, endOfQuoted(start, '"', false));
    } else if (c == '$') {
      kind = dollar();
    } else if (isWordStart(c)) {
      kind = word();
    } else if (Character.isDigit(c)) {
      kind = token(Kind.NUMBER, endOfNumber());
    } else {
      kind = token(Kind.SYMBOL, start + 1);
    }
    return kind;
  }

  /** Goes to the next token that is no blank. */
  Kind nextToken() {
    while (next() == Kind.BLANK) {
      // Blanks say nothing.
    }
    return kind;
  }

  Kind kind() {
    return kind;
  }

  /** The token as it stands. */
  String text() {
    return sql.substring(start, end);
  }

  /** Where the token begins, in {@code char}s from 0. */
  int start() {
    return start;
  }

  int end() {
    return end;
  }

  boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && sql.charAt(start) == symbol;
  }

  /** The name that the token means; folded to lower case unless it is quoted. */
  String name() {
    return kind == Kind.QUOTED_NAME
        ? unquoted(1, '"')
        : sql.substring(start, end).toLowerCase(Locale.ROOT);
  }

  /** What a plain string means. */
  String string() {
    return unquoted(1, '\'');
  }

  private String unquoted(int skip, char quote) {
    int last = end > start + skip && sql.charAt(end - 1) == quote ? end - 1 : end;
    String one = String.valueOf(quote);
    return sql.substring(start + skip, last).replace(one + one, one);
  }

  private Kind token(Kind found, int foundEnd) {
    end = foundEnd;
    return found;
  }

  private Kind word() {
    int at = start + 1;
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    if (at == start + 1 && at < sql.length() && sql.charAt(at) == '\'') {
      switch (sql.charAt(start)) {
        case 'e', 'E' -> {
          return token(Kind.ESCAPE_STRING, endOfQuoted(at, '\'', true));
        }
        case 'b', 'B', 'x', 'X', 'n', 'N' -> {
          return token(Kind.ESCAPE_STRING, endOfQuoted(at, '\'', false));
        }
        default -> {}
      }
    }
    return token(Kind.WORD, at);
  }

  private Kind dollar() {
    int at = start + 1;
    if (at < sql.length() && Character.isDigit(sql.charAt(at))) {
      return token(Kind.SYMBOL, at);
    }
    while (at < sql.length() && isWordPart(sql.charAt(at)) && sql.charAt(at) != '$') {
      at++;
    }
    if (at == sql.length() || sql.charAt(at) != '$') {
      return token(Kind.SYMBOL, start + 1);
    }
    String tag = sql.substring(start, at + 1);
    int close = sql.indexOf(tag, at + 1);
    return token(Kind.DOLLAR_STRING, close < 0 ? sql.length() : close + tag.length());
  }

  private int endOfQuoted(int quoteAt, char quote, boolean hasBackslashes) {
    int at = quoteAt + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (hasBackslashes && c == '\\') {
        at += 2;
      } else if (c != quote) {
        at++;
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return sql.length();
  }

  private int endOfLine() {
    int at = start;
    while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  private int endOfComment() {
    int depth = 1;
    int at = start + 2;
    while (at < sql.length() && depth > 0) {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
    }
    return Math.min(at, sql.length());
  }

  private int endOfNumber() {
    int at = start + 1;
    while (at < sql.length() && (isWordPart(sql.charAt(at)) || sql.charAt(at) == '.')) {
      boolean isExponent = sql.charAt(at) == 'e' || sql.charAt(at) == 'E';
      at++;
      if (isExponent && at < sql.length() && "+-".indexOf(sql.charAt(at)) >= 0) {
        at++;
      }
    }
    return at;
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || (c >= '0' && c <= '9') || c == '$';
  }
}
