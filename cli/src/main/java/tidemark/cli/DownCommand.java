package tidemark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;

/** Ends everything that runs; data stays. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = {
      "Stop the job with a savepoint, then end every process.",
      "Data stays, and the next up, demo or submit goes on from the savepoint."
    })
final class DownCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Option(
      names = "--now",
      description = "Take no savepoint: the job goes on from its last checkpoint.")
  private boolean isNow;

  DownCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    Progress progress = new Progress(System.out);
    LocalCluster cluster = workspace.cluster(progress);
    if (cluster.processes().isEmpty()) {
      System.out.println("Nothing runs in " + workspace.run() + ".");
    } else if (isNow) {
      Ending.end(cluster, progress);
    } else {
      Ending.suspendAndEnd(cluster, progress);
    }
    return 0;
  }
}
