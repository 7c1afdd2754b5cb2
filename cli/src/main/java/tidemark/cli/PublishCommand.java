package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.process.ProcessFailedException;

/** Publishes the branch of a replay, or undoes or settles it. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Put the rows of a replay's branch in the place of main's, in one commit, while the job goes",
      "on; or put back what was there before, or settle it for good."
    })
final class PublishCommand implements Callable<Integer> {
  private final Workspace workspace;

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

  @Option(
      names = "--despite-differences",
      paramLabel = "REASON",
      description = "Why the branch is right although no comparison says so; kept in the commit.")
  private String reason = "";

  @Option(names = "--undo", description = "Put the rows from before back.")
  private boolean isUndo;

  @Option(
      names = "--settle",
      description = "End the time in which it can be undone; compaction folds its rows again.")
  private boolean isSettling;

  @Option(names = "--dry-run", description = "Only say what would be replaced.")
  private boolean isDryRun;

  @Option(names = "--json", description = "Print the report, one JSON object.")
  private boolean isJson;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting of the job, such as tidemark.publish.workers=2; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  PublishCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    if (Stream.of(isUndo, isSettling, isDryRun).filter(isGiven -> isGiven).count() > 1) {
      throw new ProcessFailedException("give one of --undo, --settle and --dry-run, not several");
    }
    Map<String, String> own = new LinkedHashMap<>();
    own.put("branch", branch);
    own.put("from", from == null ? "" : from.toString());
    own.put("to", to == null ? "" : to.toString());
    own.put("action", action());
    own.put("reason", reason);
    JsonNode report =
        new ReportingJob(workspace.runningCluster(), SideJob.PUBLISH).run(own, options);
    System.out.println(isJson ? report.toString() : text(report));
    return 0;
  }

  private String action() {
    return isUndo ? "undo" : isSettling ? "settle" : isDryRun ? "dry_run" : "publish";
  }

  private String text(JsonNode report) {
    if (isSettling) {
      return "the publishing of branch %s is settled and cannot be undone".formatted(branch);
    }
    String what = isDryRun ? "would be published" : isUndo ? "undone" : "published";
    String rows =
        isDryRun
            ? "%,d files of main would go and %,d come whole, %,d hold other rows too"
                .formatted(
                    report.path("files_removed").asLong(),
                    report.path("files_added").asLong(),
                    report.path("files_of_both").asLong())
            : "%,d rows took the place of %,d, as snapshot %d"
                .formatted(
                    report.path("rows_added").asLong(),
                    report.path("rows_removed").asLong(),
                    report.path("snapshot").asLong());
    return "branch %s %s: %s".formatted(branch, what, rows);
  }
}
