package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a client has gone while its query runs, when nothing is read or written: the JDK's
 * server does not look, so this asks the kernel, twice a second and only while queries run. A
 * connection that is not established any more has no reader; one that the client has half closed
 * counts as gone, too, as in Go's server.
 *
 * <p>Where there is no {@code /proc/self/net/tcp} (other systems than Linux) it notices nothing,
 * and a client's end is seen at the next write. Thread-safe. A look costs some 10 microseconds and
 * one for each connection of the machine.
 */
final class ClientWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);
  private static final long LOOK_MILLIS = 500;
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
  private static final String ESTABLISHED = "01";

  /** The two ends of a connection. */
  record Connection(InetSocketAddress local, InetSocketAddress remote) {}

  private final Map<Connection, Runnable> watched = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "http-client-watch");
            thread.setDaemon(true);
            return thread;
          });

  ClientWatch() {
    if (TABLES.stream().anyMatch(Files::isReadable)) {
      var unused =
          looker.scheduleWithFixedDelay(
              this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** A watched request; closing ends that. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param onGone runs on another thread if the client goes before the watch is closed, again and
   *     again until it is: what is to end may not have begun at the first time
   */
  Watch watch(HttpExchange exchange, Runnable onGone) {
    Connection connection = new Connection(exchange.getLocalAddress(), exchange.getRemoteAddress());
    watched.put(connection, onGone);
    return () -> watched.remove(connection, onGone);
  }

  private void look() {
    if (watched.isEmpty()) {
      return;
    }
    // Before the look: what is watched later may have connected later.
    Set<Connection> before = Set.copyOf(watched.keySet());
    try {
      Set<Connection> established = established();
      for (Connection connection : before) {
        Runnable onGone = established.contains(connection) ? null : watched.get(connection);
        if (onGone != null) {
          onGone.run();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("cannot tell which clients have gone", e);
    }
  }

  /** Every connection of this network namespace with both sides open. */
  static Set<Connection> established() throws IOException {
    Set<Connection> connections = new HashSet<>();
    for (Path table : TABLES) {
      if (Files.isReadable(table)) {
        List<String> lines = Files.readAllLines(table, US_ASCII);
        for (String line : lines.subList(1, lines.size())) {
          String[] fields = line.trim().split("\\s+", 5);
          if (fields[3].equals(ESTABLISHED)) {
            connections.add(new Connection(address(fields[1]), address(fields[2])));
          }
        }
      }
    }
    return connections;
  }

  /**
   * An address as the kernel prints it: words of 32 bits in the machine's order, here little
   * endian, a colon, and the port. An IPv4 address within an IPv6 one comes out as IPv4.
   */
  static InetSocketAddress address(String text) throws UnknownHostException {
    int colon = text.indexOf(':');
    byte[] printed = HexFormat.of().parseHex(text.substring(0, colon));
    byte[] ordered = new byte[printed.length];
    for (int i = 0; i < printed.length; i++) {
      ordered[i] = printed[(i & ~3) + 3 - (i & 3)];
    }
    return new InetSocketAddress(
        InetAddress.getByAddress(ordered), Integer.parseInt(text.substring(colon + 1), 16));
  }

  @Override
  public void close() {
    looker.shutdownNow();
  }
}
