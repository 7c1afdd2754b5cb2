package tidemark.cli.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;

/**
 * Free TCP ports on loopback.
 *
 * <p>They come from below the ranges that systems give to outgoing connections (32768 and up on
 * Linux, 49152 and up elsewhere): a port that is to be found free again at the next start must not
 * be one that any client may be given meanwhile.
 */
public final class Ports {
  static final int FIRST = 20_000;
  static final int LAST = 32_000;
  private static final int ATTEMPTS = 1_000;
  private static final int CONNECT_LIMIT_MS = 1_000;

  private final Random random;

  public Ports(Random random) {
    this.random = random;
  }

  /** A port that nobody listens on, and that is not in {@code taken}. */
  public int free(Set<Integer> taken) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = FIRST + random.nextInt(LAST - FIRST);
      if (!taken.contains(port) && isFree(port)) {
        return port;
      }
    }
    throw new ProcessFailedException(
        "found no free port from %d to %d on loopback in %d attempts"
            .formatted(FIRST, LAST, ATTEMPTS));
  }

  /** Whether a server could listen on this port of the loopback interface now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether somebody takes connections on this port of the loopback interface now. */
  public static boolean isListening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_LIMIT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
