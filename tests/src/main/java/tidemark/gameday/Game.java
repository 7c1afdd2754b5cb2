package tidemark.gameday;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import tidemark.cli.cluster.LocalClusterOptions;

/**
 * One kind of trouble: what it does to a cluster under load, and what has to be true afterwards.
 *
 * <p>Exit code 0 only if nothing differs and nothing else that the game asks for is broken.
 */
abstract class Game implements Callable<Integer> {
  @Mixin private GameOptions options = new GameOptions();

  private Path home = Path.of(System.getProperty("tidemark.home", "."));
  private Journal journal = new Journal(System.out);

  /** The word on the command line. */
  abstract String name();

  /** What differs from the common cluster. */
  LocalClusterOptions cluster(LocalClusterOptions common) {
    return common;
  }

  /** When the cluster is up and nothing is sent or submitted yet. */
  void beforeJob(Stage stage) {}

  /** Starts load and job. */
  void open(Stage stage) {
    stage.open();
  }

  /** Does the harm; the load runs, and the first epochs are stored. */
  abstract void harm(Stage stage, Random random) throws InterruptedException;

  /** Runs the game in another place than the command would; for tests. */
  final boolean play(GameOptions given, Path checkout, Journal into) throws InterruptedException {
    options = given;
    home = checkout;
    journal = into;
    return call() == 0;
  }

  /** The checkout. */
  final Path home() {
    return home;
  }

  final GameOptions options() {
    return options;
  }

  @Override
  public final Integer call() throws InterruptedException {
    journal.step("game %s, seed %d".formatted(name(), options.seed()));
    Path directory = options.directory(home, name());
    Folders.empty(directory);
    LocalClusterOptions cluster =
        cluster(
            LocalClusterOptions.of(home)
                .withCheckpointInterval(options.checkpointInterval())
                .withTaskManagers(2, 1)
                // a game has no time for a patience that is right in production
                .withFlinkOption("restart-strategy.exponential-delay.max-backoff", "2 s"));
    boolean isGood;
    try (Stage stage = new Stage(directory, cluster, options, journal);
        Interruption interruption = new Interruption(stage)) {
      prepare(stage);
      stage.up();
      beforeJob(stage);
      open(stage);
      harm(stage, new Random(options.seed()));
      isGood = finish(stage);
    }
    journal.printFigures();
    if (isGood && !options.isKeep()) {
      Folders.delete(directory);
    } else {
      journal.print("the run is in " + directory);
    }
    return isGood ? 0 : 1;
  }

  /** Before anything starts: what the game itself contributes. */
  void prepare(Stage stage) {}

  /** Ends the load and judges; a game that asks for more overrides it. */
  boolean finish(Stage stage) {
    return stage.judge(StoredTables.MAIN).isGood();
  }
}
