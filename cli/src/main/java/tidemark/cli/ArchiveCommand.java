package tidemark.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.SideJob;
import tidemark.gateway.ArchiveCommandLine;

/** Keeps every record as it came. */
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Keep every record of the points topic as it came, and prove that none is missing.")
final class ArchiveCommand implements Runnable {
  private final Workspace workspace;

  @Spec private CommandSpec spec;

  ArchiveCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Archive from where the archive ends, beside the job, until it is stopped.")
  int start(
      @Option(
              names = "--parallelism",
              paramLabel = "N",
              defaultValue = "1",
              description = "Slots that it takes; ${DEFAULT-VALUE} unless given.")
          int parallelism,
      @Option(
              names = "--shards",
              paramLabel = "SHARDS",
              defaultValue = "",
              description = "Keep the records of these shards only, such as 0-31,64.")
          String shards,
      @Option(
              names = "--option",
              paramLabel = "KEY=VALUE",
              description = "A setting, such as tidemark.archive.interval=1min; may be repeated.")
          Map<String, String> options) {
    LocalCluster cluster = workspace.runningCluster();
    Map<String, String> all = new LinkedHashMap<>(options == null ? Map.of() : options);
    if (!shards.isEmpty()) {
      all.put("tidemark.shards.served", shards);
    }
    String jobId = cluster.sideJobs().submit(SideJob.ARCHIVE, all, parallelism);
    cluster.awaitRunning(jobId);
    new Progress(System.out).accept("the archive runs as job " + jobId);
    return 0;
  }

  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "End the archive job. What it has not archived yet, Kafka still has.")
  int stop() {
    LocalCluster cluster = workspace.runningCluster();
    List<String> jobs = cluster.sideJobs().live(SideJob.ARCHIVE);
    jobs.forEach(cluster::cancel);
    new Progress(System.out)
        .accept(jobs.isEmpty() ? "no archive job ran" : "the archive job has ended");
    return 0;
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Prove that every offset is in the archive once or in a named gap.",
        "Exit code 1 if anything is wrong. Gaps are told and are not wrong."
      })
  int verify(
      @Option(names = "--deep", description = "Read every file and compute every checksum again.")
          boolean isDeep) {
    return ArchiveCommandLine.verify(
        isDeep ? ArchiveCommandLine.Depth.FILES : ArchiveCommandLine.Depth.TABLE,
        workspace.runningCluster().catalogProperties(),
        System.out,
        System.err);
  }
}
