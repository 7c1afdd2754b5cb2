package tidemark.gateway.postgres;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates and times as PostgreSQL counts and writes them: days and microseconds from 2000-01-01,
 * {@code 2024-01-02 03:04:05.678+00}, years before 1 with {@code BC}, the first and the last date
 * of Java as {@code -infinity} and {@code infinity}. What is finer than a microsecond is cut off.
 */
final class PostgresTime {
  static final int INFINITE_DAYS = Integer.MAX_VALUE;
  static final int MINUS_INFINITE_DAYS = Integer.MIN_VALUE;

  private static final LocalDate EPOCH = LocalDate.of(2000, 1, 1);
  private static final LocalDateTime EPOCH_TIME = EPOCH.atStartOfDay();
  private static final String CLOCK = "(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?";
  private static final Pattern TIME = Pattern.compile(CLOCK);
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "\\+?(\\d{1,6})-(\\d{1,2})-(\\d{1,2})(?:[ T]+"
              + CLOCK
              + ")?\\s*(Z|z|UTC|GMT|[+-]\\d{1,2}(?::?\\d{2}(?::?\\d{2})?)?)?\\s*(BC|bc|AD|ad)?");

  private PostgresTime() {}

  static int days(LocalDate date) {
    if (date.equals(LocalDate.MAX)) {
      return INFINITE_DAYS;
    }
    if (date.equals(LocalDate.MIN)) {
      return MINUS_INFINITE_DAYS;
    }
    return Math.toIntExact(ChronoUnit.DAYS.between(EPOCH, date));
  }

  static LocalDate date(int days) {
    if (days == INFINITE_DAYS) {
      return LocalDate.MAX;
    }
    return days == MINUS_INFINITE_DAYS ? LocalDate.MIN : EPOCH.plusDays(days);
  }

  static long micros(LocalTime time) {
    return time.toNanoOfDay() / 1_000;
  }

  static LocalTime time(long micros) {
    // PostgreSQL has 24:00, Java has not.
    return micros == 86_400_000_000L
        ? LocalTime.MAX.truncatedTo(ChronoUnit.MICROS)
        : LocalTime.ofNanoOfDay(Math.multiplyExact(micros, 1_000L));
  }

  static long micros(LocalDateTime time) {
    if (time.toLocalDate().equals(LocalDate.MAX)) {
      return Long.MAX_VALUE;
    }
    if (time.toLocalDate().equals(LocalDate.MIN)) {
      return Long.MIN_VALUE;
    }
    long seconds = EPOCH_TIME.until(time.truncatedTo(ChronoUnit.SECONDS), ChronoUnit.SECONDS);
    return Math.addExact(
        Math.multiplyExact(seconds, 1_000_000L), time.get(ChronoField.MICRO_OF_SECOND));
  }

  static long micros(OffsetDateTime time) {
    return micros(utc(time));
  }

  static LocalDateTime timestamp(long micros) {
    if (micros == Long.MAX_VALUE) {
      return LocalDateTime.MAX;
    }
    return micros == Long.MIN_VALUE
        ? LocalDateTime.MIN
        : EPOCH_TIME
            .plusSeconds(Math.floorDiv(micros, 1_000_000L))
            .plusNanos(Math.floorMod(micros, 1_000_000L) * 1_000L);
  }

  static String text(LocalDate date) {
    if (date.equals(LocalDate.MAX)) {
      return "infinity";
    }
    if (date.equals(LocalDate.MIN)) {
      return "-infinity";
    }
    return day(date) + era(date);
  }

  static String text(LocalTime time) {
    StringBuilder text = new StringBuilder(16);
    clock(text, time);
    return text.toString();
  }

  static String text(LocalDateTime time) {
    LocalDate date = time.toLocalDate();
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return text(date);
    }
    StringBuilder text = new StringBuilder(32).append(day(date)).append(' ');
    clock(text, time.toLocalTime());
    return text.append(era(date)).toString();
  }

  static String text(OffsetDateTime time) {
    LocalDate date = utc(time).toLocalDate();
    if (date.equals(LocalDate.MAX) || date.equals(LocalDate.MIN)) {
      return text(date);
    }
    StringBuilder text = new StringBuilder(32).append(day(date)).append(' ');
    clock(text, utc(time).toLocalTime());
    return text.append("+00").append(era(date)).toString();
  }

  /**
   * @throws DateTimeException if it is no date
   */
  static LocalDate parseDate(String text) {
    return parseTimestamptz(text, true).toLocalDate();
  }

  /**
   * @throws DateTimeException if it is no time of day
   */
  static LocalTime parseTime(String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      throw new DateTimeException("no time of day");
    }
    return clock(matcher, 1);
  }

  /**
   * An offset in the text counts for nothing, as in PostgreSQL.
   *
   * @throws DateTimeException if it is no timestamp
   */
  static LocalDateTime parseTimestamp(String text) {
    return parseTimestamptz(text, true).toLocalDateTime();
  }

  /**
   * Without an offset it is UTC.
   *
   * @throws DateTimeException if it is no timestamp
   */
  static OffsetDateTime parseTimestamptz(String text) {
    return utcOf(parseTimestamptz(text, false));
  }

  static OffsetDateTime atUtc(LocalDateTime time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static OffsetDateTime parseTimestamptz(String text, boolean ignoreOffset) {
    String stripped = text.strip();
    switch (stripped.toLowerCase(Locale.ROOT)) {
      case "infinity", "+infinity" -> {
        return atUtc(LocalDateTime.MAX);
      }
      case "-infinity" -> {
        return atUtc(LocalDateTime.MIN);
      }
      case "epoch" -> {
        return atUtc(LocalDateTime.of(1970, 1, 1, 0, 0));
      }
      default -> {}
    }
    Matcher matcher = TIMESTAMP.matcher(stripped);
    if (!matcher.matches()) {
      throw new DateTimeException("no date");
    }
    int year = Integer.parseInt(matcher.group(1));
    boolean isBeforeChrist = "BC".equalsIgnoreCase(matcher.group(9));
    LocalDate date =
        LocalDate.of(
            isBeforeChrist ? 1 - year : year,
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)));
    LocalTime time = matcher.group(4) == null ? LocalTime.MIDNIGHT : clock(matcher, 4);
    ZoneOffset offset = ignoreOffset ? ZoneOffset.UTC : offset(matcher.group(8));
    return date.atTime(time).atOffset(offset);
  }

  private static ZoneOffset offset(String text) {
    if (text == null || Character.isLetter(text.charAt(0))) {
      return ZoneOffset.UTC;
    }
    String digits = text.substring(1).replace(":", "");
    if (digits.length() % 2 == 1) {
      digits = "0" + digits;
    }
    return ZoneOffset.of(text.charAt(0) + digits);
  }

  private static LocalTime clock(Matcher matcher, int group) {
    String fraction = matcher.group(group + 3);
    return LocalTime.of(
        Integer.parseInt(matcher.group(group)),
        Integer.parseInt(matcher.group(group + 1)),
        matcher.group(group + 2) == null ? 0 : Integer.parseInt(matcher.group(group + 2)),
        fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9)));
  }

  private static LocalDateTime utc(OffsetDateTime time) {
    return utcOf(time).toLocalDateTime();
  }

  private static OffsetDateTime utcOf(OffsetDateTime time) {
    return time.getOffset().equals(ZoneOffset.UTC)
        ? time
        : time.withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static String day(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    StringBuilder text = new StringBuilder(10);
    pad(text, year, 4);
    pad(text.append('-'), date.getMonthValue(), 2);
    pad(text.append('-'), date.getDayOfMonth(), 2);
    return text.toString();
  }

  private static String era(LocalDate date) {
    return date.getYear() > 0 ? "" : " BC";
  }

  private static void clock(StringBuilder text, LocalTime time) {
    pad(text, time.getHour(), 2);
    pad(text.append(':'), time.getMinute(), 2);
    pad(text.append(':'), time.getSecond(), 2);
    fraction(text, time.getNano() / 1_000);
  }

  /** Up to six digits behind a point, none if all are zero. */
  static void fraction(StringBuilder text, int micros) {
    if (micros == 0) {
      return;
    }
    pad(text.append('.'), micros, 6);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    text.setLength(end);
  }

  static void pad(StringBuilder text, int value, int digits) {
    String plain = Integer.toString(value);
    text.append("0".repeat(Math.max(0, digits - plain.length()))).append(plain);
  }
}
