package tidemark.gateway.server;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.GatewayException;
import tidemark.gateway.http.Health;
import tidemark.gateway.http.HttpConfig;
import tidemark.gateway.http.HttpGateway;
import tidemark.gateway.postgres.PostgresConfig;
import tidemark.gateway.postgres.PostgresLimits;
import tidemark.gateway.postgres.PostgresServer;
import tidemark.gateway.postgres.PostgresTls;
import tidemark.gateway.query.FeedSource;
import tidemark.gateway.query.QueryGateway;
import tidemark.gateway.rules.ControlReader;
import tidemark.gateway.rules.Rules;
import tidemark.gateway.users.AuditConfig;
import tidemark.gateway.users.AuditLog;
import tidemark.gateway.users.GatewayMetrics;
import tidemark.gateway.users.LimitedGateway;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;
import tidemark.gateway.verdicts.VerdictSource;

/** Everything that listens, and what it stands on. */
public final class GatewayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);
  private static final int MAX_CONNECTIONS = 500;
  private static final Duration LOGIN = Duration.ofSeconds(30);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final QueryGateway queries;
  private final Users users;
  private final AuditLog auditLog;
  private final PostgresServer postgres;
  private final HttpGateway http;

  private GatewayServer(ServerConfig config, Rules rules)
      throws IOException, GeneralSecurityException {
    users = Users.open(config.usersFile(), UserLimits.DEFAULT);
    auditLog = keep(AuditLog.open(AuditConfig.at(config.auditFile())));
    queries =
        keep(
            QueryGateway.start(
                config.tables(),
                config
                    .feed()
                    .map(
                        feed ->
                            FeedSource.kafka(
                                feed.bootstrapServers(), feed.topic(), feed.maxRows())),
                rules,
                verdicts(config),
                config.resultCacheBytes()));
    EngineGateway engine = keep(new EngineGateway(queries, users));
    PrometheusRegistry registry = new PrometheusRegistry();
    GatewayMetrics metrics = new GatewayMetrics(registry, GatewayMetrics.OrgLabel.HIDDEN);
    metrics.watch("hot_rows", "rows of the feed in memory", queries::hotRowsHeld);
    metrics.watch("verdict_rows", "verdicts of monitors in memory", queries::verdictRowsHeld);
    metrics.watch("verdicts_dropped", "not kept, for newer ones", queries::verdictsDropped);
    metrics.watch("verdicts_unreadable", "records that were none", queries::verdictsUnreadable);
    metrics.watch(
        "definitions_unreadable", "records of rules and monitors that are none", rules::unreadable);
    metrics.watch(
        "other_tables_in_trouble",
        "tables of other jobs, and the shard map, that cannot be looked at",
        queries::othersInTrouble);
    metrics.watch("result_cache_bytes", "answers kept", queries::cacheBytes);
    metrics.watch("held_bytes", "the engine's memory in open answers", queries::heldBytes);
    LimitedGateway limited =
        keep(new LimitedGateway(engine, users, config.limits(), auditLog, metrics));
    Optional<SSLContext> tls =
        config.tls().isPresent() ? Optional.of(context(config.tls().get())) : Optional.empty();
    HttpConfig httpConfig = HttpConfig.at(config.httpAddress());
    http =
        keep(
            tls.isPresent()
                ? HttpGateway.startWithTls(httpConfig, tls.get(), limited, this::health, registry)
                : HttpGateway.start(httpConfig, limited, this::health, registry));
    postgres =
        keep(
            PostgresServer.start(
                limited,
                new PostgresConfig(
                    config.bindAddress(),
                    config.postgresPort(),
                    MAX_CONNECTIONS,
                    LOGIN,
                    postgresTls(config, tls),
                    Set.of(EngineGateway.DATABASE, "postgres"),
                    PostgresLimits.DEFAULTS)));
  }

  /**
   * Starts, and returns when everything listens.
   *
   * @throws GatewayException if something that is needed is missing, in words for the operator
   */
  static GatewayServer start(ServerConfig config) {
    return start(config, rules(config));
  }

  private static GatewayServer start(ServerConfig config, Rules rules) {
    try {
      return new GatewayServer(config, rules);
    } catch (IOException | GeneralSecurityException e) {
      throw new GatewayException("the gateway did not start: " + e.getMessage(), e);
    }
  }

  /** The same, of settings as the file has them. */
  public static GatewayServer start(Map<String, String> settings) {
    return start(ServerConfig.from(settings));
  }

  /**
   * The same with rules that are known otherwise than from a topic.
   *
   * @param rules closed with it
   */
  public static GatewayServer start(Map<String, String> settings, Rules rules) {
    return start(ServerConfig.from(settings), rules);
  }

  private static Rules rules(ServerConfig config) {
    Optional<String> topic = config.feed().flatMap(ServerConfig.FeedAddress::controlTopic);
    return topic.isPresent()
        ? ControlReader.start(config.feed().get().bootstrapServers(), topic.get())
        : Rules.OFF;
  }

  private static VerdictSource verdicts(ServerConfig config) {
    Optional<String> topic = config.feed().flatMap(ServerConfig.FeedAddress::verdictsTopic);
    return topic.isPresent()
        ? VerdictSource.kafka(
            config.feed().get().bootstrapServers(), topic.get(), config.verdictRows())
        : VerdictSource.OFF;
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private static SSLContext context(ServerConfig.Tls tls)
      throws IOException, GeneralSecurityException {
    char[] password = tls.password().toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(tls.keystore())) {
      keys.load(input, password);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static PostgresTls postgresTls(ServerConfig config, Optional<SSLContext> context) {
    if (context.isEmpty()) {
      return new PostgresTls.Off();
    }
    return config.tls().get().isRequired()
        ? new PostgresTls.Required(context.get())
        : new PostgresTls.Offered(context.get());
  }

  private Health health() {
    List<String> warnings = new ArrayList<>();
    if (!queries.trouble().isEmpty()) {
      warnings.add(queries.trouble());
    }
    if (queries.othersInTrouble() > 0) {
      warnings.add("tables of other jobs or the shard map cannot be looked at");
    }
    users.problem().ifPresent(problem -> warnings.add("the users file as it is now is not in use"));
    auditLog.problem().ifPresent(problem -> warnings.add("audit lines cannot be written"));
    return new Health(List.of(), warnings, Map.of("epoch", Long.toString(queries.epoch())));
  }

  public InetSocketAddress postgresAddress() {
    return postgres.address();
  }

  public InetSocketAddress httpAddress() {
    return http.address();
  }

  @Override
  public void close() {
    for (AutoCloseable part : opened) {
      try {
        part.close();
      } catch (Exception e) {
        // whatever it is, the others are to be closed as well
        LOG.warn("a part of the gateway did not close", e);
      }
    }
    opened.clear();
  }
}
