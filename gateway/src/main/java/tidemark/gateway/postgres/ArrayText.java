package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.List;

/** Arrays of one dimension in PostgreSQL's text form: {@code {1,NULL,"a \"b\""}}. */
final class ArrayText {
  /** Of an array that is read: as an object each takes many times the bytes that it came in. */
  private static final int MAX_ELEMENTS = 1_000_000;

  private ArrayText() {}

  /**
   * @param elements null where the element is
   */
  static String text(List<String> elements) {
    StringBuilder text = new StringBuilder("{");
    for (String element : elements) {
      text.append(text.length() > 1 ? "," : "");
      if (element == null) {
        text.append("NULL");
      } else if (needsQuotes(element)) {
        text.append('"').append(element.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      } else {
        text.append(element);
      }
    }
    return text.append('}').toString();
  }

  private static boolean needsQuotes(String element) {
    return element.isEmpty()
        || element.equalsIgnoreCase("NULL")
        || element.chars().anyMatch(c -> "{}\",\\".indexOf(c) >= 0 || Character.isWhitespace(c));
  }

  /**
   * @throws IllegalArgumentException if it is no array of one dimension
   */
  static List<String> parse(String text) {
    String stripped = text.strip();
    if (!stripped.startsWith("{") || !stripped.endsWith("}") || stripped.length() < 2) {
      throw new IllegalArgumentException("an array stands in braces");
    }
    List<String> elements = new ArrayList<>();
    int end = stripped.length() - 1;
    int at = skipBlanks(stripped, 1);
    if (at == end) {
      return elements;
    }
    while (true) {
      StringBuilder element = new StringBuilder();
      boolean isQuoted = at < end && stripped.charAt(at) == '"';
      at = isQuoted ? quoted(stripped, at + 1, end, element) : plain(stripped, at, end, element);
      if (elements.size() == MAX_ELEMENTS) {
        throw new IllegalArgumentException("too many elements");
      }
      elements.add(isQuoted ? element.toString() : unquoted(element.toString().strip()));
      at = skipBlanks(stripped, at);
      if (at == end) {
        return elements;
      }
      if (stripped.charAt(at) != ',') {
        throw new IllegalArgumentException("elements of an array are parted by commas");
      }
      at = skipBlanks(stripped, at + 1);
    }
  }

  private static String unquoted(String element) {
    if (element.isEmpty()) {
      throw new IllegalArgumentException("an empty element of an array stands in quotes");
    }
    return element.equalsIgnoreCase("NULL") ? null : element;
  }

  private static int quoted(String text, int from, int end, StringBuilder element) {
    int at = from;
    while (at < end && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 1 : 0;
      element.append(text.charAt(at++));
    }
    if (at >= end) {
      throw new IllegalArgumentException("a quote in an array does not end");
    }
    return at + 1;
  }

  private static int plain(String text, int from, int end, StringBuilder element) {
    int at = from;
    while (at < end && text.charAt(at) != ',') {
      if ("{}\"".indexOf(text.charAt(at)) >= 0) {
        throw new IllegalArgumentException("only arrays of one dimension are supported");
      }
      at += text.charAt(at) == '\\' && at + 1 < end ? 1 : 0;
      element.append(text.charAt(at++));
    }
    return at;
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
