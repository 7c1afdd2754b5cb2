package tidemark.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.cluster.SideJobs;
import tidemark.gateway.ShardsCommandLine;

/** Divides orgs among jobs. */
@Command(
    name = "shards",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Divide orgs among jobs, and move an org to another job at an event time.")
final class ShardsCommand implements Runnable {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Workspace workspace;

  @Spec private CommandSpec spec;

  ShardsCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description = "Make the first shard map: orgs are spread among shards by their names.")
  int init(
      @Option(
              names = "--shards",
              paramLabel = "N",
              defaultValue = "64",
              description = "How many; ${DEFAULT-VALUE} unless given. Stays for ever.")
          int count,
      @Option(
              names = "--place",
              paramLabel = "ORG=SHARD",
              description = "An org with a shard of one's choice; may be repeated.")
          List<String> places) {
    return change(
        Map.of(
            "tidemark.shards.action",
            "init",
            "tidemark.shards.count",
            Integer.toString(count),
            "tidemark.shards.place",
            places == null ? "" : String.join(",", places)));
  }

  @Command(
      name = "move",
      mixinStandardHelpOptions = true,
      description = {
        "From an event time on an org belongs to another shard. Then submit the jobs of both shards",
        "again, long before that time: a job counts by the map that it was submitted with, and one",
        "that was not ends before it counts a wrong point."
      })
  int move(
      @Parameters(index = "0", paramLabel = "ORG", description = "The org.") String org,
      @Option(names = "--to", paramLabel = "SHARD", required = true, description = "The shard.")
          int shard,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              required = true,
              description = "Such as 2026-11-24T10:00:00Z, a multiple of 10 s.")
          String at,
      @Option(
              names = "--option",
              paramLabel = "KEY=VALUE",
              description = "A setting, such as tidemark.shards.lead=1h; may be repeated.")
          Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>(options == null ? Map.of() : options);
    all.put("tidemark.shards.action", "move");
    all.put("tidemark.shards.org", org);
    all.put("tidemark.shards.to", Integer.toString(shard));
    all.put("tidemark.shards.at", at);
    return change(all);
  }

  private int change(Map<String, String> options) {
    SideJobs jobs = workspace.runningCluster().sideJobs();
    jobs.requireEnd(jobs.submit(SideJob.SHARDS, options, 1), LIMIT, () -> {});
    return list();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Tell where orgs belong, and which tables hold which shards.")
  int list() {
    return ShardsCommandLine.list(
        workspace.runningCluster().catalogProperties(), System.out, System.err);
  }
}
