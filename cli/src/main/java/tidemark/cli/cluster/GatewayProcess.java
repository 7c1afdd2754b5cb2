package tidemark.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;
import tidemark.gateway.users.UsersException;

/**
 * The gateway's files below a run's {@code conf}, and the process that reads them: its settings,
 * which hold the key of the S3 server, its users, and the password of the one user that a run has.
 *
 * <p>Memory: 384 MB of heap, and what {@code gateway.memory-limit} gives DuckDB outside of it,
 * where a million hot rows take some 200 MB.
 */
final class GatewayProcess {
  static final String NAME = "gateway";
  static final String USER = "tidemark";

  private static final String MAIN_CLASS = "tidemark.gateway.server.GatewayMain";
  private static final int PASSWORD_BYTES = 24;
  private static final int MAX_HOT_ROWS = 1_000_000;
  private static final int RESULT_CACHE_BYTES = 32 << 20;

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final ClusterState state;

  GatewayProcess(LocalClusterOptions options, RunLayout layout, ClusterState state) {
    this.options = options;
    this.layout = layout;
    this.state = state;
  }

  List<Integer> ports() {
    return List.of(state.port(Port.GATEWAY_POSTGRES), state.port(Port.GATEWAY_HTTP));
  }

  /** How it is asked, once it was prepared. */
  Optional<GatewayAccess> access() {
    return passwordFile().password(USER).map(this::access);
  }

  private GatewayAccess access(String password) {
    return new GatewayAccess(
        state.port(Port.GATEWAY_POSTGRES),
        state.port(Port.GATEWAY_HTTP),
        USER,
        password,
        passwordFile().path(),
        netrcFile());
  }

  /**
   * Writes what it reads, and what its clients read. Users that were added by hand stay.
   *
   * @param tables the keys of {@link tidemark.gateway.GatewayConfig}
   * @param org whose data the user sees that is made at the first start
   */
  ChildProcess prepare(Map<String, String> tables, String bootstrapServers, String org) {
    Optional<String> known = passwordFile().password(USER);
    GatewayAccess access = access(known.orElseGet(GatewayProcess::newPassword));
    passwordFile().write(access.postgresPort(), USER, access.password());
    ensureUser(org, access.password(), known.isEmpty());
    PrivateFile.write(
        netrcFile(),
        "machine %s login %s password %s%n".formatted(GatewayAccess.HOST, USER, access.password()));
    Path settings = layout.configuration().resolve("gateway.properties");
    PrivateFile.write(settings, render(settings(tables, bootstrapServers)));
    return process(settings);
  }

  private void ensureUser(String org, String password, boolean isNewPassword) {
    Path users = layout.usersFile();
    try {
      if (!Files.exists(users) || Users.open(users, UserLimits.DEFAULT).find(USER).isEmpty()) {
        Users.add(users, USER, org, password);
      } else if (isNewPassword) {
        Users.changePassword(users, USER, password);
      }
    } catch (UsersException e) {
      throw new ProcessFailedException("the gateway's users: " + e.getMessage(), e);
    }
  }

  private static String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private PasswordFile passwordFile() {
    return new PasswordFile(layout.configuration().resolve("pgpass"));
  }

  private Path netrcFile() {
    return layout.configuration().resolve("netrc");
  }

  private Map<String, String> settings(Map<String, String> tables, String bootstrapServers) {
    Map<String, String> settings = new TreeMap<>(tables);
    settings.put("gateway.users-file", layout.usersFile().toString());
    settings.put("gateway.audit-file", layout.logs().resolve("gateway-audit.log").toString());
    settings.put("gateway.bind-address", GatewayAccess.HOST);
    settings.put("gateway.postgres-port", Integer.toString(state.port(Port.GATEWAY_POSTGRES)));
    settings.put("gateway.http-port", Integer.toString(state.port(Port.GATEWAY_HTTP)));
    settings.put("gateway.feed-bootstrap-servers", bootstrapServers);
    settings.put("gateway.feed-topic", KafkaBroker.FEED_TOPIC);
    settings.put("gateway.control-topic", KafkaBroker.CONTROL_TOPIC);
    settings.put("gateway.verdicts-topic", KafkaBroker.VERDICTS_TOPIC);
    settings.put("gateway.hot-rows", Integer.toString(MAX_HOT_ROWS));
    settings.put("gateway.result-cache-bytes", Integer.toString(RESULT_CACHE_BYTES));
    return settings;
  }

  private static String render(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue().replace("\\", "\\\\") + "\n")
        .collect(Collectors.joining("", "# Written by tidemark at each start.\n", ""));
  }

  private ChildProcess process(Path settings) {
    Path logging = layout.configuration().resolve("log4j.properties");
    return new ChildProcess(
        NAME,
        options.commandLibraries() + "/*",
        MAIN_CLASS,
        List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Dlog4j2.configurationFile=" + logging.toUri()),
        List.of(settings.toString()),
        Map.of(),
        layout.root(),
        layout.logs().resolve(NAME + ".log"));
  }
}
