package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

  @Parameters(index = "0", paramLabel = "BRANCH", description = "Branch of a replay.")
  private String branch;

  @Parameters(
      index = "1",
      paramLabel = "OTHER",
      defaultValue = "main",
      description = "What it is compared with; ${DEFAULT-VALUE} unless given.")
  private String other;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = AuditCommand.Times.class,
      description = "First full hour, to look at a part; not for publishing.")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = AuditCommand.Times.class,
      description = "End of the hours, exclusive.")
  private Instant to;

  @Option(names = "--incomplete", description = "Compare a replay that has not ended.")
  private boolean isIncomplete;

  @Option(names = "--json", description = "Print the report, one JSON object.")
  private boolean isJson;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting of the job, such as tidemark.compare.workers=2; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  CompareCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    Map<String, String> own = new LinkedHashMap<>();
    own.put("branch", branch);
    own.put("with", other);
    own.put("from", from == null ? "" : from.toString());
    own.put("to", to == null ? "" : to.toString());
    own.put("incomplete", Boolean.toString(isIncomplete));
    JsonNode report;
    try {
      report = new ReportingJob(workspace.runningCluster(), SideJob.COMPARE).run(own, options);
    } catch (ProcessFailedException e) {
      System.err.println("error: " + e.getMessage());
      return NOT_COMPARED;
    }
    if (isJson) {
      System.out.println(report);
    } else {
      CompareText.lines(report).forEach(System.out::println);
    }
    return report.path("equal").asBoolean() ? EQUAL : DIFFERENT;
  }
}
