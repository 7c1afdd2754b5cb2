package tidemark.gameday;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/**
 * TaskManagers that cannot write a byte to their disks, as if these were full.
 *
 * <p>The limit on the size of files (RLIMIT_FSIZE, by {@code prlimit}) does it for single processes
 * and needs no rights: the system's error is "File too large" where a full disk's is "No space left
 * on device", in the same calls.
 */
@Command(
    name = "disk-full",
    mixinStandardHelpOptions = true,
    description = "Let the disks of the TaskManagers be full for a while.")
final class DiskFullGame extends Game {
  // longer than writers try a file again, or nothing would fail
  @Option(names = "--full", description = "Seconds of a full disk; default ${DEFAULT-VALUE}.")
  private int fullSeconds = 180;

  private boolean isTold;

  @Override
  String name() {
    return "disk-full";
  }

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    stage.journal().step("disks are full");
    double end = stage.journal().seconds() + fullSeconds;
    Optional<String> failure = Optional.empty();
    while (stage.journal().seconds() < end) {
      limit(stage, "0"); // again and again: a TaskManager that died and was started has none
      stage.pause(Duration.ofSeconds(1));
      stage.tend();
      Optional<String> latest = stage.failure().filter(DiskFullGame::isAboutDisk);
      failure = latest.isPresent() ? latest : failure;
    }
    isTold = failure.isPresent();
    stage.journal().step("told: " + failure.orElse("nothing"));
    limit(stage, "unlimited");
    double freedAt = stage.journal().seconds();
    stage.awaitRunning();
    stage.awaitEpochs(2);
    stage.journal().figure("seconds of a full disk", fullSeconds);
    stage
        .journal()
        .figure(
            "seconds to the next epochs", "%.1f".formatted(stage.journal().seconds() - freedAt));
    stage.journal().figure("told by the job", failure.orElse("nothing").replace('\n', ' '));
    stage.journal().figure("restarts of the job", stage.restarts().orElse(-1));
  }

  private static boolean isAboutDisk(String failure) {
    return failure.contains("File too large") || failure.contains("No space left");
  }

  private static void limit(Stage stage, String bytes) {
    List<StartedProcess> managers =
        stage.cluster().processes().stream()
            .filter(process -> process.name().startsWith(FlinkProcesses.TASK_MANAGER_PREFIX))
            .filter(StartedProcess::isAlive)
            .toList();
    for (StartedProcess manager : managers) {
      String pid = Long.toString(manager.identity().pid());
      try {
        Process prlimit =
            new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited").start();
        int exitCode = prlimit.waitFor();
        if (exitCode != 0 && manager.isAlive()) {
          throw new ProcessFailedException("prlimit ended with exit code " + exitCode);
        }
      } catch (IOException e) {
        throw new ProcessFailedException("prlimit (util-linux) is needed: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProcessFailedException("interrupted", e);
      }
    }
  }

  @Override
  boolean finish(Stage stage) {
    return super.finish(stage) && isTold;
  }
}
