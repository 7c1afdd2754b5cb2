package tidemark.gateway.query;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * What a session has set.
 *
 * <pre>
 * as_of              time or number of an epoch: answers are of that version of the tables
 * wait_complete      on: a statement waits until the windows that it asks for are complete
 * resolution         auto, 10s, 1m or 1h: tier of points
 * rule_series        on: series of rules stand in for finer ones where the answer is the same
 * statement_timeout  milliseconds, or a number with a unit; 0 for the gateway's own
 * timezone           UTC
 * </pre>
 *
 * <p>Others, which clients send of their own accord, are kept and change nothing. Not thread-safe.
 */
final class Settings {
  static final String AS_OF = "as_of";
  static final String WAIT_COMPLETE = "wait_complete";
  static final String RESOLUTION = "resolution";
  static final String RULE_SERIES = "rule_series";
  static final String STATEMENT_TIMEOUT = "statement_timeout";
  static final String TIME_ZONE = "timezone";

  /** Those that change what a statement does. */
  static final Set<String> OWN =
      Set.of(AS_OF, WAIT_COMPLETE, RESOLUTION, RULE_SERIES, STATEMENT_TIMEOUT, TIME_ZONE);

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry(AS_OF, ""),
          Map.entry(WAIT_COMPLETE, "off"),
          Map.entry(RESOLUTION, "auto"),
          Map.entry(RULE_SERIES, "on"),
          Map.entry(STATEMENT_TIMEOUT, "0"),
          Map.entry(TIME_ZONE, "UTC"),
          Map.entry("application_name", ""),
          Map.entry("bytea_output", "hex"),
          Map.entry("client_encoding", "UTF8"),
          Map.entry("client_min_messages", "notice"),
          Map.entry("datestyle", "ISO, MDY"),
          Map.entry("default_transaction_isolation", "read committed"),
          Map.entry("default_transaction_read_only", "on"),
          Map.entry("extra_float_digits", "1"),
          Map.entry("intervalstyle", "postgres"),
          Map.entry("lc_messages", "C"),
          Map.entry("lc_monetary", "C"),
          Map.entry("lc_numeric", "C"),
          Map.entry("lc_time", "C"),
          Map.entry("max_identifier_length", "63"),
          Map.entry("search_path", "public"),
          Map.entry("server_encoding", "UTF8"),
          Map.entry("server_version", "16.4"),
          Map.entry("server_version_num", "160004"),
          Map.entry("standard_conforming_strings", "on"),
          Map.entry("transaction_isolation", "read committed"),
          Map.entry("transaction_read_only", "on"));

  private static final Map<String, Integer> RESOLUTIONS =
      Map.of("10s", 10, "10", 10, "1m", 60, "60", 60, "1h", 3600, "3600", 3600);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(us|ms|s|min|h|d|)");

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']HH:mm[:ss]")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .optionalEnd()
          .optionalStart()
          .appendPattern("[XXX][X]")
          .optionalEnd()
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.OFFSET_SECONDS, 0)
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT); // February 30 is no day

  private final Map<String, String> values = new TreeMap<>(DEFAULTS);

  /**
   * @throws AskException 22023 if the value is none that the setting can have
   */
  void set(String name, String value) {
    String checked =
        switch (name) {
          case AS_OF -> checkAsOf(value);
          case WAIT_COMPLETE, RULE_SERIES -> onOrOff(name, value);
          case RESOLUTION -> checkResolution(value);
          case STATEMENT_TIMEOUT -> Long.toString(millis(value));
          case TIME_ZONE -> checkTimeZone(value);
          case "client_encoding" -> checkEncoding(value);
          default -> value;
        };
    values.put(name, checked);
  }

  /** A setting as it was first, or all of them. */
  void reset(String name) {
    if (name.equals("all")) {
      values.clear();
      values.putAll(DEFAULTS);
    } else if (DEFAULTS.containsKey(name)) {
      values.put(name, DEFAULTS.get(name));
    } else {
      values.remove(name);
    }
  }

  /**
   * @throws AskException 42704 if there is no such setting
   */
  String show(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new AskException(
          SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"");
    }
    return value;
  }

  Map<String, String> all() {
    return new TreeMap<>(values);
  }

  /** Number of the epoch that is asked for, if one is. */
  OptionalLong asOfCheckpoint() {
    String value = values.get(AS_OF);
    return !value.isEmpty() && value.chars().allMatch(Character::isDigit)
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }

  /** Time that is asked for, if one is. */
  Optional<Instant> asOfTime() {
    String value = values.get(AS_OF);
    return value.isEmpty() || asOfCheckpoint().isPresent()
        ? Optional.empty()
        : Optional.of(parseTime(value));
  }

  boolean isWaiting() {
    return values.get(WAIT_COMPLETE).equals("on");
  }

  /** Whether series of rules may stand in for finer ones. */
  boolean hasRuleSeries() {
    return values.get(RULE_SERIES).equals("on");
  }

  /** Tier in seconds, unless it is left to the gateway. */
  OptionalInt resolution() {
    Integer seconds = RESOLUTIONS.get(values.get(RESOLUTION));
    return seconds == null ? OptionalInt.empty() : OptionalInt.of(seconds);
  }

  /** 0 if the session has none of its own. */
  long statementTimeoutMs() {
    return Long.parseLong(values.get(STATEMENT_TIMEOUT));
  }

  private static String checkAsOf(String value) {
    if (value.isEmpty() || value.matches("\\d{1,18}")) {
      return value;
    }
    return parseTime(value).toString();
  }

  private static Instant parseTime(String value) {
    try {
      return OffsetDateTime.from(TIME.parse(value.strip())).toInstant();
    } catch (DateTimeParseException e) {
      throw new AskException(
          SqlState.INVALID_PARAMETER_VALUE,
          "as_of must be a time such as 2026-03-01 10:00:00Z or the number of an epoch, got "
              + value,
          e);
    }
  }

  private static String onOrOff(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on", "true", "yes", "1" -> "on";
      case "off", "false", "no", "0" -> "off";
      default -> throw invalid(name, "on or off", value);
    };
  }

  private static String checkResolution(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!lower.equals("auto") && !RESOLUTIONS.containsKey(lower)) {
      throw invalid(RESOLUTION, "auto, 10s, 1m or 1h", value);
    }
    return lower;
  }

  private static long millis(String value) {
    Matcher matcher = DURATION.matcher(value.strip());
    if (!matcher.matches()) {
      throw invalid(STATEMENT_TIMEOUT, "milliseconds, or a number with ms, s, min or h", value);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> number / 1000;
      case "s" -> number * 1000;
      case "min" -> number * 60_000;
      case "h" -> number * 3_600_000;
      case "d" -> number * 86_400_000;
      default -> number;
    };
  }

  private static String checkTimeZone(String value) {
    if (!Set.of("utc", "gmt", "etc/utc", "z", "0", "+00", "+00:00").contains(lower(value))) {
      throw new AskException(
              SqlState.FEATURE_NOT_SUPPORTED, "times are shown in UTC, got time zone " + value)
          .withHint("convert in the statement: time AT TIME ZONE 'Europe/Berlin'");
    }
    return "UTC";
  }

  private static String checkEncoding(String value) {
    if (!Set.of("utf8", "utf-8", "unicode").contains(lower(value))) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "client_encoding must be UTF8, got " + value);
    }
    return "UTF8";
  }

  private static String lower(String value) {
    return value.strip().toLowerCase(Locale.ROOT);
  }

  private static AskException invalid(String name, String wanted, String value) {
    return new AskException(
        SqlState.INVALID_PARAMETER_VALUE, "%s must be %s, got %s".formatted(name, wanted, value));
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
