package tidemark.gateway.dictionary;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Cuts a statement into tokens by PostgreSQL's rules: nested comments, {@code E''} texts, dollar
 * quotes, and operators that do not swallow a sign. Comments go away.
 */
final class Lexer {
  private static final String OPERATOR = "+-*/<>=~!@#%^&|`?";
  private static final String RARE_OPERATOR = "~!@#%^&|`?";

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String sql) {
    this.sql = sql;
  }

  /**
   * @throws AskException if a quote or a comment does not end
   */
  static List<Token> tokens(String sql) {
    Lexer lexer = new Lexer(sql);
    while (lexer.at < sql.length()) {
      lexer.step();
    }
    return lexer.tokens;
  }

  private void step() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length() : end;
    } else if (sql.startsWith("/*", at)) {
      skipComment();
    } else if (c == '\'') {
      text(at, at + 1, false);
    } else if (isTextPrefix(c)) {
      text(at, at + 2, Character.toLowerCase(c) == 'e');
    } else if (c == '"') {
      quotedName();
    } else if (c == '$') {
      dollar();
    } else if (Character.isLetter(c) || c == '_') {
      word();
    } else if (isDigit(c) || (c == '.' && isDigit(peek(at + 1)))) {
      number();
    } else if (OPERATOR.indexOf(c) >= 0) {
      operator();
    } else {
      int length = sql.startsWith("::", at) ? 2 : 1;
      add(length == 2 ? Token.Kind.OPERATOR : Token.Kind.MARK, at + length);
    }
  }

  private void add(Token.Kind kind, int end) {
    tokens.add(new Token(kind, sql.substring(at, end)));
    at = end;
  }

  private char peek(int position) {
    return position < sql.length() ? sql.charAt(position) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private boolean isTextPrefix(char c) {
    return "eEbBxXnN".indexOf(c) >= 0 && peek(at + 1) == '\'';
  }

  private void skipComment() {
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else if (at++ >= sql.length()) {
        throw new AskException(SqlState.SYNTAX_ERROR, "unterminated /* comment");
      }
    } while (depth > 0);
  }

  private void text(int start, int from, boolean hasEscapes) {
    int end = from;
    while (true) {
      char c = peek(end);
      if (end >= sql.length()) {
        throw new AskException(SqlState.SYNTAX_ERROR, "unterminated quoted string").at(start + 1);
      }
      if (hasEscapes && c == '\\') {
        end += 2;
      } else if (c == '\'' && peek(end + 1) == '\'') {
        end += 2;
      } else if (c == '\'') {
        add(Token.Kind.STRING, end + 1);
        return;
      } else {
        end++;
      }
    }
  }

  private void quotedName() {
    int end = at + 1;
    while (peek(end) != '"' || peek(end + 1) == '"') {
      if (end >= sql.length()) {
        throw new AskException(SqlState.SYNTAX_ERROR, "unterminated quoted identifier").at(at + 1);
      }
      end += peek(end) == '"' ? 2 : 1;
    }
    add(Token.Kind.QUOTED, end + 1);
  }

  private void dollar() {
    int end = at + 1;
    while (isDigit(peek(end))) {
      end++;
    }
    if (end > at + 1) {
      add(Token.Kind.PARAMETER, end);
      return;
    }
    while (isWordPart(peek(end)) && peek(end) != '$') {
      end++;
    }
    String tag = sql.substring(at, Math.min(end + 1, sql.length()));
    int close = tag.endsWith("$") && tag.length() > 1 ? sql.indexOf(tag, end + 1) : -1;
    if (close < 0) {
      throw new AskException(SqlState.SYNTAX_ERROR, "unterminated dollar-quoted string").at(at + 1);
    }
    String text = sql.substring(end + 1, close);
    tokens.add(new Token(Token.Kind.STRING, "'" + text.replace("'", "''") + "'"));
    at = close + tag.length();
  }

  private void word() {
    int end = at;
    while (isWordPart(peek(end))) {
      end++;
    }
    String word = sql.substring(at, end).toLowerCase(Locale.ROOT);
    tokens.add(new Token(Token.Kind.WORD, word));
    at = end;
  }

  private void number() {
    int end = at;
    while (isDigit(peek(end)) || peek(end) == '.') {
      end++;
    }
    boolean isExponent = peek(end) == 'e' || peek(end) == 'E';
    int digits = end + 1 + (peek(end + 1) == '+' || peek(end + 1) == '-' ? 1 : 0);
    if (isExponent && isDigit(peek(digits))) {
      end = digits;
      while (isDigit(peek(end))) {
        end++;
      }
    }
    add(Token.Kind.NUMBER, end);
  }

  private void operator() {
    int end = at;
    while (OPERATOR.indexOf(peek(end)) >= 0
        && peek(end) != '\0'
        && !sql.startsWith("--", end)
        && !sql.startsWith("/*", end)) {
      end++;
    }
    while (end > at + 1
        && (sql.charAt(end - 1) == '+' || sql.charAt(end - 1) == '-')
        && sql.substring(at, end).chars().noneMatch(c -> RARE_OPERATOR.indexOf(c) >= 0)) {
      end--;
    }
    add(Token.Kind.OPERATOR, end);
  }
}
