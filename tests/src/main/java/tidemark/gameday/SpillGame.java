package tidemark.gameday;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The same points with memory enough and with a quarter of what the open windows take. */
@Command(
    name = "spill",
    mixinStandardHelpOptions = true,
    description = "Give open windows a quarter of the memory they need, and compare with enough.")
final class SpillGame extends Game {
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final int PARALLELISM = 2;

  /** Of one series in the table of an open window, with its share of free slots. */
  private static final int BYTES_PER_SERIES = 200;

  private static final int SHARE = 4;

  @Option(names = "--many-series", description = "Series; default ${DEFAULT-VALUE}.")
  private int manySeries = 60_000; // a quarter of their memory is more than the option's least

  @Option(names = "--seconds", description = "Of points; default ${DEFAULT-VALUE}.")
  private int seconds = 30;

  @Override
  String name() {
    return "spill";
  }

  /** No load in time with the clock: a backlog that each job reads as fast as it can. */
  @Override
  void open(Stage stage) {
    stage.sendBacklog(manySeries, seconds);
  }

  @Override
  void harm(Stage stage, Random random) {
    long stateBytes = (long) manySeries / PARALLELISM * BYTES_PER_SERIES;
    double enough = run(stage, "enough", "256 mb");
    double little = run(stage, "little", stateBytes / SHARE + " bytes");
    stage.journal().figure("series", "%,d".formatted(manySeries));
    stage
        .journal()
        .figure("bytes of one open window in a task, about", "%,d".formatted(stateBytes));
    stage.journal().figure("seconds with memory enough", "%.1f".formatted(enough));
    stage.journal().figure("seconds with a quarter of one window", "%.1f".formatted(little));
    stage.journal().figure("slow-down", "%.2f".formatted(little / enough));
  }

  /** Seconds from the start of the tasks until the tables cover everything. */
  private static double run(Stage stage, String catalogName, String memory) {
    stage.useCatalogName(catalogName);
    String jobId =
        stage.submit(
            "",
            Map.of(
                "tidemark.store.catalog-name",
                catalogName,
                "tidemark.store.warehouse",
                stage.cluster().warehouse() + "-" + catalogName,
                "tidemark.rollup.memory",
                memory));
    double startedAt = stage.journal().seconds();
    stage.awaitAllStored(StoredTables.MAIN, LIMIT);
    double length = stage.journal().seconds() - startedAt;
    stage.journal().step("%s: %.1f s".formatted(catalogName, length));
    stage.cluster().cancel(jobId);
    return length;
  }

  @Override
  boolean finish(Stage stage) {
    stage.useCatalogName("enough");
    Verdict enough = stage.compare(StoredTables.MAIN);
    stage.useCatalogName("little");
    Verdict little = stage.compare(StoredTables.MAIN);
    return enough.isGood() && little.isGood();
  }
}
