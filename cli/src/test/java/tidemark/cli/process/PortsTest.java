package tidemark.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aPortSomebodyListensOnIsNotFree() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(server.getLocalPort())).isFalse();
      assertThat(Ports.isListening(server.getLocalPort())).isTrue();
    }
  }

  @Test
  void portsDifferAndAreBelowThoseOfOutgoingConnections() {
    long seed = 11;
    System.out.println("seed " + seed);
    Ports ports = new Ports(new Random(seed));
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      int port = ports.free(taken);
      assertThat(port).isBetween(Ports.FIRST, Ports.LAST);
      assertThat(taken.add(port)).isTrue();
      assertThat(Ports.isListening(port)).isFalse();
    }
  }
}
