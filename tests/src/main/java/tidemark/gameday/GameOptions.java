package tidemark.gameday;

import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What every game takes on its command line. */
final class GameOptions {
  @Option(names = "--seed", description = "Of the load and of the harm; default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--series", description = "Series of the load; default ${DEFAULT-VALUE}.")
  private int series = 200;

  @Option(
      names = "--points-per-second",
      description = "Points of the load; default ${DEFAULT-VALUE}.")
  private int pointsPerSecond = 2_000;

  @Option(names = "--checkpoint-ms", description = "Between two commits; default ${DEFAULT-VALUE}.")
  private int checkpointMs = 2_000;

  @Option(
      names = "--dir",
      paramLabel = "DIRECTORY",
      description = "Where the processes of the game run; emptied first. Kept if the game fails.")
  private Path directory;

  @Option(names = "--keep", description = "Keep the directory although nothing differs.")
  private boolean isKeep;

  long seed() {
    return seed;
  }

  int series() {
    return series;
  }

  int pointsPerSecond() {
    return pointsPerSecond;
  }

  Duration checkpointInterval() {
    return Duration.ofMillis(checkpointMs);
  }

  boolean isKeep() {
    return isKeep;
  }

  /** The folder of one game's run. */
  Path directory(Path home, String game) {
    return directory == null
        ? home.resolve("target/gameday/" + game + "-" + seed)
        : directory.toAbsolutePath();
  }

  /** For tests. */
  static GameOptions of(long seed, Path directory) {
    GameOptions options = new GameOptions();
    options.seed = seed;
    options.directory = directory;
    return options;
  }
}
