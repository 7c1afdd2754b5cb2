package tidemark.serde.definition;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.state.definition.Definition;

/**
 * Key of a definition's record: {@code kind/org/name/version}, as in {@code
 * rule/acme/by-service/3}.
 *
 * <p>Of the org, letters, digits, {@code -}, {@code .}, {@code _} and {@code ~} stand for
 * themselves, and every other byte of its UTF-8 is {@code %} and two upper case hexadecimal digits.
 * So each key has one text, and each text at most one key. A heartbeat in the same topic has the
 * key {@value #HEARTBEAT}, which is none of these.
 */
public record DefinitionKey(Definition.Kind kind, String org, String name, int version) {
  /** Key of heartbeats in the control topic: of those, compaction keeps the last. */
  public static final String HEARTBEAT = "heartbeat";

  private static final Pattern TEXT =
      Pattern.compile("(rule|monitor)/([^/]{1,4096})/([a-zA-Z0-9_.-]{1,64})/([1-9]\\d{0,9})");
  private static final String PLAIN = "-._~";

  public DefinitionKey {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(org, "org");
    Objects.requireNonNull(name, "name");
  }

  public static DefinitionKey of(Definition definition) {
    return new DefinitionKey(
        definition.kind(), definition.org(), definition.name(), definition.version());
  }

  /**
   * @throws IllegalArgumentException if the text is not exactly what {@link #text} gives
   */
  public static DefinitionKey parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches() && Long.parseLong(matcher.group(4)) <= Integer.MAX_VALUE) {
      Definition.Kind kind =
          matcher.group(1).equals(Definition.Kind.RULE.label())
              ? Definition.Kind.RULE
              : Definition.Kind.MONITOR;
      DefinitionKey key =
          new DefinitionKey(
              kind,
              decoded(matcher.group(2)),
              matcher.group(3),
              Integer.parseInt(matcher.group(4)));
      if (key.text().equals(text)) {
        return key;
      }
    }
    throw new IllegalArgumentException(
        "a definition's key must be kind/org/name/version, got '%s'".formatted(text));
  }

  /**
   * @throws IllegalArgumentException if the org cannot be written as UTF-8
   */
  public String text() {
    return "%s/%s/%s/%d".formatted(kind.label(), encoded(org), name, version);
  }

  private static String encoded(String org) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(org));
      StringBuilder text = new StringBuilder();
      while (bytes.hasRemaining()) {
        int value = bytes.get() & 0xFF;
        if (isPlain(value)) {
          text.append((char) value);
        } else {
          text.append("%%%02X".formatted(value));
        }
      }
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("an org must be encodable as UTF-8", e);
    }
  }

  private static boolean isPlain(int value) {
    return (value >= 'a' && value <= 'z')
        || (value >= 'A' && value <= 'Z')
        || (value >= '0' && value <= '9')
        || PLAIN.indexOf(value) >= 0;
  }

  /** Lenient: {@link #parse} compares what comes of it. */
  private static String decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == '%' && at + 2 < text.length()) {
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        bytes.write(high << 4 | low);
        at += 3;
      } else {
        bytes.write(text.charAt(at++));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
