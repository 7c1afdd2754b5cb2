package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of the constants that statements are full of, as the engine would find them in a session
 * in UTC, without asking it: a question to the engine costs half a millisecond.
 *
 * <p>Empty says "not certain here, ask the engine", and never "no value". Known are whole numbers,
 * times and dates in ISO form of the years 1900 to 2199, intervals of seconds to weeks, and times
 * plus or minus those.
 */
final class Constants {
  private static final long SECOND_MICROS = 1_000_000L;

  /** Months and years are no fixed time. */
  private static final Map<String, Long> UNIT_MICROS =
      Map.of(
          "second", SECOND_MICROS,
          "minute", 60 * SECOND_MICROS,
          "hour", 3_600 * SECOND_MICROS,
          "day", 86_400 * SECOND_MICROS,
          "week", 604_800 * SECOND_MICROS);

  /** More units than this may not fit the engine's type of the part. */
  private static final long MAX_UNITS = 1_000_000L;

  /** Beyond this a double does not hold every whole number. */
  private static final long MAX_WHOLE = 1L << 53;

  private static final long FROM_MICROS = micros(LocalDateTime.of(1900, 1, 1, 0, 0));
  private static final long TO_MICROS = micros(LocalDateTime.of(2200, 1, 1, 0, 0));

  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)"
              + "(?:[ T](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,6}))?(Z|\\+00(?::00)?)?)?");
  private static final Pattern INTERVAL =
      Pattern.compile("(\\d{1,6}) (second|minute|hour|day|week)s?", Pattern.CASE_INSENSITIVE);
  private static final Pattern DIGITS = Pattern.compile("\\d{1,6}");

  private static final Set<String> WHOLE_TYPES = Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT");
  private static final Set<String> NUMBER_CASTS = Set.of("INTEGER", "BIGINT", "DOUBLE");

  private Constants() {}

  /** A time, microseconds since 1970, as a cast to TIMESTAMPTZ gives it. */
  static OptionalLong timeMicros(JsonNode node) {
    return Statements.text(node).isPresent()
        ? time(Statements.text(node).get(), "TIMESTAMP WITH TIME ZONE")
        : moment(node);
  }

  /** A step of whole seconds above zero. */
  static OptionalLong stepSeconds(JsonNode node) {
    OptionalLong micros =
        Statements.text(node).isPresent()
            ? interval(Statements.text(node).get())
            : intervalMicros(node);
    return micros.isPresent() && micros.getAsLong() > 0 && micros.getAsLong() % SECOND_MICROS == 0
        ? OptionalLong.of(micros.getAsLong() / SECOND_MICROS)
        : OptionalLong.empty();
  }

  static OptionalLong wholeNumber(JsonNode node) {
    JsonNode value = node.path("value");
    long number = value.path("value").asLong();
    boolean isWhole =
        node.path("class").asText().equals("CONSTANT")
            && !value.path("is_null").asBoolean(true)
            && WHOLE_TYPES.contains(value.path("type").path("id").asText())
            && value.path("value").isIntegralNumber()
            && -MAX_WHOLE <= number
            && number <= MAX_WHOLE;
    return isWhole ? OptionalLong.of(number) : OptionalLong.empty();
  }

  /** Something that is a time of itself, not a text that may become one. */
  private static OptionalLong moment(JsonNode node) {
    if (node.path("class").asText().equals("CAST")) {
      String type = node.path("cast_type").path("id").asText();
      JsonNode child = node.path("child");
      return !node.path("try_cast").asBoolean() && Statements.text(child).isPresent()
          ? time(Statements.text(child).get(), type)
          : OptionalLong.empty();
    }
    String name = Statements.functionName(node);
    JsonNode children = node.path("children");
    if (children.size() != 2 || !(name.equals("+") || name.equals("-"))) {
      return OptionalLong.empty();
    }
    OptionalLong start = moment(children.get(0));
    OptionalLong length = intervalMicros(children.get(1));
    if (start.isEmpty() || length.isEmpty()) {
      return OptionalLong.empty();
    }
    return inRange(
        name.equals("+")
            ? start.getAsLong() + length.getAsLong()
            : start.getAsLong() - length.getAsLong());
  }

  private static OptionalLong time(String text, String type) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      return OptionalLong.empty();
    }
    boolean isDate = parts.group(4) == null;
    boolean hasZone = parts.group(8) != null;
    boolean fits =
        switch (type) {
          case "TIMESTAMP WITH TIME ZONE" -> true;
          case "TIMESTAMP" -> !hasZone;
          case "DATE" -> isDate;
          default -> false;
        };
    if (!fits) {
      return OptionalLong.empty();
    }
    try {
      LocalDateTime time =
          LocalDateTime.of(
              number(parts, 1),
              number(parts, 2),
              number(parts, 3),
              isDate ? 0 : number(parts, 4),
              isDate ? 0 : number(parts, 5),
              isDate ? 0 : number(parts, 6));
      String fraction = parts.group(7) == null ? "" : parts.group(7);
      return inRange(micros(time) + Long.parseLong((fraction + "000000").substring(0, 6)));
    } catch (DateTimeException e) {
      return OptionalLong.empty(); // no such day: the engine says so
    }
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }

  private static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), time);
  }

  private static OptionalLong inRange(long micros) {
    return micros >= FROM_MICROS && micros < TO_MICROS
        ? OptionalLong.of(micros)
        : OptionalLong.empty();
  }

  /** Something that is an interval of itself: INTERVAL 5 MINUTE, INTERVAL '5 minutes'. */
  private static OptionalLong intervalMicros(JsonNode node) {
    if (node.path("class").asText().equals("CAST")) {
      JsonNode child = node.path("child");
      boolean isInterval =
          node.path("cast_type").path("id").asText().equals("INTERVAL")
              && !node.path("try_cast").asBoolean()
              && Statements.text(child).isPresent();
      return isInterval ? interval(Statements.text(child).get()) : OptionalLong.empty();
    }
    String name = Statements.functionName(node);
    if (!name.startsWith("to_") || !name.endsWith("s") || node.path("children").size() != 1) {
      return OptionalLong.empty();
    }
    Long unit = UNIT_MICROS.get(name.substring("to_".length(), name.length() - 1));
    OptionalLong units = units(node.path("children").get(0));
    return unit == null || units.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(units.getAsLong() * unit);
  }

  /** The parser casts and cuts off the number of units, which changes no whole number. */
  private static OptionalLong units(JsonNode node) {
    JsonNode inner = node;
    boolean isCast = false;
    while (true) {
      if (inner.path("class").asText().equals("CAST")
          && NUMBER_CASTS.contains(inner.path("cast_type").path("id").asText())) {
        isCast = true;
        inner = inner.path("child");
      } else if (Statements.functionName(inner).equals("trunc")
          && inner.path("children").size() == 1) {
        inner = inner.path("children").get(0);
      } else {
        break;
      }
    }
    if (isCast && Statements.text(inner).filter(DIGITS.asMatchPredicate()).isPresent()) {
      return OptionalLong.of(Long.parseLong(Statements.text(inner).get()));
    }
    OptionalLong whole = wholeNumber(inner);
    return whole.isPresent() && Math.abs(whole.getAsLong()) <= MAX_UNITS
        ? whole
        : OptionalLong.empty();
  }

  private static OptionalLong interval(String text) {
    Matcher parts = INTERVAL.matcher(text);
    return parts.matches()
        ? OptionalLong.of(
            Long.parseLong(parts.group(1))
                * UNIT_MICROS.get(parts.group(2).toLowerCase(Locale.ROOT)))
        : OptionalLong.empty();
  }
}
