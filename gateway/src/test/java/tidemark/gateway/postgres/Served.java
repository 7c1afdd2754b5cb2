package tidemark.gateway.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** A server over a {@link FakeGateway} on a free port, and clients of it. */
final class Served implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final FakeGateway gateway = new FakeGateway();
  private final PostgresServer server;

  private Served(PostgresConfig config) {
    server = PostgresServer.start(gateway, config);
  }

  static Served byDefault() {
    return new Served(PostgresConfig.loopback(0));
  }

  static Served with(PostgresConfig config) {
    return new Served(config);
  }

  FakeGateway gateway() {
    return gateway;
  }

  PostgresServer server() {
    return server;
  }

  int port() {
    return server.address().getPort();
  }

  /**
   * Connects with pgjdbc.
   *
   * @param properties in pairs
   */
  Connection connect(String... properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", FakeGateway.USER);
    all.setProperty("password", FakeGateway.PASSWORD);
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port() + "/tidemark", all);
  }

  /** Waits until it holds, and fails if it does not in time. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Object monitor = new Object();
    synchronized (monitor) {
      while (!condition.getAsBoolean()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("in %s it did not come true: %s".formatted(PATIENCE, what));
        }
        monitor.wait(10);
      }
    }
  }

  @Override
  public void close() {
    server.close();
    gateway.close();
  }
}
