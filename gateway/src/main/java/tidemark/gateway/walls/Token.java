package tidemark.gateway.walls;

import java.util.Locale;

/**
 * A piece of a statement, as DuckDB's lexer cuts it, but for operators, which are one character
 * each here.
 *
 * @param start in UTF-16 units, from 0
 * @param end behind the last one
 * @param text as written, quotes included
 */
record Token(Kind kind, int start, int end, String text) {
  enum Kind {
    WORD,
    QUOTED_NAME,
    /** In single quotes, without a letter before them. */
    STRING,
    /** In dollar quotes, or in single quotes with a letter before them. */
    OTHER_STRING,
    NUMBER,
    PARAMETER,
    SYMBOL
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && text.charAt(0) == symbol;
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }

  /** What a name or a string says, without quotes. */
  String value() {
    return switch (kind) {
      case QUOTED_NAME -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
      case STRING -> text.substring(1, text.length() - 1).replace("''", "'");
      case WORD, OTHER_STRING, NUMBER, PARAMETER, SYMBOL -> text;
    };
  }

  String lowerCase() {
    return value().toLowerCase(Locale.ROOT);
  }
}
