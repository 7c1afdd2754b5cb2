package tidemark.state.definition;

import java.util.regex.Pattern;

/** What all definitions have in common. */
final class DefinitionChecks {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}");

  /**
   * Year 10000: no time or time span of a definition is greater, so that sums of a few of them
   * never overflow.
   */
  static final long MAX_MS = 253_402_300_800_000L;

  private DefinitionChecks() {}

  static void check(String org, String name, int version, long fromMs) {
    if (org.isEmpty()) {
      throw new IllegalArgumentException("org of %s must not be empty".formatted(name));
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a name must be 1 to 64 letters, digits, '_', '.' or '-' and begin with a letter or digit,"
              + " got "
              + name);
    }
    if (version < 1) {
      throw new IllegalArgumentException(
          "version of %s must be at least 1, got %d".formatted(name, version));
    }
    if (fromMs < 0 || fromMs > MAX_MS) {
      throw new IllegalArgumentException(
          "%s must begin at 0 to %d ms, got %d".formatted(name, MAX_MS, fromMs));
    }
  }
}
