package tidemark.cli.agent;

/** Tags from names that the machine chose: never empty, never longer than intake takes. */
final class Tags {
  static final int MAX_VALUE_CHARS = 120;
  private static final String UNKNOWN = "unknown";

  private Tags() {}

  /** {@code key:value}, with a name in place of a value that the system does not tell. */
  static String tag(String key, String value) {
    if (value == null || value.isBlank()) {
      return key + ":" + UNKNOWN;
    }
    if (value.length() <= MAX_VALUE_CHARS) {
      return key + ":" + value;
    }
    boolean splitsPair = Character.isHighSurrogate(value.charAt(MAX_VALUE_CHARS - 1));
    return key + ":" + value.substring(0, splitsPair ? MAX_VALUE_CHARS - 1 : MAX_VALUE_CHARS);
  }
}
