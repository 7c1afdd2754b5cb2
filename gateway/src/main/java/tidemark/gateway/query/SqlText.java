package tidemark.gateway.query;

import java.util.Collection;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import tidemark.state.definition.TagCondition;

/** Values as SQL of the engine. */
final class SqlText {
  private SqlText() {}

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  static String texts(Collection<String> texts) {
    return texts.stream()
        .map(SqlText::literal)
        .collect(Collectors.joining(", ", "[", "]::VARCHAR[]"));
  }

  /** The engine's times end in the year 294246; what never ends, or later, has none. */
  static String time(long ms) {
    return ms > 9_000_000_000_000_000L / 1_000
        ? "NULL::TIMESTAMPTZ"
        : String.format(Locale.ROOT, "make_timestamptz(%d)", Math.multiplyExact(ms, 1000L));
  }

  /** With all its digits, through a text. */
  static String number(double value) {
    return "'" + value + "'::DOUBLE";
  }

  static String number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "NULL::DOUBLE";
  }

  /** As people write it: {@code service!=web*}. */
  static String condition(TagCondition condition) {
    return condition.key() + (condition.isNegated() ? "!=" : "=") + condition.value().text();
  }
}
