package tidemark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.process.StartedProcess;

/** Starts the cluster, and the job if there was one. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start whatever does not run of Kafka, S3, ZooKeeper, Flink, the heartbeats and the gateway, and "
          + "the job if there was one; the sending of alerts, if the run directory has a file notify.yaml.",
      "A job that was there when the cluster went down goes on from where it was; one whose process "
          + "died goes on by itself."
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
    boolean isWarm = cluster.processes().stream().anyMatch(StartedProcess::isAlive);
    Runnable end = isWarm ? () -> {} : () -> Ending.end(cluster, progress);
    GatewayAccess access;
    try (Interruption interruption = Interruption.endingWith(end, cluster, progress)) {
      cluster.up();
      HeartbeatCommand.ensureRunning(workspace, cluster, progress);
      access = GatewayStart.ensureRunning(cluster, progress);
      if (!hasNoJob && (cluster.jobId().isPresent() || cluster.resumePoint().isPresent())) {
        String unused = JobStart.ensureRunning(cluster, progress);
      }
      NotifyCommand.ensureRunning(workspace, cluster, progress);
    }
    progress.accept("up; web UI at " + cluster.restUrl());
    GatewayStart.tell(access, System.out);
    if (cluster.jobId().isEmpty()) {
      System.out.println("No job runs: start it with tidemark submit.");
    }
    return 0;
  }
}
