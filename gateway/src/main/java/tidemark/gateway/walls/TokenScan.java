package tidemark.gateway.walls;

import java.util.ArrayList;
import java.util.List;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.walls.Token.Kind;

/**
 * Cuts a text into tokens as PostgreSQL's lexer does, which DuckDB has as well, and refuses what
 * would cost a parser too much: linear in the text, some 10 ns per character, no recursion.
 *
 * <p>It decides nothing about the meaning of what it lets pass: should it ever cut otherwise than
 * DuckDB, the tree of the same text is what counts.
 */
final class TokenScan {
  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int nesting;
  private boolean hasWindows;

  private TokenScan(String sql) {
    this.sql = sql;
  }

  /**
   * The tokens of one statement, without semicolons at its end; at least one.
   *
   * @throws AskException if there is none or more than one, or it is too large
   */
  static List<Token> scan(String sql) {
    if (sql.length() > WallLimits.TEXT_CHARACTERS) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement may have %d characters, got %d"
              .formatted(WallLimits.TEXT_CHARACTERS, sql.length()));
    }
    TokenScan scan = new TokenScan(sql);
    scan.checkCharacters();
    scan.scanAll();
    return scan.statement();
  }

  private void checkCharacters() {
    for (int i = 0; i < sql.length(); i++) {
      char unit = sql.charAt(i);
      if (unit == 0) {
        throw refuse(SqlState.INVALID_TEXT, "a statement must not contain NUL characters", i);
      }
      if (Character.isHighSurrogate(unit)
          && i + 1 < sql.length()
          && Character.isLowSurrogate(sql.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(unit)) {
        throw refuse(SqlState.INVALID_TEXT, "a statement must be valid Unicode", i);
      }
    }
  }

  private void scanAll() {
    skipSpace();
    while (at < sql.length()) {
      int start = at;
      Kind kind = next();
      tokens.add(new Token(kind, start, at, sql.substring(start, at)));
      checkSize(tokens.get(tokens.size() - 1));
      skipSpace();
    }
  }

  private List<Token> statement() {
    int count = tokens.size();
    while (count > 0 && tokens.get(count - 1).isSymbol(';')) {
      count--;
    }
    for (Token token : tokens.subList(0, count)) {
      if (token.isSymbol(';')) {
        throw refuse(SqlState.SYNTAX_ERROR, "one statement at a time, got several", token.start());
      }
    }
    if (count == 0) {
      throw new AskException(SqlState.SYNTAX_ERROR, "the statement is empty");
    }
    return List.copyOf(tokens.subList(0, count));
  }

  private void checkSize(Token token) {
    int limit =
        switch (token.kind()) {
          case WORD, QUOTED_NAME, PARAMETER -> WallLimits.NAME_CHARACTERS;
          case STRING, OTHER_STRING -> WallLimits.STRING_CHARACTERS;
          case NUMBER -> WallLimits.NUMBER_CHARACTERS;
          case SYMBOL -> 1;
        };
    if (token.text().length() > limit) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a name, string or number of %d characters is too long, %d are allowed"
              .formatted(token.text().length(), limit),
          token.start());
    }
    nest(token);
    hasWindows |= token.isWord("window");
    int most = hasWindows ? WallLimits.TOKENS_WITH_WINDOWS : WallLimits.TOKENS;
    if (tokens.size() > most) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement%s may have %d words and symbols"
              .formatted(hasWindows ? " with a WINDOW clause" : "", most),
          token.start());
    }
  }

  private void nest(Token token) {
    boolean opens =
        token.isSymbol('(') || token.isSymbol('[') || token.isSymbol('{') || token.isWord("case");
    boolean closes =
        token.isSymbol(')') || token.isSymbol(']') || token.isSymbol('}') || token.isWord("end");
    if (opens && ++nesting > WallLimits.NESTING) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement may be nested %d deep".formatted(WallLimits.NESTING),
          token.start());
    }
    if (closes && nesting > 0) {
      nesting--;
    }
  }

  private Kind next() {
    char first = sql.charAt(at);
    if (first == '\'') {
      quoted(at + 1, '\'', false);
      return Kind.STRING;
    }
    if (first == '"') {
      int start = at;
      quoted(at + 1, '"', false);
      checkVisible(start, at);
      return Kind.QUOTED_NAME;
    }
    if (first == '$') {
      return dollar();
    }
    if (isDigit(first)) {
      number();
      return Kind.NUMBER;
    }
    if (isWordStart(first)) {
      return word();
    }
    if (first == '?') {
      throw refuse(SqlState.SYNTAX_ERROR, "a parameter must be $1, $2, ..., got ?", at);
    }
    checkVisible(at, at + 1);
    at++;
    return Kind.SYMBOL;
  }

  private Kind word() {
    int start = at;
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
    checkVisible(start, at);
    // E'..', X'..', B'..' and N'..' are one token
    if (at - start == 1 && at < sql.length() && sql.charAt(at) == '\'') {
      char prefix = Character.toLowerCase(sql.charAt(start));
      if ("exbn".indexOf(prefix) >= 0) {
        quoted(at + 1, '\'', prefix == 'e');
        return Kind.OTHER_STRING;
      }
    }
    return Kind.WORD;
  }

  /** Goes behind the closing quote. */
  private void quoted(int from, char quote, boolean hasEscapes) {
    int start = at;
    for (int i = from; i < sql.length(); i++) {
      char unit = sql.charAt(i);
      if (hasEscapes && unit == '\\') {
        i++;
      } else if (unit == quote) {
        if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
          i++;
        } else {
          at = i + 1;
          return;
        }
      }
    }
    throw refuse(SqlState.SYNTAX_ERROR, "the quote has no end", start);
  }

  private Kind dollar() {
    int start = at;
    int i = at + 1;
    while (i < sql.length() && isDigit(sql.charAt(i))) {
      i++;
    }
    if (i > start + 1) {
      at = i;
      if (sql.charAt(start + 1) == '0') {
        throw refuse(SqlState.UNDEFINED_PARAMETER, "parameters count from $1", start);
      }
      return Kind.PARAMETER;
    }
    while (i < sql.length() && isWordPart(sql.charAt(i)) && sql.charAt(i) != '$') {
      i++;
    }
    if (i == sql.length() || sql.charAt(i) != '$') {
      throw refuse(
          SqlState.SYNTAX_ERROR, "a dollar sign begins a parameter, $1, or a quote, $$", start);
    }
    String tag = sql.substring(start, i + 1);
    int end = sql.indexOf(tag, i + 1);
    if (end < 0) {
      throw refuse(SqlState.SYNTAX_ERROR, "the quote has no end", start);
    }
    at = end + tag.length();
    return Kind.OTHER_STRING;
  }

  private void number() {
    while (at < sql.length()) {
      char unit = sql.charAt(at);
      boolean isSign = unit == '+' || unit == '-';
      char before = sql.charAt(at - (at == 0 ? 0 : 1));
      boolean isExponent =
          isSign
              && (before == 'e' || before == 'E')
              && at + 1 < sql.length()
              && isDigit(sql.charAt(at + 1));
      if (!isWordPart(unit) && unit != '.' && !isExponent) {
        break;
      }
      at++;
    }
  }

  private void skipSpace() {
    while (at < sql.length()) {
      if (isSpace(sql.charAt(at))) {
        at++;
      } else if (sql.startsWith("--", at)) {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
          at++;
        }
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    int start = at;
    int depth = 0;
    do {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
      if (depth > WallLimits.COMMENT_DEPTH) {
        throw refuse(SqlState.STATEMENT_TOO_COMPLEX, "comments are nested too deeply", start);
      }
      if (at >= sql.length() && depth > 0) {
        throw refuse(SqlState.SYNTAX_ERROR, "the comment has no end", start);
      }
    } while (depth > 0);
  }

  /** Spaces that are not ASCII, and characters that nobody sees, belong into strings. */
  private void checkVisible(int from, int to) {
    for (int i = from; i < to; ) {
      int character = sql.codePointAt(i);
      if (Character.isISOControl(character)
          || Character.getType(character) == Character.FORMAT
          || (character >= 0x80 && isUnicodeSpace(character))) {
        throw refuse(
            SqlState.SYNTAX_ERROR, "the character U+%04X is not allowed".formatted(character), i);
      }
      i += Character.charCount(character);
    }
  }

  private static boolean isUnicodeSpace(int character) {
    return Character.isSpaceChar(character) || Character.isWhitespace(character);
  }

  private static boolean isSpace(char unit) {
    return unit == ' ' || (unit >= '\t' && unit <= '\r');
  }

  private static boolean isDigit(char unit) {
    return unit >= '0' && unit <= '9';
  }

  private static boolean isWordStart(char unit) {
    return unit == '_'
        || (unit >= 'a' && unit <= 'z')
        || (unit >= 'A' && unit <= 'Z')
        || unit >= 0x80;
  }

  private static boolean isWordPart(char unit) {
    return isWordStart(unit) || isDigit(unit) || unit == '$';
  }

  private AskException refuse(SqlState state, String message, int offset) {
    return new AskException(state, message).at(TextPlace.position(sql, offset));
  }
}
