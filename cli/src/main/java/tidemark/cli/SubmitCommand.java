package tidemark.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;

/** Submits the job to the running cluster. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description = {
      "Submit the job to the running cluster.",
      "It goes on from its last savepoint or checkpoint if there is one; --from names another."
    })
final class SubmitCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Option(
      names = "--from",
      paramLabel = "SAVEPOINT",
      description =
          "URI of a savepoint or a retained checkpoint, such as s3://flink/savepoints/...")
  private String savepoint = "";

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting of the job, such as tidemark.rollup.memory=64mb; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--on-ahead",
      paramLabel = "MODE",
      description = {
        "What to do if the tables are ahead of that savepoint: refuse (the default), rollback",
        "(take back what was committed since) or branch=NAME (leave it, and go on from the",
        "savepoint's epoch on a new branch)."
      })
  private String onAhead = "";

  @Option(
      names = "--shards",
      paramLabel = "SHARDS",
      description = "Count the points of these shards only, such as 0-31,64; see tidemark shards.")
  private String shards = "";

  SubmitCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    LocalCluster cluster = workspace.runningCluster();
    cluster.requireNoLiveJob();
    Progress progress = new Progress(System.out);
    String from = savepoint.isEmpty() ? cluster.resumePoint().orElse("") : savepoint;
    progress.accept(from.isEmpty() ? "submitting the job" : "submitting the job from " + from);
    Map<String, String> all = new LinkedHashMap<>(options);
    if (!onAhead.isEmpty()) {
      all.put("tidemark.store.on-ahead", onAhead);
    }
    if (!shards.isEmpty()) {
      all.put("tidemark.shards.served", shards);
    }
    String jobId = cluster.submitFrom(from, all);
    cluster.awaitRunning(jobId);
    progress.accept("job " + jobId + " runs");
    return 0;
  }
}
