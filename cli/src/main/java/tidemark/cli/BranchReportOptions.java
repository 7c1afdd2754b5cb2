package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tidemark.cli.cluster.SideJob;

/** A replay's branch and the hours of it, for the commands whose job reports about them. */
final class BranchReportOptions {
  @Parameters(index = "0", paramLabel = "BRANCH", description = "Branch of a replay.")
  private String branch;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = AuditCommand.Times.class,
      description = "First full hour; all that was replayed unless given.")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = AuditCommand.Times.class,
      description = "End of the hours, exclusive.")
  private Instant to;

  @Option(names = "--json", description = "Print the report, one JSON object.")
  private boolean isJson;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting of the job, see docs/options.md; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  String branch() {
    return branch;
  }

  boolean isJson() {
    return isJson;
  }

  /**
   * Runs the job, and returns its report.
   *
   * @param more options of the job, without the stage before their names
   */
  JsonNode run(Workspace workspace, SideJob job, Map<String, String> more) {
    Map<String, String> own = new LinkedHashMap<>(more);
    own.put("branch", branch);
    own.put("from", from == null ? "" : from.toString());
    own.put("to", to == null ? "" : to.toString());
    return new ReportingJob(workspace.runningCluster(), job).run(own, options);
  }
}
