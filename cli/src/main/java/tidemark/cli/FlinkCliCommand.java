package tidemark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Flink's own command line, pointed at the cluster of the run. */
@Command(name = "flink", description = "Flink's own command line, such as: tidemark flink list")
final class FlinkCliCommand implements Callable<Integer> {
  private final Workspace workspace;

  /** Everything, options included, is for Flink to read. */
  @Unmatched private List<String> arguments = new ArrayList<>();

  FlinkCliCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws InterruptedException {
    return workspace.cluster(line -> {}).flinkCommand().run(arguments);
  }
}
