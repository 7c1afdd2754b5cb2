package tidemark.gateway;

/** Points at a place in a statement: its line, and a caret below. */
final class TextPosition {
  private TextPosition() {}

  /** Empty if the offset is none of the text's. */
  static String show(String text, long offset) {
    if (offset < 0 || offset > text.length()) {
      return "";
    }
    int at = (int) offset;
    int lineStart = text.lastIndexOf('\n', at - 1) + 1;
    int lineEnd = text.indexOf('\n', at);
    int lineNumber = (int) text.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
    String prefix = "line " + lineNumber + ": ";
    String line = text.substring(lineStart, lineEnd < 0 ? text.length() : lineEnd);
    return prefix + line + "\n" + " ".repeat(prefix.length() + at - lineStart) + "^";
  }
}
