package tidemark.gateway.server;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.GatewayException;
import tidemark.gateway.users.LimitsConfig;

/**
 * What the process is told, as a file of {@code key=value} lines: the keys of {@link
 * GatewayConfig}, and
 *
 * <pre>
 * gateway.users-file              users, orgs and secrets (required)
 * gateway.audit-file              audit log (required)
 * gateway.bind-address            127.0.0.1 unless given
 * gateway.postgres-port           5433 unless given; 0 takes a free one
 * gateway.http-port               8090 unless given; 0 takes a free one
 * gateway.tls-keystore            PKCS12 file with one key; without it no TLS
 * gateway.tls-keystore-password   of that file
 * gateway.tls                     offered or required by the PostgreSQL port; offered unless given
 * gateway.feed-bootstrap-servers  brokers of the feed; without it stored rows only
 * gateway.feed-topic              tidemark-feed unless given
 * gateway.control-topic           rules, on the feed's brokers; none unless given: series of rules
 *                                 stand in for no others
 * gateway.verdicts-topic          what monitors say, on the feed's brokers; none unless given
 * gateway.verdict-rows            of these kept in memory at most, those of the newest windows;
 *                                 1000000 unless given
 * gateway.hot-rows                kept in memory at most; 5000000 unless given
 * gateway.result-cache-bytes      256 MiB unless given
 * gateway.max-queries             running at once, of all users; 16 unless given
 * gateway.max-queries-per-org     of these; 8 unless given
 * </pre>
 */
record ServerConfig(
    GatewayConfig tables,
    Path usersFile,
    Path auditFile,
    InetAddress bindAddress,
    int postgresPort,
    int httpPort,
    Optional<Tls> tls,
    Optional<FeedAddress> feed,
    int verdictRows,
    long resultCacheBytes,
    LimitsConfig limits) {

  private static final String PREFIX = "gateway.";

  private static final Set<String> KEYS =
      Set.of(
          "users-file",
          "audit-file",
          "bind-address",
          "postgres-port",
          "http-port",
          "tls-keystore",
          "tls-keystore-password",
          "tls",
          "feed-bootstrap-servers",
          "feed-topic",
          "control-topic",
          "verdicts-topic",
          "verdict-rows",
          "hot-rows",
          "result-cache-bytes",
          "max-queries",
          "max-queries-per-org");

  /** A certificate, and whether clients must use it. */
  record Tls(Path keystore, String password, boolean isRequired) {
    @Override
    public String toString() {
      return "Tls[" + keystore + "]";
    }
  }

  /**
   * Where hot rows, rules and verdicts come from.
   *
   * @param controlTopic empty for no rules
   * @param verdictsTopic empty for no verdicts
   */
  record FeedAddress(
      String bootstrapServers,
      String topic,
      Optional<String> controlTopic,
      Optional<String> verdictsTopic,
      long maxRows) {}

  static ServerConfig read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new GatewayException("the settings cannot be read: " + e.getMessage(), e);
    }
    Map<String, String> values = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return from(values);
  }

  static ServerConfig from(Map<String, String> values) {
    refuseUnknown(values);
    Optional<String> brokers = value(values, "feed-bootstrap-servers");
    for (String topic : List.of("control-topic", "verdicts-topic")) {
      if (brokers.isEmpty() && value(values, topic).isPresent()) {
        throw new GatewayException(PREFIX + topic + " needs gateway.feed-bootstrap-servers");
      }
    }
    long hotRows = number(values, "hot-rows", 5_000_000, 0, Long.MAX_VALUE);
    return new ServerConfig(
        GatewayConfig.from(values),
        Path.of(required(values, "users-file")),
        Path.of(required(values, "audit-file")),
        address(value(values, "bind-address").orElse("127.0.0.1")),
        (int) number(values, "postgres-port", 5433, 0, 65_535),
        (int) number(values, "http-port", 8090, 0, 65_535),
        tls(values),
        brokers.map(
            servers ->
                new FeedAddress(
                    servers,
                    value(values, "feed-topic").orElse("tidemark-feed"),
                    value(values, "control-topic"),
                    value(values, "verdicts-topic"),
                    hotRows)),
        (int) number(values, "verdict-rows", 1_000_000, 1, Integer.MAX_VALUE),
        number(values, "result-cache-bytes", 256L << 20, 0, Long.MAX_VALUE),
        limits(values));
  }

  private static LimitsConfig limits(Map<String, String> values) {
    LimitsConfig unlessGiven = LimitsConfig.DEFAULT;
    return unlessGiven.withQueries(
        (int) number(values, "max-queries", unlessGiven.maxQueries(), 1, Integer.MAX_VALUE),
        (int)
            number(
                values,
                "max-queries-per-org",
                unlessGiven.maxQueriesPerOrg(),
                1,
                Integer.MAX_VALUE));
  }

  private static void refuseUnknown(Map<String, String> values) {
    Set<String> unknown = new TreeSet<>();
    for (String key : values.keySet()) {
      boolean isOurs = key.startsWith(PREFIX) && KEYS.contains(key.substring(PREFIX.length()));
      if (!isOurs && !GatewayConfig.KEYS.contains(key)) {
        unknown.add(key);
      }
    }
    if (!unknown.isEmpty()) {
      throw new GatewayException("unknown settings: " + String.join(", ", unknown));
    }
  }

  private static Optional<Tls> tls(Map<String, String> values) {
    String mode = value(values, "tls").orElse("offered");
    if (!mode.equals("offered") && !mode.equals("required")) {
      throw new GatewayException("gateway.tls must be offered or required, got " + mode);
    }
    Optional<String> keystore = value(values, "tls-keystore");
    if (keystore.isEmpty() && mode.equals("required")) {
      throw new GatewayException("gateway.tls=required needs gateway.tls-keystore");
    }
    return keystore.map(
        path ->
            new Tls(
                Path.of(path), required(values, "tls-keystore-password"), mode.equals("required")));
  }

  private static Optional<String> value(Map<String, String> values, String key) {
    return Optional.ofNullable(values.get(PREFIX + key)).filter(text -> !text.isBlank());
  }

  private static String required(Map<String, String> values, String key) {
    return value(values, key)
        .orElseThrow(() -> new GatewayException(PREFIX + key + " must be given"));
  }

  private static long number(
      Map<String, String> values, String key, long unlessGiven, long min, long max) {
    String text = value(values, key).orElse(Long.toString(unlessGiven));
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new GatewayException(PREFIX + key + " must be a whole number, got " + text, e);
    }
    throw new GatewayException(
        "%s%s must be %d to %d, got %s".formatted(PREFIX, key, min, max, text));
  }

  private static InetAddress address(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new GatewayException(PREFIX + "bind-address is no address: " + name, e);
    }
  }

  InetSocketAddress httpAddress() {
    return new InetSocketAddress(bindAddress, httpPort);
  }
}
