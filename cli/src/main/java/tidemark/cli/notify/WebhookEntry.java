package tidemark.cli.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.cli.definition.DurationText;
import tidemark.cli.notify.Webhook.Late;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.VerdictStatus;

/**
 * Reads an entry of a file, with the defaults of {@code docs/alerts.md}. Messages name the field,
 * and show neither addresses nor values of headers.
 *
 * @param environment stands in for {@code ${NAME}}
 */
record WebhookEntry(Map<String, String> environment) {
  private static final Set<String> FIELDS =
      Set.of(
          "name", "url", "orgs", "monitors", "statuses", "headers", "timeout", "retry_for", "late");
  private static final String ALL = "all";

  /** Those that an alert can have. */
  private static final Set<VerdictStatus> STATUSES =
      EnumSet.of(VerdictStatus.OK, VerdictStatus.WARN, VerdictStatus.ALERT, VerdictStatus.NO_DATA);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final String OPENING = "${";
  private static final Set<String> OUR_HEADERS =
      Set.of(
          WebhookClient.CONTENT_TYPE.toLowerCase(Locale.ROOT),
          WebhookClient.IDEMPOTENCY_KEY.toLowerCase(Locale.ROOT),
          WebhookClient.ORG.toLowerCase(Locale.ROOT));
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration RETRY_FOR = Duration.ofMinutes(10);
  private static final Duration MAX_RETRY_FOR = Duration.ofHours(24);

  /**
   * @throws IllegalArgumentException if it is not right
   */
  Webhook webhook(JsonNode entry) {
    if (!(entry instanceof ObjectNode given)) {
      throw new IllegalArgumentException("a webhook must have fields");
    }
    for (String field : (Iterable<String>) given::fieldNames) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "field '%s' is not known, the fields are %s".formatted(field, new TreeSet<>(FIELDS)));
      }
    }
    URI url = url(given);
    return new Webhook(
        name(given),
        url,
        orgs(given),
        texts(given, "monitors", List.of("*")).stream().map(TextPattern::new).toList(),
        statuses(given),
        headers(given, url),
        duration(given, "timeout", TIMEOUT, Duration.ofMillis(1), MAX_TIMEOUT),
        duration(given, "retry_for", RETRY_FOR, Duration.ZERO, MAX_RETRY_FOR),
        late(given));
  }

  private static String name(ObjectNode given) {
    String name = required(given, "name");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "field 'name' must be 1 to 64 letters, digits, _, . or -, got '%s'".formatted(name));
    }
    return name;
  }

  private URI url(ObjectNode given) {
    try {
      URI url = new URI(filled("url", required(given, "url")));
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      boolean isHttp = scheme.equals("http") || scheme.equals("https");
      if (isHttp && url.getHost() != null && url.getUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // told below, without the address
    }
    throw new IllegalArgumentException(
        "field 'url' must be an address such as https://host/path, of http or https and without a "
            + "user: that goes into the header Authorization");
  }

  private static Set<String> orgs(ObjectNode given) {
    JsonNode orgs = given.path("orgs");
    boolean isAll = orgs.isMissingNode() || (orgs.isTextual() && orgs.textValue().equals(ALL));
    if (!isAll && !orgs.isArray()) {
      throw new IllegalArgumentException(
          "field 'orgs' must be a list of texts, or all, got " + orgs);
    }
    return isAll ? Set.of() : new TreeSet<>(texts(given, "orgs", List.of()));
  }

  private static Set<VerdictStatus> statuses(ObjectNode given) {
    EnumSet<VerdictStatus> statuses = EnumSet.noneOf(VerdictStatus.class);
    List<String> known = STATUSES.stream().map(each -> word(each)).toList();
    for (String text : texts(given, "statuses", known)) {
      if (!known.contains(text)) {
        throw new IllegalArgumentException(
            "field 'statuses' must be of %s, got '%s'".formatted(known, text));
      }
      statuses.add(VerdictStatus.valueOf(text.toUpperCase(Locale.ROOT)));
    }
    return statuses;
  }

  private Map<String, String> headers(ObjectNode given, URI url) {
    JsonNode node = given.path("headers");
    Map<String, String> headers = new LinkedHashMap<>();
    if (node.isMissingNode()) {
      return headers;
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("field 'headers' must have a field for each header");
    }
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String field = "headers." + each.getKey();
      if (OUR_HEADERS.contains(each.getKey().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("field '%s' is set by tidemark".formatted(field));
      }
      if (!each.getValue().isTextual()) {
        throw new IllegalArgumentException("field '%s' must be text".formatted(field));
      }
      String value = filled(field, each.getValue().textValue());
      requireSendable(field, url, each.getKey(), value);
      headers.put(each.getKey(), value);
    }
    return headers;
  }

  /** The client's own rules, whose message would show the value. */
  private static void requireSendable(String field, URI url, String name, String value) {
    try {
      HttpRequest.Builder unused = HttpRequest.newBuilder(url).header(name, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "field '%s' cannot be sent: its name is not allowed or its value is not one line of plain text"
              .formatted(field));
    }
  }

  /** With the environment's values in it. */
  private String filled(String field, String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder filled = new StringBuilder();
    int from = 0;
    while (matcher.find()) {
      String value = environment.get(matcher.group(1));
      if (value == null || value.isEmpty()) {
        throw new IllegalArgumentException(
            "field '%s' needs the environment variable %s, which is not set"
                .formatted(field, matcher.group(1)));
      }
      filled.append(literal(field, text.substring(from, matcher.start()))).append(value);
      from = matcher.end();
    }
    return filled.append(literal(field, text.substring(from))).toString();
  }

  private static String literal(String field, String text) {
    if (text.contains(OPENING)) {
      throw new IllegalArgumentException(
          "field '%s' must name environment variables as ${NAME}".formatted(field));
    }
    return text;
  }

  private static Duration duration(
      ObjectNode given, String field, Duration otherwise, Duration least, Duration most) {
    if (!given.has(field)) {
      return otherwise;
    }
    Duration duration = Duration.ofMillis(DurationText.ms(field, given.get(field)));
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "field '%s' must be from %d ms to %d ms, got %s"
              .formatted(field, least.toMillis(), most.toMillis(), given.get(field)));
    }
    return duration;
  }

  private static Late late(ObjectNode given) {
    JsonNode late = given.path("late");
    for (Late each : Late.values()) {
      if (late.isTextual() && late.textValue().equals(word(each))) {
        return each;
      }
    }
    if (!late.isMissingNode()) {
      throw new IllegalArgumentException("field 'late' must be send or skip, got " + late);
    }
    return Late.SEND;
  }

  private static String required(ObjectNode given, String field) {
    if (!given.has(field)) {
      throw new IllegalArgumentException("field '%s' is missing".formatted(field));
    }
    if (!given.get(field).isTextual()) {
      throw new IllegalArgumentException("field '%s' must be text".formatted(field));
    }
    return given.get(field).textValue();
  }

  /** A list of at least one text, or one text for a list of that alone. */
  private static List<String> texts(ObjectNode given, String field, List<String> otherwise) {
    if (!given.has(field)) {
      return otherwise;
    }
    List<String> texts = new ArrayList<>();
    JsonNode node = given.get(field);
    boolean isRight = node.isTextual() || node.isArray();
    for (JsonNode each : node.isTextual() ? List.of(node) : node) {
      texts.add(each.asText());
      isRight &= each.isTextual() && !each.textValue().isEmpty();
    }
    if (!isRight || texts.isEmpty()) {
      throw new IllegalArgumentException(
          "field '%s' must be a list of at least one text, got %s".formatted(field, node));
    }
    return texts;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
