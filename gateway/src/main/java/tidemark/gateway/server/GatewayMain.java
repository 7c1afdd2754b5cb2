package tidemark.gateway.server;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.GatewayException;
import tidemark.gateway.users.UsersException;

/** The process: {@code GatewayMain SETTINGS-FILE}. Runs until it is told to end. */
public final class GatewayMain {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayMain.class);

  private GatewayMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: GatewayMain SETTINGS-FILE");
      System.exit(2);
    }
    try {
      GatewayServer server = GatewayServer.start(ServerConfig.read(Path.of(args[0])));
      CountDownLatch end = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    end.countDown();
                  },
                  "shutdown"));
      System.out.println(
          "listening: postgres %s, http %s"
              .formatted(server.postgresAddress(), server.httpAddress()));
      end.await();
    } catch (GatewayException | UsersException e) {
      LOG.error("the gateway did not start", e);
      System.err.println("error: " + e.getMessage());
      System.exit(1);
    }
  }
}
