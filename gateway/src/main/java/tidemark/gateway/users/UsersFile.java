package tidemark.gateway.users;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tidemark.gateway.ask.ScramVerifier;

/**
 * The file of users, JSON in UTF-8:
 *
 * <pre>
 * {"users": {
 *   "alice": {
 *     "org": "shop",
 *     "secret": "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey",   as PostgreSQL keeps it
 *     "limits": {                                   optional, each of them too
 *       "max_sessions": 50,
 *       "max_queries": 8,
 *       "max_rows": 10000000,
 *       "statement_timeout_ms": 60000,
 *       "memory_share": 0.25}}}}
 * </pre>
 *
 * <p>Unknown and doubled keys are refused: a limit with a slip in its name would limit nothing.
 * Messages name users, keys and wrong values, never secrets.
 */
final class UsersFile {
  static final String USERS = "users";
  static final String ORG = "org";
  static final String SECRET = "secret";
  static final String LIMITS = "limits";
  private static final String MAX_SESSIONS = "max_sessions";
  private static final String MAX_QUERIES = "max_queries";
  private static final String MAX_ROWS = "max_rows";
  private static final String STATEMENT_TIMEOUT_MS = "statement_timeout_ms";
  private static final String MEMORY_SHARE = "memory_share";

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Set<PosixFilePermission> FORBIDDEN =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private UsersFile() {}

  /**
   * Reads all of it.
   *
   * @param defaults for what an entry does not name
   * @throws UsersException if others may read it, or it is not as above
   */
  static Map<String, User> read(Path path, UserLimits defaults) {
    Map<String, User> users = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : tree(path).get(USERS).properties()) {
      users.put(entry.getKey(), user(entry.getKey(), entry.getValue(), defaults));
    }
    return Map.copyOf(users);
  }

  /** The file as a tree whose only member is an object of users. */
  static ObjectNode tree(Path path) {
    checkMode(path);
    try {
      JsonNode root = MAPPER.readTree(new String(Files.readAllBytes(path), UTF_8));
      if (root instanceof ObjectNode object && object.get(USERS) instanceof ObjectNode) {
        allowOnly("the file", object, USERS);
        return object;
      }
      throw new UsersException("the file of users must be {\"users\": {...}}");
    } catch (JsonProcessingException e) {
      // Its own message repeats the text around the place, which may be a secret.
      throw new UsersException(
          "the file of users is not JSON, at line %d column %d: %s"
              .formatted(
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
                  "see RFC 8259; keys may appear once"));
    } catch (IOException e) {
      throw new UsersException("the file of users cannot be read: " + e.getMessage(), e);
    }
  }

  private static void checkMode(Path path) {
    try {
      Set<PosixFilePermission> wrong = EnumSet.copyOf(FORBIDDEN);
      wrong.retainAll(Files.getPosixFilePermissions(path));
      if (!wrong.isEmpty()) {
        throw new UsersException(
            "the file of users holds secrets and must not be open to others, found %s: chmod 600 %s"
                .formatted(wrong, path));
      }
    } catch (IOException e) {
      throw new UsersException("the file of users cannot be read: " + e.getMessage(), e);
    }
  }

  private static User user(String name, JsonNode entry, UserLimits defaults) {
    if (!(entry instanceof ObjectNode object)) {
      throw new UsersException("user %s must be an object".formatted(name));
    }
    allowOnly("user " + name, object, ORG, SECRET, LIMITS);
    try {
      return new User(
          name,
          text(name, object, ORG),
          ScramVerifier.parse(text(name, object, SECRET)),
          limits(name, object.get(LIMITS), defaults));
    } catch (IllegalArgumentException e) {
      throw new UsersException("user %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static String text(String name, ObjectNode object, String key) {
    JsonNode value = object.get(key);
    if (value == null || !value.isTextual()) {
      throw new UsersException("user %s must have a text %s".formatted(name, key));
    }
    return value.textValue();
  }

  private static UserLimits limits(String name, JsonNode node, UserLimits defaults) {
    if (node == null) {
      return defaults;
    }
    if (!(node instanceof ObjectNode limits)) {
      throw new UsersException("limits of user %s must be an object".formatted(name));
    }
    allowOnly(
        "limits of user " + name,
        limits,
        MAX_SESSIONS,
        MAX_QUERIES,
        MAX_ROWS,
        STATEMENT_TIMEOUT_MS,
        MEMORY_SHARE);
    return new UserLimits(
        Math.toIntExact(whole(limits, MAX_SESSIONS, defaults.maxSessions(), Integer.MAX_VALUE)),
        Math.toIntExact(whole(limits, MAX_QUERIES, defaults.maxQueries(), Integer.MAX_VALUE)),
        whole(limits, MAX_ROWS, defaults.maxRows(), Long.MAX_VALUE),
        Duration.ofMillis(
            whole(
                limits,
                STATEMENT_TIMEOUT_MS,
                defaults.statementTimeout().toMillis(),
                Integer.MAX_VALUE)),
        share(limits, defaults.memoryShare()));
  }

  /** All of them, as {@link #read} reads them. */
  static void writeLimits(ObjectNode user, UserLimits limits) {
    user.putObject(LIMITS)
        .put(MAX_SESSIONS, limits.maxSessions())
        .put(MAX_QUERIES, limits.maxQueries())
        .put(MAX_ROWS, limits.maxRows())
        .put(STATEMENT_TIMEOUT_MS, limits.statementTimeout().toMillis())
        .put(MEMORY_SHARE, limits.memoryShare());
  }

  private static long whole(ObjectNode limits, String key, long unset, long most) {
    JsonNode value = limits.get(key);
    if (value == null) {
      return unset;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() > most) {
      throw new IllegalArgumentException(
          "%s must be a whole number up to %d, got %s".formatted(key, most, value));
    }
    return value.longValue();
  }

  private static double share(ObjectNode limits, double unset) {
    JsonNode value = limits.get(MEMORY_SHARE);
    if (value == null) {
      return unset;
    }
    if (!value.isNumber()) {
      throw new IllegalArgumentException(
          "%s must be a number, got %s".formatted(MEMORY_SHARE, value));
    }
    return value.doubleValue();
  }

  private static void allowOnly(String what, ObjectNode object, String... keys) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      if (!Set.of(keys).contains(property.getKey())) {
        throw new UsersException(
            "%s must have no other keys than %s, got %s"
                .formatted(what, String.join(", ", keys), property.getKey()));
      }
    }
  }
}
