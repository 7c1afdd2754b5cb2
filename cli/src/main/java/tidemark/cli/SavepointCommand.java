package tidemark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;

/** Takes a savepoint of the running job. */
@Command(
    name = "savepoint",
    mixinStandardHelpOptions = true,
    description = "Take a savepoint of the job and print where it is.")
final class SavepointCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Option(
      names = "--stop",
      description = "Stop the job with it. Only then can the job go on from it without a gap.")
  private boolean isStop;

  SavepointCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    LocalCluster cluster = workspace.runningCluster();
    String jobId = Workspace.job(cluster);
    System.out.println(isStop ? cluster.stopWithSavepoint(jobId) : cluster.savepoint(jobId));
    return 0;
  }
}
