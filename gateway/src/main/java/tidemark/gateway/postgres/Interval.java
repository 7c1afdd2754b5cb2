package tidemark.gateway.postgres;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An interval as PostgreSQL keeps it; the three do not turn into each other.
 *
 * @param months whole
 * @param days whole
 * @param micros of the time of day, any number of hours
 */
record Interval(int months, int days, long micros) {
  private static final long SECOND = 1_000_000L;
  private static final long HOUR = 3_600 * SECOND;
  private static final Pattern PART =
      Pattern.compile(
          "\\s*(?:([+-]?)(\\d{1,10}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,9}))?)?"
              + "|([+-]?\\d{1,18}(?:\\.\\d{1,9})?)\\s*([a-zA-Z]+))\\s*");
  private static final Pattern ISO =
      Pattern.compile(
          "P(?:(-?\\d+)Y)?(?:(-?\\d+)M)?(?:(-?\\d+)W)?(?:(-?\\d+)D)?"
              + "(?:T(?:(-?\\d+)H)?(?:(-?\\d+)M)?(?:(-?\\d+(?:\\.\\d{1,9})?)S)?)?");
  private static final String[] ISO_UNITS = {"y", "mon", "w", "d", "h", "min", "s"};

  /**
   * Reads {@code 1 year 2 mons 3 days 04:05:06.7}, units in words, and ISO 8601.
   *
   * @throws DateTimeException if it is no interval
   * @throws ArithmeticException if it is too long
   */
  static Interval parse(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("P")) {
      return parseIso(stripped);
    }
    Sum sum = new Sum();
    Matcher matcher = PART.matcher(stripped);
    int end = 0;
    while (end < stripped.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new DateTimeException("no interval");
      }
      if (matcher.group(7) == null) {
        sum.addClock(matcher);
      } else {
        sum.add(new BigDecimal(matcher.group(6)), matcher.group(7));
      }
      end = matcher.end();
    }
    if (end == 0) {
      throw new DateTimeException("no interval");
    }
    return sum.interval();
  }

  private static Interval parseIso(String text) {
    Matcher matcher = ISO.matcher(text);
    if (!matcher.matches() || text.length() < 3) {
      throw new DateTimeException("no interval");
    }
    Sum sum = new Sum();
    for (int i = 0; i < ISO_UNITS.length; i++) {
      if (matcher.group(i + 1) != null) {
        sum.add(new BigDecimal(matcher.group(i + 1)), ISO_UNITS[i]);
      }
    }
    return sum.interval();
  }

  /** Adds parts up; lives for one parse. */
  private static final class Sum {
    private long months;
    private long days;
    private long micros;

    void addClock(Matcher matcher) {
      long seconds = matcher.group(4) == null ? 0 : Long.parseLong(matcher.group(4));
      String fraction = matcher.group(5) == null ? "" : matcher.group(5);
      long part =
          Math.multiplyExact(Long.parseLong(matcher.group(2)), HOUR)
              + Long.parseLong(matcher.group(3)) * 60 * SECOND
              + seconds * SECOND
              + Long.parseLong((fraction + "000000").substring(0, 6));
      micros = Math.addExact(micros, "-".equals(matcher.group(1)) ? -part : part);
    }

    void add(BigDecimal number, String unit) {
      switch (unit.toLowerCase(Locale.ROOT)) {
        case "y", "yr", "yrs", "year", "years" -> addMonths(number, 12);
        case "mon", "mons", "month", "months" -> addMonths(number, 1);
        case "w", "week", "weeks" -> addDays(number, 7);
        case "d", "day", "days" -> addDays(number, 1);
        case "h", "hr", "hrs", "hour", "hours" -> addMicros(number, HOUR);
        case "m", "min", "mins", "minute", "minutes" -> addMicros(number, 60 * SECOND);
        case "s", "sec", "secs", "second", "seconds" -> addMicros(number, SECOND);
        case "ms", "msec", "millisecond", "milliseconds" -> addMicros(number, 1_000);
        case "us", "usec", "microsecond", "microseconds" -> addMicros(number, 1);
        default -> throw new DateTimeException("no unit of an interval");
      }
    }

    private void addMonths(BigDecimal number, long each) {
      months = Math.addExact(months, number.multiply(BigDecimal.valueOf(each)).longValueExact());
    }

    private void addDays(BigDecimal number, long each) {
      days = Math.addExact(days, number.multiply(BigDecimal.valueOf(each)).longValueExact());
    }

    private void addMicros(BigDecimal number, long each) {
      BigDecimal part = number.multiply(BigDecimal.valueOf(each));
      micros = Math.addExact(micros, part.setScale(0, RoundingMode.HALF_EVEN).longValueExact());
    }

    Interval interval() {
      return new Interval(Math.toIntExact(months), Math.toIntExact(days), micros);
    }
  }

  /** As PostgreSQL writes it in the style {@code postgres}. */
  String text() {
    StringBuilder text = new StringBuilder();
    boolean wasNegative = append(text, false, months / 12, "year");
    wasNegative = append(text, wasNegative, months % 12, "mon");
    wasNegative = append(text, wasNegative, days, "day");
    if (micros != 0 || text.isEmpty()) {
      appendClock(text, wasNegative);
    }
    return text.toString();
  }

  private static boolean append(StringBuilder text, boolean wasNegative, int value, String unit) {
    if (value == 0) {
      return wasNegative;
    }
    text.append(text.isEmpty() ? "" : " ").append(wasNegative && value > 0 ? "+" : "");
    text.append(value).append(' ').append(unit).append(value == 1 ? "" : "s");
    return value < 0;
  }

  private void appendClock(StringBuilder text, boolean wasNegative) {
    text.append(text.isEmpty() ? "" : " ");
    text.append(micros < 0 ? "-" : wasNegative ? "+" : "");
    // The least long has no positive twin; the quotients have.
    long hours = Math.abs(micros / HOUR);
    int rest = (int) (Math.abs(micros % HOUR) / SECOND);
    text.append(hours < 10 ? "0" : "").append(hours).append(':');
    PostgresTime.pad(text, rest / 60, 2);
    PostgresTime.pad(text.append(':'), rest % 60, 2);
    PostgresTime.fraction(text, (int) Math.abs(micros % SECOND));
  }
}
