package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tidemark.gateway.ask.SqlState;

/**
 * What a client asks. As {@code application/json}:
 *
 * <pre>
 * {"sql": "SELECT ... WHERE ts >= $1",
 *  "parameters": ["2026-03-01T00:00:00Z"],          optional
 *  "settings": {"as_of": "2026-03-01T00:00:00Z"}}   optional, for this statement alone
 * </pre>
 *
 * <p>As {@code text/plain} or {@code application/sql} it is the statement itself. UTF-8 in both.
 *
 * @param settings in their order
 */
record SqlRequest(String sql, List<JsonNode> parameters, Map<String, String> settings) {
  private static final Set<String> MEMBERS = Set.of("sql", "parameters", "settings");
  private static final Pattern SETTING = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,62}");
  private static final int MAX_SETTINGS = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  SqlRequest {
    parameters = List.copyOf(parameters);
  }

  /**
   * @param contentType as the client says; empty if it does not
   * @throws RefusedException 415 or 400
   */
  static SqlRequest read(String contentType, byte[] body) {
    return switch (mediaType(contentType)) {
      case "application/json" -> json(text(body));
      case "text/plain", "application/sql" -> new SqlRequest(text(body), List.of(), Map.of());
      default -> throw unsupported(contentType);
    };
  }

  private static String mediaType(String contentType) {
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.matches("charset=(utf-?8|us-ascii)")) {
        throw unsupported(contentType);
      }
    }
    return parts[0].trim();
  }

  private static RefusedException unsupported(String contentType) {
    return new RefusedException(
        Refusal.of(
                415,
                SqlState.FEATURE_NOT_SUPPORTED,
                "a body must be application/json, text/plain or application/sql in UTF-8, got "
                    + (contentType.isEmpty() ? "no Content-Type" : contentType))
            .withHeader("Accept", "application/json, text/plain, application/sql"));
  }

  private static String text(byte[] body) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a body must be UTF-8");
    }
  }

  private static SqlRequest json(String text) {
    if (!(tree(text) instanceof ObjectNode object) || !object.path("sql").isTextual()) {
      throw malformed("a body must be an object with a text sql");
    }
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!MEMBERS.contains(member.getKey())) {
        throw malformed(
            "a body has sql, parameters and settings, got " + shortened(member.getKey()));
      }
    }
    JsonNode parameters = object.path("parameters");
    JsonNode settings = object.path("settings");
    if (!isMissing(parameters) && !parameters.isArray()) {
      throw malformed("parameters must be an array");
    }
    if (!isMissing(settings) && !settings.isObject()) {
      throw malformed("settings must be an object");
    }
    List<JsonNode> values = new ArrayList<>();
    parameters.forEach(values::add);
    return new SqlRequest(object.get("sql").textValue(), values, settings(settings));
  }

  private static boolean isMissing(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw malformed("a body must be JSON: " + shortened(e.getOriginalMessage()));
    }
  }

  private static Map<String, String> settings(JsonNode node) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (node.size() > MAX_SETTINGS) {
      throw malformed("there may be %d settings, got %d".formatted(MAX_SETTINGS, node.size()));
    }
    for (Map.Entry<String, JsonNode> setting : node.properties()) {
      if (!SETTING.matcher(setting.getKey()).matches()) {
        throw malformed("a setting has no such name: " + shortened(setting.getKey()));
      }
      if (!setting.getValue().isValueNode() || setting.getValue().isNull()) {
        throw malformed("setting %s must be a string".formatted(setting.getKey()));
      }
      settings.put(setting.getKey(), setting.getValue().asText());
    }
    return settings;
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) : text;
  }

  private static RefusedException malformed(String message) {
    return new RefusedException(Refusal.of(400, SqlState.PROTOCOL_VIOLATION, message));
  }

  /** Each setting as a statement. */
  List<String> setStatements() {
    return settings.entrySet().stream()
        .map(s -> "SET %s = '%s'".formatted(s.getKey(), s.getValue().replace("'", "''")))
        .toList();
  }
}
