package tidemark.state.definition;

import java.io.Serializable;

/**
 * Text in which each {@code *} stands for any characters, none among them; everything else stands
 * for itself.
 */
public record TextPattern(String text) implements Serializable {
  /** Characters; matching costs their product with those of the candidate at worst. */
  private static final int MAX_LENGTH = 1024;

  public TextPattern {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a pattern must not be empty, use * for any text");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a pattern must have at most %d characters, got %d".formatted(MAX_LENGTH, text.length()));
    }
  }

  /** Whether it matches one text only. */
  public boolean isLiteral() {
    return text.indexOf('*') < 0;
  }

  /** Costs the product of both lengths at worst. */
  public boolean matches(String candidate) {
    int at = 0;
    int star = -1;
    int starCandidate = 0;
    int from = 0;
    while (from < candidate.length()) {
      if (at < text.length() && text.charAt(at) == '*') {
        star = at++;
        starCandidate = from;
      } else if (at < text.length() && text.charAt(at) == candidate.charAt(from)) {
        at++;
        from++;
      } else if (star >= 0) {
        at = star + 1; // let the last star take one character more
        from = ++starCandidate;
      } else {
        return false;
      }
    }
    while (at < text.length() && text.charAt(at) == '*') {
      at++;
    }
    return at == text.length();
  }
}
