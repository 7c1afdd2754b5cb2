package tidemark.gameday;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.process.StartedProcess;

/** SIGKILL for TaskManagers and JobManagers at random moments, some while the job recovers. */
@Command(
    name = "kills",
    mixinStandardHelpOptions = true,
    description = "Kill TaskManagers and JobManagers at random moments under load.")
final class KillsGame extends Game {
  private static final int MAX_DELAY_MS = 3_000;
  private static final double WHILE_RECOVERING = 0.25;

  @Option(names = "--task-managers", description = "Kills; default ${DEFAULT-VALUE}.")
  private int taskManagers = 100;

  @Option(names = "--job-managers", description = "Kills; default ${DEFAULT-VALUE}.")
  private int jobManagers = 20;

  /** For the command line. */
  KillsGame() {}

  KillsGame(int taskManagers, int jobManagers) {
    this.taskManagers = taskManagers;
    this.jobManagers = jobManagers;
  }

  @Override
  String name() {
    return "kills";
  }

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    List<Boolean> isJobManager = new ArrayList<>(Collections.nCopies(jobManagers, true));
    isJobManager.addAll(Collections.nCopies(taskManagers, false));
    Collections.shuffle(isJobManager, random);
    List<Double> recoveries = new ArrayList<>();
    int whileRecovering = 0;
    for (int i = 0; i < isJobManager.size(); i++) {
      stage.pause(Duration.ofMillis(random.nextInt(MAX_DELAY_MS)));
      String victim = isJobManager.get(i) ? FlinkProcesses.JOB_MANAGER : taskManager(stage, random);
      double killedAt = stage.journal().seconds();
      stage.cluster().kill(victim);
      stage.revive();
      boolean isNextAtOnce = i + 1 < isJobManager.size() && random.nextDouble() < WHILE_RECOVERING;
      if (isNextAtOnce) {
        whileRecovering++;
        stage.journal().step("kill %d: %s; the next while it recovers".formatted(i + 1, victim));
      } else {
        stage.awaitRunning();
        stage.awaitEpochs(1);
        double seconds = stage.journal().seconds() - killedAt;
        recoveries.add(seconds);
        stage
            .journal()
            .step("kill %d: %s; an epoch more after %.1f s".formatted(i + 1, victim, seconds));
      }
    }
    stage.journal().figure("TaskManagers killed", taskManagers);
    stage.journal().figure("JobManagers killed", jobManagers);
    stage.journal().figure("killed while recovering", whileRecovering);
    if (recoveries.isEmpty()) {
      return;
    }
    double[] sorted = recoveries.stream().mapToDouble(s -> s).sorted().toArray();
    stage
        .journal()
        .figure(
            "seconds to the next epoch",
            "median %.1f, longest %.1f"
                .formatted(sorted[sorted.length / 2], Arrays.stream(sorted).max().orElse(0)));
  }

  /** One that runs. */
  static String taskManager(Stage stage, Random random) {
    List<String> names =
        stage.cluster().processes().stream()
            .filter(StartedProcess::isAlive)
            .map(StartedProcess::name)
            .filter(name -> name.startsWith(FlinkProcesses.TASK_MANAGER_PREFIX))
            .sorted()
            .toList();
    return names.get(random.nextInt(names.size()));
  }
}
