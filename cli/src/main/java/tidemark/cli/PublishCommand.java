package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

  @Mixin private BranchReportOptions about;

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

  PublishCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    if (Stream.of(isUndo, isSettling, isDryRun).filter(isGiven -> isGiven).count() > 1) {
      throw new ProcessFailedException("give one of --undo, --settle and --dry-run, not several");
    }
    JsonNode report =
        about.run(workspace, SideJob.PUBLISH, Map.of("action", action(), "reason", reason));
    System.out.println(about.isJson() ? report.toString() : text(report));
    return 0;
  }

  private String action() {
    return isUndo ? "undo" : isSettling ? "settle" : isDryRun ? "dry_run" : "publish";
  }

  private String text(JsonNode report) {
    String branch = about.branch();
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
