package tidemark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;

/** Starts the cluster, and the job if there was one. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start Kafka, S3 and Flink, and the job if there was one.",
      "A job that was there when the cluster went down goes on from where it was."
    })
final class UpCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Option(names = "--no-job", description = "Start the processes only.")
  private boolean hasNoJob;

  UpCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    Progress progress = new Progress(System.out);
    LocalCluster cluster = workspace.cluster(progress);
    boolean wasUp = cluster.isUp();
    Runnable end = wasUp ? () -> {} : () -> Ending.end(cluster, progress);
    try (Interruption interruption = Interruption.endingWith(end, cluster, progress)) {
      cluster.up();
      if (!hasNoJob && (cluster.jobId().isPresent() || cluster.resumePoint().isPresent())) {
        String unused = JobStart.ensureRunning(cluster, progress);
      }
    }
    progress.accept("up; web UI at " + cluster.restUrl());
    if (cluster.jobId().isEmpty()) {
      System.out.println("No job runs: start it with tidemark submit.");
    }
    return 0;
  }
}
