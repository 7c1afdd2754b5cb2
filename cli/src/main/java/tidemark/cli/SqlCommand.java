package tidemark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tidemark.gateway.SqlCommandLine;

/** Asks the stored tables. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Answer a SELECT over the stored tables.",
      "The answer is as of the last commit. SHOW TABLES lists what can be asked."
    })
final class SqlCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Parameters(paramLabel = "SQL", description = "One statement.")
  private String sql;

  SqlCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    return SqlCommandLine.run(
        sql, workspace.runningCluster().catalogProperties(), System.out, System.err);
  }
}
