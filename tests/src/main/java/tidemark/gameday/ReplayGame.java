package tidemark.gameday;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.process.ProcessFailedException;

/**
 * A day of points is archived while the object store asks to slow down, is gone from Kafka, and is
 * replayed into branches, at two parallelisms and under kills: every branch holds what was sent,
 * and what main holds, byte for byte.
 */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Archive a day, drop it from Kafka, replay it under kills, and compare.")
final class ReplayGame extends Game {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final String KILLED = "killed";
  private static final String SINGLE = "single";

  @Option(names = "--hours", description = "Length of the past; default ${DEFAULT-VALUE}.")
  private int hours = 24;

  @Option(
      names = "--kills",
      description = "Of TaskManagers, while a replay runs; default ${DEFAULT-VALUE}.")
  private int kills = 5;

  @Option(
      names = "--slow-downs",
      paramLabel = "SHARE",
      description = "Of the object store's answers while it is written; default ${DEFAULT-VALUE}.")
  private double slowDowns = 0.2;

  private Stage stage;
  private FaultFilter filter;
  private boolean isGood = true;

  /** For the command line. */
  ReplayGame() {}

  /** Shortened. */
  ReplayGame(int hours, int kills) {
    this.hours = hours;
    this.kills = kills;
  }

  @Override
  String name() {
    return "replay";
  }

  /** Room for the live job, the archive and a replay side by side. */
  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    filter =
        new FaultFilter(() -> URI.create(stage.cluster().s3Endpoint()).getPort(), options().seed());
    return common
        .withTaskManagers(2, 1)
        .withFlinkOption("s3.endpoint", "http://127.0.0.1:" + filter.port());
  }

  @Override
  void prepare(Stage theStage) {
    stage = theStage;
  }

  /** All of it is in {@link #harm}: the points are of the past. */
  @Override
  void open(Stage theStage) {}

  @Override
  void harm(Stage theStage, Random random) throws InterruptedException {
    TidemarkCommand command = new TidemarkCommand(home(), stage);
    TopicSettings topics = new TopicSettings(stage.cluster().bootstrapServers());
    stage.sendPast(Duration.ofHours(hours), options().series(), options().pointsPerSecond());
    filter.spoil(slowDowns, 0);
    archive(command, topics);
    String unused = stage.submit("", Map.of());
    stage.awaitAllStored(StoredTables.MAIN, LIMIT);
    isGood &= stage.compare(StoredTables.MAIN).isGood();
    filter.spoil(0, 0);
    stage.journal().figure("requests while it was stored", filter.counts());
    Map<Integer, Long> dropped = topics.dropRecords(LocalCluster.POINTS_TOPIC);
    stage.journal().step("Kafka has no record any more below " + dropped);

    long readsBefore = filter.requests("GET", "archive");
    replayUnderKills(command, random);
    tellRequests("GETs of the replay under kills", "GET", readsBefore);
    readsBefore = filter.requests("GET", "archive");
    stage.journal().print(command.run(0, "replay", SINGLE, "--again", KILLED));
    tellRequests("GETs of a replay", "GET", readsBefore);
    for (String branch : new String[] {KILLED, SINGLE}) {
      isGood &= stage.compare(branch).isGood();
      stage.journal().print(command.run(0, "compare", branch));
    }
    stage.journal().print(command.run(0, "compare", KILLED, SINGLE));
  }

  private void archive(TidemarkCommand command, TopicSettings topics) {
    String unused =
        command.run(0, "archive", "start", "--option", "tidemark.archive.interval=10 s");
    Map<Integer, Long> ends = topics.ends(LocalCluster.POINTS_TOPIC);
    stage.await(
        "the archive to have all",
        LIMIT,
        () -> stage.tables().archivedTo(LocalCluster.POINTS_TOPIC).equals(ends));
    stage.journal().print(command.run(0, "archive", "verify", "--deep"));
    tellRequests("PUTs of archive files", "PUT", 0);
    tellRequests("POSTs of archive files", "POST", 0);
    StoredTables.Archived archived = stage.tables().archived();
    stage
        .journal()
        .figure(
            "archived",
            "%,d bytes of %,d raw, %.2f of %.2f per point"
                .formatted(
                    archived.bytes(),
                    archived.rawBytes(),
                    perPoint(archived.bytes()),
                    perPoint(archived.rawBytes())));
  }

  private double perPoint(long bytes) {
    return (double) bytes / stage.load().points();
  }

  /** Refused ones among them; a GB is one of raw records. */
  private void tellRequests(String what, String method, long before) {
    long requests = filter.requests(method, "archive") - before;
    stage
        .journal()
        .figure(
            what,
            "%,d, %.1f per GB"
                .formatted(requests, requests * 1e9 / stage.tables().archived().rawBytes()));
  }

  private void replayUnderKills(TidemarkCommand command, Random random)
      throws InterruptedException {
    TidemarkCommand.Call replay =
        command.start(
            "replay", KILLED, "--parallelism", "2", "--option", "tidemark.replay.interval=1 s");
    stage.await("the replay to be submitted", LIMIT, () -> !replays().isEmpty());
    String jobId = replays().get(0);
    long seen = 0;
    for (int kill = 1; kill <= kills; kill++) {
      seen = awaitCheckpoint(jobId, seen + 1);
      stage.pause(Duration.ofMillis(random.nextInt(500)));
      if (replays().isEmpty()) {
        throw new ProcessFailedException(
            "the replay ended before kill %d, give it more points: %s"
                .formatted(kill, replay.output()));
      }
      String victim = KillsGame.taskManager(stage, random);
      stage.cluster().kill(victim);
      stage.revive();
      stage.journal().step("kill %d: %s, checkpoint %d".formatted(kill, victim, seen));
    }
    command.await(replay);
    stage.journal().print(replay.require(0));
  }

  private List<String> replays() {
    return stage.cluster().sideJobs().live(SideJob.REPLAY);
  }

  /** Waits for a checkpoint of that number or above, and returns the newest's. */
  private long awaitCheckpoint(String jobId, long least) {
    long[] newest = new long[1];
    stage.await(
        "checkpoint %d of the replay".formatted(least),
        LIMIT,
        () -> {
          stage
              .cluster()
              .rest()
              .lastCheckpoint(jobId)
              .ifPresent(checkpoint -> newest[0] = checkpoint.id());
          return newest[0] >= least || replays().isEmpty();
        });
    return newest[0];
  }

  @Override
  boolean finish(Stage theStage) {
    stage.journal().figure("TaskManagers killed", kills);
    filter.close();
    return isGood;
  }
}
