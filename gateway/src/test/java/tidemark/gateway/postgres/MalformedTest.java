package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that are no messages, and messages that are not what they say: the server stays up. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MalformedTest {
  private static final int SEEDS = 3_000;
  private static final String TYPES = "QPBDECSHFpdcfX";

  private static void assertAlive(Served served) throws IOException {
    try (RawClient client = RawClient.loggedIn(served.port())) {
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void garbageInsteadOfAStartupMessageIsHungUpOn() throws IOException, InterruptedException {
    try (Served served = Served.byDefault()) {
      List<byte[]> starts = new ArrayList<>();
      starts.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      starts.add(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      starts.add(new byte[] {0, 0, 0, 0});
      starts.add(new byte[] {0, 0, 0, 7, 0, 3, 0});
      starts.add(new byte[] {-1, -1, -1, -1, 0, 3, 0, 0});
      starts.add(new byte[] {0x7f, -1, -1, -1, 0, 3, 0, 0});
      starts.add(new byte[] {0, 0, 0, 8, 0, 3, 0, 0});
      starts.add(RawClient.message((char) 0, Startup.PROTOCOL_3_0, "user"));
      starts.add(RawClient.message((char) 0, Startup.PROTOCOL_3_0, "user", "ada"));
      starts.add(RawClient.message((char) 0, Startup.PROTOCOL_3_0, (byte) 0));
      starts.add(RawClient.message((char) 0, 80877102, 1));
      starts.add(RawClient.message((char) 0, 80877103, 1));
      for (byte[] start : starts) {
        try (RawClient client = new RawClient(served.port())) {
          client.raw(start);
          List<RawClient.Reply> replies = client.untilEnd();
          assertThat(RawClient.types(replies)).isIn("", "E");
        }
      }
      assertAlive(served);
      Served.await("nothing is left", () -> served.server().connections() == 0);
    }
  }

  @Test
  void lengthsThatCannotBeEndTheConnection() throws IOException {
    try (Served served = Served.byDefault()) {
      byte[][] messages = {
        {'Q', -1, -1, -1, -1}, {'Q', 0, 0, 0, 3}, {'Q', 0, 0, 0, 0}, {'Q', 0x7f, -1, -1, -1},
        {'?', 0, 0, 0, 4}, {0, 0, 0, 0, 4}, {(byte) 0xff, 0, 0, 0, 4}, {'p', 0, 0, 0, 4}
      };
      for (byte[] message : messages) {
        try (RawClient client = RawClient.loggedIn(served.port())) {
          client.raw(message);
          List<RawClient.Reply> replies = client.untilEnd();
          assertThat(RawClient.types(replies)).isEqualTo("E");
          assertThat(replies.get(0).state()).isEqualTo("08P01");
        }
      }
      assertAlive(served);
    }
  }

  @Test
  void truncatedMessagesLeaveNothingBehind() throws IOException, InterruptedException {
    try (Served served = Served.byDefault()) {
      byte[] whole = RawClient.message('Q', "select 1");
      for (int length = 0; length < whole.length; length++) {
        try (RawClient client = RawClient.loggedIn(served.port())) {
          client.raw(Arrays.copyOf(whole, length));
          client.endOutput();
          assertThat(client.untilEnd()).isEmpty();
        }
      }
      Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
      assertAlive(served);
    }
  }

  @Test
  void claimedLengthTakesNoMemory() throws IOException {
    try (Served served = Served.byDefault()) {
      long before = usedBytes();
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        RawClient client = RawClient.loggedIn(served.port());
        client.raw(new byte[] {'Q', 0, -1, -1, -1, 's'});
        clients.add(client);
      }
      // 50 x 16 MB are claimed.
      assertThat(usedBytes() - before).isLessThan(64L << 20);
      for (RawClient client : clients) {
        client.close();
      }
      assertAlive(served);
    }
  }

  @Test
  void oversizedMessageIsSkippedAndRefused() throws IOException {
    PostgresLimits limits = new PostgresLimits(1 << 20, 1 << 20, 100, 10, 10);
    try (Served served = Served.with(PostgresConfig.loopback(0).withLimits(limits));
        RawClient client = RawClient.loggedIn(served.port())) {
      client.send('Q', new byte[3 << 20]);
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("EZ");
      assertThat(replies.get(0).state()).isEqualTo("54000");
      client.send('P', new byte[3 << 20]);
      client.send('E', "", 0);
      client.send('S');
      assertThat(RawClient.types(client.until('Z'))).isEqualTo("EZ");
      assertThat(RawClient.types(client.query("select 1"))).isEqualTo("TDCZ");
    }
  }

  @Test
  void millionsOfStatementsInOneStringTakeLittleMemory() throws IOException {
    try (Served served = Served.byDefault();
        RawClient client = RawClient.loggedIn(served.port())) {
      String sql = "begin;".repeat(1 << 18) + ";".repeat(12 << 20) + "copy x from stdin";
      long before = usedBytes();
      client.send('Q', sql);
      long begins = 0;
      RawClient.Reply reply = client.next();
      for (; reply.type() != 'E'; reply = client.next()) {
        begins += reply.type() == 'C' ? 1 : 0;
      }
      assertThat(begins).isEqualTo(1 << 18);
      assertThat(reply.state()).isEqualTo("0A000");
      assertThat(usedBytes() - before).isLessThan(128L << 20);
    }
  }

  @Test
  void heldStatementsAndArgumentsAreBounded() throws IOException {
    PostgresLimits limits = new PostgresLimits(1 << 20, 1 << 20, 100, 1_000, 1_000);
    try (Served served = Served.with(PostgresConfig.loopback(0).withLimits(limits));
        RawClient client = RawClient.loggedIn(served.port())) {
      short none = 0;
      client.send('P', "s", "select length($1::varchar)", none);
      byte[] megabyte = "x".repeat(1_000_000).getBytes(UTF_8);
      for (int i = 0; i < 5; i++) {
        client.send('B', "p" + i, "s", none, (short) 1, megabyte.length, megabyte, none);
      }
      client.send('S');
      List<RawClient.Reply> replies = client.until('Z');
      assertThat(RawClient.types(replies)).isEqualTo("12222EZ");
      assertThat(replies.get(5).state()).isEqualTo("53400");
      // They went with the transaction, and what they held with them.
      client.send('B', "p", "s", none, (short) 1, megabyte.length, megabyte, none);
      client.send('S');
      assertThat(RawClient.types(client.until('Z'))).isEqualTo("2Z");
    }
  }

  /** Random messages in random order on one connection after the other; each seed is told. */
  @Test
  void randomMessagesNeverTakeTheServerDown() throws IOException, InterruptedException {
    try (Served served = Served.byDefault()) {
      long before = usedBytes();
      RawClient client = RawClient.loggedIn(served.port());
      int connections = 1;
      for (int seed = 0; seed < SEEDS; seed++) {
        Random random = new Random(seed);
        boolean isOpen;
        try {
          client.raw(randomMessage(random));
          client.send('S');
          isOpen = reachesSync(client);
        } catch (IOException e) {
          isOpen = false;
        }
        if (!isOpen) {
          client.close();
          client = RawClient.loggedIn(served.port());
          connections++;
        }
      }
      client.close();
      assertThat(connections).as("some end, some stay").isBetween(2, SEEDS);
      Served.await("all sessions are closed", () -> served.gateway().sessions() == 0);
      Served.await("all answers are closed", () -> served.gateway().answers() == 0);
      assertAlive(served);
      assertThat(usedBytes() - before).isLessThan(64L << 20);
    }
  }

  /** A sync may be swallowed by a message that claims more than it has; then nothing comes. */
  private static boolean reachesSync(RawClient client) throws IOException {
    client.socket().setSoTimeout(50);
    while (true) {
      RawClient.Reply reply = client.next();
      if (reply.type() == 'E' && reply.text().startsWith("SFATAL")) {
        return false;
      }
      assertThat(reply.type() == 'E' && reply.state().equals("XX000")).as(reply.text()).isFalse();
      if (reply.type() == 'Z') {
        return true;
      }
    }
  }

  private static byte[] randomMessage(Random random) throws IOException {
    char type =
        random.nextInt(50) == 0
            ? (char) random.nextInt(256)
            : TYPES.charAt(random.nextInt(TYPES.length() - 1));
    byte[] message = RawClient.message(type, randomFields(random));
    if (type != 0 && random.nextInt(20) == 0) {
      message[4] = (byte) random.nextInt();
    }
    if (random.nextInt(3) == 0 && message.length > 5) {
      message[5 + random.nextInt(message.length - 5)] = (byte) random.nextInt();
    }
    return message;
  }

  private static Object[] randomFields(Random random) {
    String[] texts = {
      "", "s", "p", "select 1", "select $1::int", "begin", "fetch 1 from p", "'", "$$"
    };
    Object[] fields = new Object[random.nextInt(8)];
    for (int i = 0; i < fields.length; i++) {
      fields[i] =
          switch (random.nextInt(5)) {
            case 0 -> (byte) (random.nextBoolean() ? 'S' : 'P');
            case 1 -> (short) random.nextInt(3);
            case 2 -> random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(10);
            default -> texts[random.nextInt(texts.length)];
          };
    }
    return fields;
  }

  /** Whole conversations of random bytes, from the first one on. */
  @Test
  void randomBytesNeverTakeTheServerDown() throws IOException, InterruptedException {
    try (Served served = Served.byDefault()) {
      for (int seed = 0; seed < SEEDS / 3; seed++) {
        Random random = new Random(seed);
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
          // Short enough to be read as a startup message.
          bytes[0] = 0;
          if (bytes.length > 2) {
            bytes[1] = 0;
            bytes[2] = 0;
          }
        }
        try (RawClient client = new RawClient(served.port())) {
          client.raw(bytes);
          client.endOutput();
          assertThat(client.untilEnd().size()).as("seed %d", seed).isLessThanOrEqualTo(1);
        } catch (SocketException e) {
          // Hung up on before all was sent, which is as good an answer.
          assertThat(e).as("seed %d", seed).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
      }
      Served.await("nothing is left", () -> served.server().connections() == 0);
      assertAlive(served);
    }
  }
}
