package tidemark.gameday;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.Ports;

/** A catalog in a database server that is killed and stays away for minutes. */
@Command(
    name = "catalog",
    mixinStandardHelpOptions = true,
    description = "Kill the catalog's database server, and bring it back after a while.")
final class CatalogGame extends Game {
  private static final String SERVER = "catalog";

  @Option(names = "--gone", description = "Seconds of absence; default ${DEFAULT-VALUE}.")
  private int goneSeconds = 120;

  @Option(names = "--times", description = "Absences; default ${DEFAULT-VALUE}.")
  private int times = 1;

  private int port;
  private boolean hasRestarted;

  @Override
  String name() {
    return "catalog";
  }

  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    port = new Ports(new Random()).free(Set.of());
    return common
        .withFlinkJar(Jars.of(org.h2.Driver.class))
        .withCatalogUri(
            // what the server has answered it has written: a kill takes nothing back
            "jdbc:h2:tcp://127.0.0.1:%d/./catalog;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;WRITE_DELAY=0"
                .formatted(port));
  }

  @Override
  void beforeJob(Stage stage) {
    startServer(stage);
  }

  private void startServer(Stage stage) {
    Path root = stage.cluster().layout().root();
    var unused =
        stage
            .cluster()
            .start(
                new ChildProcess(
                    SERVER,
                    Jars.of(org.h2.Driver.class).toString(),
                    "org.h2.tools.Server",
                    List.of("-Xmx128m", "-XX:+UseSerialGC"),
                    List.of(
                        "-tcp",
                        "-tcpPort",
                        Integer.toString(port),
                        "-ifNotExists",
                        "-baseDir",
                        root.resolve("h2").toString()),
                    Map.of(),
                    root,
                    stage.cluster().layout().logs().resolve(SERVER + ".log")));
    stage.await(
        "the catalog's server to listen", Duration.ofMinutes(1), () -> Ports.isListening(port));
  }

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    long restartsBefore = stage.restarts().orElse(0);
    for (int i = 0; i < times; i++) {
      int before = stage.epochs();
      stage.pause(Duration.ofMillis(random.nextInt(3_000)));
      stage.cluster().kill(SERVER);
      stage.journal().step("catalog killed at epoch " + before);
      stage.pause(Duration.ofSeconds(goneSeconds));
      startServer(stage);
      double backAt = stage.journal().seconds();
      stage.await("an epoch more", Duration.ofMinutes(3), () -> stage.epochs() > before + 1);
      stage
          .journal()
          .step(
              "catalog back; next epochs after %.1f s"
                  .formatted(stage.journal().seconds() - backAt));
    }
    long restarts = stage.restarts().orElse(-1) - restartsBefore;
    hasRestarted = restarts != 0;
    stage.journal().figure("absences of the catalog", "%d of %d s".formatted(times, goneSeconds));
    stage.journal().figure("restarts of the job", restarts);
  }

  @Override
  boolean finish(Stage stage) {
    return super.finish(stage) && !hasRestarted;
  }
}
