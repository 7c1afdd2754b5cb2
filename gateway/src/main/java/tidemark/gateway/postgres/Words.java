package tidemark.gateway.postgres;

import java.util.Locale;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** The tokens of one statement, one at a time, for {@link CommandParser}. */
final class Words {
  private static final Set<String> VALUES = Set.of("true", "false", "null");

  /** PostgreSQL cuts longer names off, too. */
  private static final int MAX_NAME = 63;

  private final String sql;
  private final SqlScanner scanner;
  private int previousStart;
  private int previousEnd;

  Words(String sql) {
    this.sql = sql;
    this.scanner = new SqlScanner(sql);
    scanner.nextToken();
  }

  boolean isAtEnd() {
    return scanner.kind() == SqlScanner.Kind.END;
  }

  /** The word that comes next, in lower case; empty if no word does. */
  String peek() {
    return scanner.kind() == SqlScanner.Kind.WORD ? scanner.text().toLowerCase(Locale.ROOT) : "";
  }

  /** The token that comes next, whatever it is, in lower case. */
  String take() {
    String text = scanner.text().toLowerCase(Locale.ROOT);
    advance();
    return text;
  }

  private void advance() {
    previousStart = scanner.start();
    previousEnd = scanner.end();
    scanner.nextToken();
  }

  boolean accept(String word) {
    boolean isNext = peek().equals(word);
    if (isNext) {
      advance();
    }
    return isNext;
  }

  void need(String word) {
    if (!accept(word)) {
      throw syntaxError();
    }
  }

  boolean isSymbol(char symbol) {
    return scanner.isSymbol(symbol);
  }

  boolean acceptSymbol(char symbol) {
    boolean isNext = scanner.isSymbol(symbol);
    if (isNext) {
      advance();
    }
    return isNext;
  }

  void needSymbol(char symbol) {
    if (!acceptSymbol(symbol)) {
      throw syntaxError();
    }
  }

  String name() {
    if (scanner.kind() != SqlScanner.Kind.WORD && scanner.kind() != SqlScanner.Kind.QUOTED_NAME) {
      throw syntaxError();
    }
    String name = scanner.name();
    advance();
    return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
  }

  boolean isNumber() {
    return scanner.kind() == SqlScanner.Kind.NUMBER;
  }

  /** A whole number. */
  long number() {
    try {
      long number = Long.parseLong(scanner.text());
      advance();
      return number;
    } catch (NumberFormatException e) {
      throw syntaxError();
    }
  }

  /** A word, a name, a number or a string, as a setting may have it. */
  String value() {
    String value =
        switch (scanner.kind()) {
          case STRING -> scanner.string();
          case WORD, NUMBER -> scanner.text();
          case QUOTED_NAME -> scanner.name();
          default -> throw syntaxError();
        };
    advance();
    return value;
  }

  /** A constant as text; null if it is NULL. */
  String literal() {
    String sign = acceptSymbol('-') ? "-" : "";
    boolean isWord = VALUES.contains(peek());
    if (!isWord && !isNumber() && scanner.kind() != SqlScanner.Kind.STRING) {
      throw new AskException(
              SqlState.FEATURE_NOT_SUPPORTED, "an argument of EXECUTE must be a constant")
          .at(position(scanner.start()));
    }
    String value = sign + value();
    return value.equalsIgnoreCase("null") && isWord ? null : value;
  }

  /** All behind the last token taken, without white space before it. */
  String rest() {
    if (isAtEnd()) {
      throw syntaxError();
    }
    return sql.substring(scanner.start());
  }

  /** Where {@link #rest} begins, in code points. */
  int offset() {
    return sql.codePointCount(0, scanner.start());
  }

  /** The command, if nothing follows it. */
  Command last(Command command) {
    if (!isAtEnd()) {
      throw syntaxError();
    }
    return command;
  }

  AskException syntaxErrorBefore() {
    return syntaxError(previousStart, previousEnd);
  }

  private AskException syntaxError() {
    return syntaxError(scanner.start(), scanner.end());
  }

  private AskException syntaxError(int start, int end) {
    String what =
        start == end
            ? "syntax error at end of input"
            : "syntax error at or near \"%s\"".formatted(sql.substring(start, end));
    return new AskException(SqlState.SYNTAX_ERROR, what).at(position(start));
  }

  private int position(int at) {
    return sql.codePointCount(0, at) + 1;
  }
}
