package tidemark.gameday;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/**
 * Everything that can happen between a closed file and an acknowledged commit: the process dies at
 * each step, an answer is lost, and a process is stopped with its commit on the way and goes on
 * when another run has taken over.
 */
@Command(
    name = "commit",
    mixinStandardHelpOptions = true,
    description = "Crash at each step of a commit, lose answers, and let commits land late.")
final class CommitGame extends Game {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Option(names = "--times", description = "Rounds over all steps; default ${DEFAULT-VALUE}.")
  private int times = 10;

  @Option(names = "--steps", description = "Steps of a round; all of them unless given.")
  private int steps = CommitStep.crashes().size();

  private Stage stage;
  private int number;

  /** For the command line. */
  CommitGame() {}

  CommitGame(int times, int steps) {
    this.times = times;
    this.steps = steps;
  }

  @Override
  String name() {
    return "commit";
  }

  /** One TaskManager at a time, so that the rule is where the commits are. */
  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    return common.withTaskManagers(1, 2).withFlinkOption("heartbeat.timeout", "6 s");
  }

  @Override
  void harm(Stage theStage, Random random) throws InterruptedException {
    stage = theStage;
    List<CommitStep> crashes = new ArrayList<>(CommitStep.crashes());
    for (int round = 1; round <= times; round++) {
      Collections.shuffle(crashes, random);
      for (CommitStep step : crashes.subList(0, steps)) {
        crash(round, step);
      }
      loseAnswer(round);
      landLate(round, round % 2 == 0);
    }
    killAll();
    stage.revive();
    stage.awaitRunning();
    stage.awaitEpochs(1);
    stage.journal().figure("crashes at steps", times + " x " + steps);
    stage.journal().figure("answers lost", times);
    stage.journal().figure("commits that landed late", times);
  }

  private void crash(int round, CommitStep step) {
    killAll();
    StartedProcess manager = start(step);
    await(step, () -> !manager.isAlive());
    if (!hasReached(manager)) {
      throw new ProcessFailedException(
          "%s ended before it reached: %s".formatted(manager.name(), step.name()));
    }
    stage.journal().step("round %d: crashed at: %s".formatted(round, step.name()));
  }

  private void loseAnswer(int round) {
    killAll();
    CommitStep step = CommitStep.lostAnswer();
    StartedProcess manager = start(step);
    await(step, () -> hasReached(manager));
    stage.awaitEpochs(2);
    stage.journal().step("round %d: the answer to a commit was lost".formatted(round));
  }

  /**
   * Stops the process just before its commit goes out, and lets it go on when the next run is at
   * work, or, if {@code isBetween}, between that run's look and its fence.
   */
  private void landLate(int round, boolean isBetween) {
    killAll();
    CommitStep step = CommitStep.lateCommit();
    StartedProcess old = start(step);
    await(step, () -> hasReached(old));
    old.identity().pause();
    stage.journal().step("round %d: %s is stopped before its commit".formatted(round, old.name()));
    if (isBetween) {
      CommitStep slow = CommitStep.slowStart();
      StartedProcess next = start(slow);
      await(slow, () -> hasReached(next));
      old.identity().resume();
    } else {
      String next = stage.cluster().startTaskManager();
      await(step, () -> stage.epochs() > 0 && runsOn(next));
      old.identity().resume();
    }
    stage.awaitRunning();
    stage.awaitEpochs(1);
    stage
        .journal()
        .step(
            "round %d: it went on %s"
                .formatted(round, isBetween ? "between look and fence" : "behind the next run"));
  }

  /** A fence of the run that goes on says that it has begun. */
  private boolean runsOn(String next) {
    return stage.status().filter(status -> status.isRunning()).isPresent()
        && stage.cluster().rest().taskManagers().stream().anyMatch(id -> id.startsWith(next));
  }

  private StartedProcess start(CommitStep step) {
    Path script = stage.cluster().layout().root().resolve("rule-" + ++number + ".btm");
    try {
      Files.writeString(script, step.rule());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path agent = Jars.of(org.jboss.byteman.agent.Main.class);
    String name =
        stage
            .cluster()
            .startTaskManager(List.of("-javaagent:%s=script:%s".formatted(agent, script)));
    return living().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static boolean hasReached(StartedProcess process) {
    Path output = ChildProcess.outputOf(process.log());
    try {
      return Files.exists(output) && Files.readString(output).contains(CommitStep.REACHED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits without starting anything: what dies is meant to. */
  private void await(CommitStep step, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new ProcessFailedException(
            "waited %d s in vain for: %s; last failure of the job: %s"
                .formatted(LIMIT.toSeconds(), step.name(), stage.failure().orElse("none")));
      }
      try {
        stage.pause(Duration.ofMillis(50));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProcessFailedException("interrupted", e);
      }
    }
  }

  private void killAll() {
    living().forEach(manager -> stage.cluster().kill(manager.name()));
  }

  private List<StartedProcess> living() {
    return stage.cluster().processes().stream()
        .filter(process -> process.name().startsWith(FlinkProcesses.TASK_MANAGER_PREFIX))
        .filter(StartedProcess::isAlive)
        .toList();
  }
}
