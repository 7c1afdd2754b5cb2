package tidemark.gateway.walls;

/** Places in a text: DuckDB counts UTF-8 bytes from 0, Java UTF-16 units, clients characters. */
final class TextPlace {
  private TextPlace() {}

  /** The UTF-16 offset of a UTF-8 offset; the end of the text if it lies behind. */
  static int ofUtf8(String text, long utf8Offset) {
    long bytes = 0;
    int at = 0;
    while (at < text.length() && bytes < utf8Offset) {
      int character = text.codePointAt(at);
      bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
      at += Character.charCount(character);
    }
    return at;
  }

  /** The position that {@link tidemark.gateway.ask.AskException#at} takes of a UTF-16 offset. */
  static int position(String text, int offset) {
    return text.codePointCount(0, Math.min(offset, text.length())) + 1;
  }
}
