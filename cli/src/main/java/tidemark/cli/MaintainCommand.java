package tidemark.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.cluster.SideJobs;

/** Runs the maintenance job on the running cluster. */
@Command(
    name = "maintain",
    mixinStandardHelpOptions = true,
    description = {
      "Fold small files and partial rows, drop what is beyond its retention, forget old snapshots",
      "and remove orphans, beside the job and while the tables are read. Runs until --stop."
    })
final class MaintainCommand implements Callable<Integer> {
  private static final Duration PASS_LIMIT = Duration.ofHours(1);

  private final Workspace workspace;

  @Option(names = "--once", description = "One pass, and wait for its end.")
  private boolean isOnce;

  @Option(
      names = "--full",
      description = "Fold every file below the target size, whatever it costs.")
  private boolean isFull;

  @Option(names = "--stop", description = "End the maintenance job that runs.")
  private boolean isStop;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as tidemark.retention.10s=7d; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  MaintainCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    LocalCluster cluster = workspace.runningCluster();
    Progress progress = new Progress(System.out);
    if (isStop) {
      stop(cluster, progress);
      return 0;
    }
    String jobId =
        cluster.sideJobs().submit(SideJob.MAINTAIN, jobOptions(), SideJobs.WHOLE_CLUSTER);
    if (!isOnce) {
      cluster.awaitRunning(jobId);
      progress.accept("maintenance runs as job " + jobId);
      return 0;
    }
    progress.accept("one pass of maintenance runs as job " + jobId);
    cluster.sideJobs().requireEnd(jobId, PASS_LIMIT, () -> {});
    progress.accept("the pass has ended");
    return 0;
  }

  private static void stop(LocalCluster cluster, Progress progress) {
    List<String> jobs = cluster.sideJobs().live(SideJob.MAINTAIN);
    jobs.forEach(cluster::cancel);
    progress.accept(jobs.isEmpty() ? "no maintenance ran" : "maintenance has ended");
  }

  private Map<String, String> jobOptions() {
    Map<String, String> all = new LinkedHashMap<>(options);
    if (isOnce) {
      all.put("tidemark.maintain.passes", "once");
    }
    if (isFull) {
      all.put("tidemark.compact.effort", "full");
    }
    return all;
  }
}
