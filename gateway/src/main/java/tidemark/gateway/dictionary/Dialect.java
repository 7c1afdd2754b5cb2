package tidemark.gateway.dictionary;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Writes tokens again as DuckDB's parser takes them. Beside names in lower case:
 *
 * <pre>
 * pg_catalog.x              x
 * OPERATOR(pg_catalog.~)    ~
 * COLLATE "C"               (nothing: texts are ordered by their bytes)
 * ::oid, CAST(x AS oid)     uinteger, which no other type here is
 * </pre>
 */
final class Dialect {
  private final List<Token> tokens;
  private final StringBuilder out = new StringBuilder();

  /** Of each open bracket, whether it is that of a CAST. */
  private final Deque<Boolean> brackets = new ArrayDeque<>();

  private int at;

  private Dialect(List<Token> tokens) {
    this.tokens = withoutCatalog(tokens);
  }

  static String rewrite(List<Token> tokens) {
    Dialect dialect = new Dialect(tokens);
    while (dialect.at < dialect.tokens.size()) {
      dialect.step();
    }
    return dialect.out.toString().strip();
  }

  private static List<Token> withoutCatalog(List<Token> tokens) {
    List<Token> kept = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      boolean isQualifier =
          tokens.get(i).names("pg_catalog")
              && i + 2 < tokens.size()
              && tokens.get(i + 1).is(".")
              && (kept.isEmpty() || !kept.get(kept.size() - 1).is("."));
      if (isQualifier) {
        i++;
      } else {
        kept.add(tokens.get(i));
      }
    }
    return kept;
  }

  private void step() {
    Token token = tokens.get(at);
    if (token.is("operator") && token(1).is("(")) {
      operator();
    } else if (token.is("collate") && token.kind() == Token.Kind.WORD) {
      at += token(2).is(".") ? 4 : 2;
    } else if (token.is("oid") && isType()) {
      write("uinteger");
    } else {
      if (token.is("(")) {
        brackets.push(at > 0 && token(-1).is("cast"));
      } else if (token.is(")") && !brackets.isEmpty()) {
        brackets.pop();
      }
      write(token.text());
    }
  }

  private void write(String text) {
    out.append(text).append(' ');
    at++;
  }

  /** {@code OPERATOR(schema.op)}: what stands before the closing bracket. */
  private void operator() {
    int close = at + 2;
    while (close < tokens.size() && !tokens.get(close).is(")")) {
      close++;
    }
    at = close - 1;
    write(token(0).text());
    at++;
  }

  private boolean isType() {
    return at > 0
        && (token(-1).is("::") || (token(-1).is("as") && !brackets.isEmpty() && brackets.peek()));
  }

  /** The one so many away; an empty mark beyond either end. */
  private Token token(int offset) {
    int index = at + offset;
    return index >= 0 && index < tokens.size() ? tokens.get(index) : new Token(Token.Kind.MARK, "");
  }
}
