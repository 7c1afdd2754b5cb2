package tidemark.gateway.dictionary;

/**
 * A piece of a statement.
 *
 * @param text as it goes on; words that are not quoted are in lower case
 */
record Token(Kind kind, String text) {
  enum Kind {
    /** A name or a key word. */
    WORD,
    /** A name in double quotes, with them. */
    QUOTED,
    /** A text in single quotes or dollars, with them and what stands before. */
    STRING,
    NUMBER,
    /** {@code $1}. */
    PARAMETER,
    /** Made of {@code + - * / < > = ~ ! @ # % ^ & | ` ?} or {@code ::}. */
    OPERATOR,
    /** A bracket, comma, semicolon, dot or colon. */
    MARK
  }

  boolean is(String word) {
    return text.equals(word) && kind != Kind.STRING;
  }

  /** Whether it is this name, quoted or not. */
  boolean names(String name) {
    return (kind == Kind.WORD && text.equals(name))
        || (kind == Kind.QUOTED && text.length() == name.length() + 2 && text.contains(name));
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  /** Without quotes. */
  String name() {
    return kind == Kind.QUOTED ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
  }
}
