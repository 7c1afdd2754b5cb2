package tidemark.gameday;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.process.ProcessFailedException;

/** Stop and go on, at changing parallelism; then a savepoint that the tables have left behind. */
@Command(
    name = "savepoints",
    mixinStandardHelpOptions = true,
    description = "Stop with a savepoint and go on, and restore an old savepoint in three modes.")
final class SavepointsGame extends Game {
  private static final List<Integer> PARALLELISMS = List.of(2, 4, 3, 1);
  private static final int EPOCHS_OLD = 6; // the first of them may be that of the savepoint itself
  private static final String ON_AHEAD = "tidemark.store.on-ahead";
  private static final String BRANCH = "old-savepoint";

  @Option(names = "--times", description = "Stops; default ${DEFAULT-VALUE}.")
  private int times = 20;

  private boolean isRefused;
  private boolean isMainUntouched;

  /** For the command line. */
  SavepointsGame() {}

  SavepointsGame(int times) {
    this.times = times;
  }

  @Override
  String name() {
    return "savepoints";
  }

  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    return common.withTaskManagers(1, 4);
  }

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      stage.pause(Duration.ofMillis(random.nextInt(3_000)));
      int parallelism = PARALLELISMS.get(i % PARALLELISMS.size());
      String savepoint = stage.cluster().stopWithSavepoint(stage.jobId());
      String unused = stage.submit(savepoint, Map.of(), OptionalInt.of(parallelism));
      stage.awaitEpochs(1);
      stage.journal().step("stop %d: goes on at parallelism %d".formatted(i + 1, parallelism));
    }
    stage.journal().figure("stops with a savepoint", times);
    String old = stage.cluster().savepoint(stage.jobId());
    stage.journal().step("savepoint " + old);
    stage.awaitEpochs(EPOCHS_OLD);
    stage.cluster().cancel(stage.jobId());
    refuse(stage, old);
    rollBack(stage, old);
  }

  /** A job that may not start fails by itself, with the cures in its message. */
  private void refuse(Stage stage, String old) {
    Commit before = stage.tables().nearest(StoredTables.MAIN).orElseThrow();
    String message;
    try {
      String unused = stage.submit(old, Map.of());
      message = "";
    } catch (ProcessFailedException e) {
      message = e.getMessage();
    }
    isRefused =
        message.contains("rollback")
            && message.contains("branch=")
            && message.contains(before.epoch());
    stage
        .journal()
        .step(
            "refuse: "
                + message
                    .lines()
                    .filter(line -> line.contains("rollback"))
                    .findFirst()
                    .orElse(message));
    stage.journal().figure("refused, with epochs and cures", isRefused);
  }

  private void rollBack(Stage stage, String old) {
    String unused = stage.submit(old, Map.of(ON_AHEAD, "rollback"));
    stage.awaitEpochs(1);
    stage.journal().step("rollback: goes on, %d epochs".formatted(stage.epochs()));
  }

  /** A branch begins at an old savepoint while main stays; both hold everything at the end. */
  @Override
  boolean finish(Stage stage) {
    String old = stage.cluster().savepoint(stage.jobId());
    stage.awaitEpochs(EPOCHS_OLD);
    stage.endLoad();
    Verdict main = stage.judgeEnded(StoredTables.MAIN);
    stage.cluster().cancel(stage.jobId());
    long headOfMain = stage.tables().commits(StoredTables.MAIN).get(0).snapshotId();
    String unused = stage.submit(old, Map.of(ON_AHEAD, "branch=" + BRANCH));
    Verdict branch = stage.judgeEnded(BRANCH);
    isMainUntouched = stage.tables().commits(StoredTables.MAIN).get(0).snapshotId() == headOfMain;
    stage.journal().figure("main untouched by the branch", isMainUntouched);
    return main.isGood() && branch.isGood() && isRefused && isMainUntouched;
  }
}
