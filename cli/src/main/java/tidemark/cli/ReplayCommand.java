package tidemark.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.cluster.SideJobs;
import tidemark.cli.flink.FlinkRest;

/** Computes a part of history again, from the archive or Kafka into a branch of the tables. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Compute hours, orgs or metrics again from the archive or Kafka, into a branch of the tables",
      "that begins empty; main stays as it is. Waits for the end and tells how far it is. If this",
      "command is ended, the replay goes on."
    })
final class ReplayCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofDays(7);
  private static final Duration REMOVE_LIMIT = Duration.ofMinutes(10);
  private static final double TOLD_SECONDS = 10;

  private final Workspace workspace;

  @Parameters(index = "0", paramLabel = "BRANCH", description = "Name of the branch.")
  private String branch;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      defaultValue = "",
      description = "First event time, a full hour such as 2026-03-01T10:00:00Z.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      defaultValue = "",
      description = "End, exclusive, a full hour; the last that main has closed unless given.")
  private String to;

  @Option(names = "--org", paramLabel = "ORG", description = "An org; may be repeated.")
  private List<String> orgs = List.of();

  @Option(
      names = "--metric",
      paramLabel = "PATTERN",
      description = "A metric, * for any characters; may be repeated.")
  private List<String> metrics = List.of();

  @Option(
      names = "--again",
      paramLabel = "OTHER",
      defaultValue = "",
      description = "Compute once more what another replay's branch has, to compare the two.")
  private String again;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "archive",
      description = "archive (the default), or kafka for what it still has.")
  private String source;

  @Option(
      names = "--rules",
      paramLabel = "RULES",
      defaultValue = "",
      description = {
        "none (the default), as-were: every rule while it was in force, or as-are: the rules of now",
        "as if they had always been there. Of all metrics only."
      })
  private String rules;

  @Option(
      names = "--shards",
      paramLabel = "SHARDS",
      defaultValue = "",
      description = "Count the points of these shards only; those of the tables unless given.")
  private String shards;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Slots that it takes beside the job's; ${DEFAULT-VALUE} unless given.")
  private int parallelism;

  @Option(
      names = "--resume",
      paramLabel = "PATH",
      defaultValue = "",
      description = "Go on from a checkpoint of this replay.")
  private String checkpoint;

  @Option(names = "--remove", description = "Remove the branch with all that is in it.")
  private boolean isRemove;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as tidemark.admit.max-age=40d; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  ReplayCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    LocalCluster cluster = workspace.runningCluster();
    Progress progress = new Progress(System.out);
    SideJobs jobs = cluster.sideJobs();
    if (isRemove) {
      String jobId =
          jobs.submit(
              SideJob.REPLAY,
              Map.of("tidemark.replay.branch", branch, "tidemark.replay.action", "remove"),
              1);
      jobs.requireEnd(jobId, REMOVE_LIMIT, () -> {});
      progress.accept("branch " + branch + " is removed");
      return 0;
    }
    String jobId = jobs.resume(SideJob.REPLAY, jobOptions(), checkpoint, parallelism);
    progress.accept("the replay runs as job " + jobId);
    double[] toldAt = {progress.seconds()};
    jobs.requireEnd(
        jobId,
        LIMIT,
        () -> {
          if (progress.seconds() - toldAt[0] >= TOLD_SECONDS) {
            toldAt[0] = progress.seconds();
            progress.accept(progressOf(cluster.rest(), jobId));
          }
        });
    progress.accept("branch " + branch + " is complete");
    return 0;
  }

  private static String progressOf(FlinkRest rest, String jobId) {
    OptionalDouble percent = rest.coordinatorMetric(jobId, "tidemark.replay.percentDone");
    OptionalDouble seconds = rest.coordinatorMetric(jobId, "tidemark.replay.secondsLeft");
    String left =
        seconds.isPresent() && seconds.getAsDouble() >= 0
            ? "about %.0f s left".formatted(seconds.getAsDouble())
            : "time left unknown";
    return "%s %% read, %s"
        .formatted(
            percent.isPresent()
                ? String.format(Locale.ROOT, "%.1f", percent.getAsDouble())
                : "unknown",
            left);
  }

  Map<String, String> jobOptions() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("tidemark.replay.branch", branch);
    putUnlessEmpty(all, "tidemark.replay.of", again);
    all.put("tidemark.replay.source", source);
    putUnlessEmpty(all, "tidemark.replay.rules", rules);
    putUnlessEmpty(all, "tidemark.shards.served", shards);
    putUnlessEmpty(all, "tidemark.replay.from", from);
    putUnlessEmpty(all, "tidemark.replay.to", to);
    putUnlessEmpty(all, "tidemark.replay.orgs", String.join(",", orgs));
    putUnlessEmpty(all, "tidemark.replay.metrics", String.join(",", metrics));
    all.putAll(options);
    return all;
  }

  private static void putUnlessEmpty(Map<String, String> all, String key, String value) {
    if (!value.isEmpty()) {
      all.put(key, value);
    }
  }
}
