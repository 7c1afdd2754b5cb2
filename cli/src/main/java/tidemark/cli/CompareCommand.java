package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.process.ProcessFailedException;

/** Compares the branch of a replay with main or another branch. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compare all rows of a replay's branch with main as it was at the replay's base, or with",
      "another replay's branch: one to one, all columns, as bits.",
      "Exit code 0: no difference; 1: there are; 2: they could not be compared."
    })
final class CompareCommand implements Callable<Integer> {
  private static final int EQUAL = 0;
  private static final int DIFFERENT = 1;
  private static final int NOT_COMPARED = 2;

  private final Workspace workspace;

  @Mixin private BranchReportOptions about;

  @Parameters(
      index = "1",
      paramLabel = "OTHER",
      defaultValue = "main",
      description = "What it is compared with; ${DEFAULT-VALUE} unless given.")
  private String other;

  @Option(names = "--incomplete", description = "Compare a replay that has not ended.")
  private boolean isIncomplete;

  CompareCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    JsonNode report;
    try {
      report =
          about.run(
              workspace,
              SideJob.COMPARE,
              Map.of("with", other, "incomplete", Boolean.toString(isIncomplete)));
    } catch (ProcessFailedException e) {
      System.err.println("error: " + e.getMessage());
      return NOT_COMPARED;
    }
    if (about.isJson()) {
      System.out.println(report);
    } else {
      CompareText.lines(report).forEach(System.out::println);
    }
    return report.path("equal").asBoolean() ? EQUAL : DIFFERENT;
  }
}
