package tidemark.gateway.postgres;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * How a {@link PostgresServer} listens.
 *
 * @param address to bind
 * @param port to bind; 0 takes a free one
 * @param maxConnections logged in or about to; one more is told 53300
 * @param loginTimeout from the connection's start to the end of its login
 * @param tls whether and how connections are encrypted
 * @param databases names that a client may connect to, besides those of its user and its org
 * @param limits of each connection
 */
public record PostgresConfig(
    InetAddress address,
    int port,
    int maxConnections,
    Duration loginTimeout,
    PostgresTls tls,
    Set<String> databases,
    PostgresLimits limits) {

  private static final Duration LONGEST_LOGIN = Duration.ofMinutes(10);

  public PostgresConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, got " + port);
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException(
          "maxConnections must be at least 1, got " + maxConnections);
    }
    if (loginTimeout.toMillis() < 1 || loginTimeout.compareTo(LONGEST_LOGIN) > 0) {
      throw new IllegalArgumentException(
          "loginTimeout must be 1 ms to %s, got %s".formatted(LONGEST_LOGIN, loginTimeout));
    }
    databases = Set.copyOf(databases);
  }

  /** On the loopback address: 100 connections, 30 s to log in, no TLS. */
  public static PostgresConfig loopback(int port) {
    return new PostgresConfig(
        InetAddress.getLoopbackAddress(),
        port,
        100,
        Duration.ofSeconds(30),
        new PostgresTls.Off(),
        Set.of("tidemark", "postgres"),
        PostgresLimits.DEFAULTS);
  }

  public PostgresConfig withMaxConnections(int maximum) {
    return new PostgresConfig(address, port, maximum, loginTimeout, tls, databases, limits);
  }

  public PostgresConfig withLoginTimeout(Duration timeout) {
    return new PostgresConfig(address, port, maxConnections, timeout, tls, databases, limits);
  }

  public PostgresConfig withTls(PostgresTls other) {
    return new PostgresConfig(
        address, port, maxConnections, loginTimeout, other, databases, limits);
  }

  public PostgresConfig withLimits(PostgresLimits other) {
    return new PostgresConfig(address, port, maxConnections, loginTimeout, tls, databases, other);
  }
}
