package tidemark.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tidemark.cli.cluster.LocalCluster;

/** The main job once more, beside it, into a branch. */
@Command(
    name = "shadow",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Count the live stream once more, beside the job, into a branch of the tables that nobody",
      "reads: to try a release or settings, and compare them with the job row by row."
    })
final class ShadowCommand implements Runnable {
  private static final Duration END_LIMIT = Duration.ofHours(1);

  private final Workspace workspace;

  @Spec private CommandSpec spec;

  ShadowCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = {
        "Start a shadow, or let it go on from where it was stopped.",
        "Give it the settings that it is to be tried with, and otherwise those of the job."
      })
  int start(
      @Parameters(index = "0", paramLabel = "BRANCH", description = "Name of the branch.")
          String branch,
      @Option(
              names = "--from",
              paramLabel = "TIME",
              defaultValue = "",
              description = {
                "First event time, a full hour such as 2026-03-01T10:00:00Z;",
                "the next hour unless given."
              })
          String from,
      @Option(
              names = "--parallelism",
              paramLabel = "N",
              defaultValue = "1",
              description = "Slots that it takes; ${DEFAULT-VALUE} unless given.")
          int parallelism,
      @Option(
              names = "--option",
              paramLabel = "KEY=VALUE",
              description = "A setting, such as tidemark.rollup.memory=64mb; may be repeated.")
          Map<String, String> options) {
    LocalCluster cluster = workspace.runningCluster();
    Progress progress = new Progress(System.out);
    Map<String, String> all = settings(options);
    if (!from.isEmpty()) {
      all.put("tidemark.shadow.from", from);
    }
    Optional<String> point = cluster.shadows().resumePoint(branch);
    progress.accept(
        point.map(each -> "the shadow goes on from " + each).orElse("starting the shadow"));
    String jobId = cluster.shadows().start(branch, all, parallelism);
    cluster.awaitRunning(jobId);
    progress.accept("the shadow runs as job " + jobId);
    return 0;
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = {
        "Stop a shadow at exactly the records that an epoch of the job has counted, so that the",
        "two can be compared. The job goes on. A later start goes on from the savepoint."
      })
  int stop(
      @Parameters(index = "0", paramLabel = "BRANCH", description = "Name of the branch.")
          String branch,
      @Option(
              names = "--parallelism",
              paramLabel = "N",
              defaultValue = "1",
              description = "Slots that its end takes; ${DEFAULT-VALUE} unless given.")
          int parallelism,
      @Option(
              names = "--option",
              paramLabel = "KEY=VALUE",
              description = "A setting, as it was started with; may be repeated.")
          Map<String, String> options) {
    LocalCluster cluster = workspace.runningCluster();
    Progress progress = new Progress(System.out);
    String jobId = cluster.shadows().end(branch, settings(options), parallelism);
    progress.accept("job " + jobId + " brings the shadow to an epoch of main");
    cluster.sideJobs().requireEnd(jobId, END_LIMIT, () -> {});
    progress.accept("branch " + branch + " is complete: tidemark compare " + branch);
    return 0;
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "End a shadow and remove its branch with all that is in it.")
  int remove(
      @Parameters(index = "0", paramLabel = "BRANCH", description = "Name of the branch.")
          String branch) {
    workspace.runningCluster().shadows().remove(branch);
    new Progress(System.out).accept("branch " + branch + " is removed");
    return 0;
  }

  private static Map<String, String> settings(Map<String, String> options) {
    return options == null ? new LinkedHashMap<>() : new LinkedHashMap<>(options);
  }
}
