package tidemark.gameday;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.state.definition.Definition;

/**
 * Rules and monitors that change while points of now flow, TaskManagers are killed and partitions
 * stall: every row, verdict and alert is what the points say that were sent.
 */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    description = "Change rules and monitors under kills and stalls, and judge every verdict.")
final class RulesGame extends Game {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final long SETTLE_MS = 3_000;
  private static final long HARM_MS = 20_000; // a guess, to spread the changes
  private static final long CAUGHT_UP_MS = 10_000;
  private static final long TOLD_WITHIN_MS = 8_000;
  private static final long HOUR_MS = 3_600_000;
  private static final long STEP_MS = 10_000;

  /** So that a window ends one second into each stall. */
  private static final long STALL_AT_MS = 8_000;

  @Option(names = "--changes", description = "Of rules and monitors; default ${DEFAULT-VALUE}.")
  private int changes = 100;

  @Option(names = "--kills", description = "Of TaskManagers; default ${DEFAULT-VALUE}.")
  private int kills = 5;

  @Option(names = "--stalls", description = "Partitions stalled; default ${DEFAULT-VALUE}.")
  private int stalls = 3;

  @Option(names = "--stall-seconds", description = "Of each; default ${DEFAULT-VALUE}.")
  private int stallSeconds = 30;

  @Option(names = "--quiet-seconds", description = "Between harms; default ${DEFAULT-VALUE}.")
  private int quietSeconds = 60;

  @Option(
      names = "--stall-points",
      description = "Of a stalled partition: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private LiveLoad.StalledPoints stallPoints = LiveLoad.StalledPoints.GO_ON;

  private final List<QuietDelays.Phase> quiet = new ArrayList<>();
  private boolean isGood;

  /** For the command line. */
  RulesGame() {}

  /** Shortened. */
  RulesGame(int changes, int kills, int stalls, int stallSeconds, int quietSeconds) {
    this.changes = changes;
    this.kills = kills;
    this.stalls = stalls;
    this.stallSeconds = stallSeconds;
    this.quietSeconds = quietSeconds;
  }

  @Override
  String name() {
    return "rules";
  }

  /** All of it is in {@link #harm}: the load is another one. */
  @Override
  void open(Stage stage) {}

  @Override
  void harm(Stage stage, Random random) throws InterruptedException {
    String bootstrap = stage.cluster().bootstrapServers();
    TopicSettings topics = new TopicSettings(bootstrap);
    topics.timeOfArrival(LocalCluster.VERDICTS_TOPIC);
    GameDefinitions definitions =
        new GameDefinitions(bootstrap, stage.cluster().layout().root().resolve("definitions"));
    List<Definition> unused = definitions.apply(TwinRules.yaml(TwinRules.FIRST), 0);
    try (LiveLoad load =
        new LiveLoad(
            bootstrap,
            LocalCluster.POINTS_TOPIC,
            Stage.PARTITIONS,
            options().seed(),
            options().series(),
            options().pointsPerSecond())) {
      load.start();
      String unusedId = stage.submit("", Map.of());
      stage.awaitEpochs(1);
      GameMonitors monitors = new GameMonitors(options().series(), load.pointsPerSeries());
      List<Definition> published = definitions.apply(monitors.yaml(), GameDefinitions.AT_ONCE);
      stage.journal().step("load runs, %d monitors published".formatted(published.size()));
      try (LiveChanges live =
          new LiveChanges(definitions, monitors.entries(), changes, options().seed())) {
        live.start(Duration.ofMillis(lengthMs()));
        play(stage, random, load, live);
        live.finish();
      }
      end(stage, load, definitions, topics);
      judge(stage, load);
    }
  }

  private long lengthMs() {
    return (long) quietSeconds * 1_000 * (kills + stalls + 1)
        + HARM_MS * kills
        + (stallSeconds * 1_000L + STEP_MS) * stalls;
  }

  /** The harms in an order of the seed, with quiet phases around each. */
  private void play(Stage stage, Random random, LiveLoad load, LiveChanges live)
      throws InterruptedException {
    List<Boolean> isStall = new ArrayList<>(Collections.nCopies(stalls, true));
    isStall.addAll(Collections.nCopies(kills, false));
    Collections.shuffle(isStall, random);
    beQuiet(stage, load, live);
    for (int i = 0; i < isStall.size(); i++) {
      if (isStall.get(i)) {
        stall(stage, random, load);
      } else {
        kill(stage, random, load);
      }
      beQuiet(stage, load, live);
    }
    stage.journal().figure("rules and monitors changed", live.made());
  }

  private void beQuiet(Stage stage, LiveLoad load, LiveChanges live) throws InterruptedException {
    awaitCaughtUp(stage, load);
    long fromMs = System.currentTimeMillis() + SETTLE_MS;
    long untilMs = fromMs + quietSeconds * 1_000L;
    while (System.currentTimeMillis() < untilMs) {
      stage.tend();
      load.requireAlive();
      live.requireAlive();
      stage.pause(Duration.ofMillis(200));
    }
    quiet.add(new QuietDelays.Phase(fromMs, untilMs - TOLD_WITHIN_MS));
  }

  /** Until what is stored is of now. */
  private static void awaitCaughtUp(Stage stage, LiveLoad load) {
    stage.await(
        "the tables to be of now",
        LIMIT,
        () -> {
          load.requireAlive();
          return stage.hasCatalog()
              && stage
                  .tables()
                  .nearest(StoredTables.MAIN)
                  .filter(at -> at.watermarkMs() > load.promisedMs() - CAUGHT_UP_MS)
                  .isPresent();
        });
  }

  private void kill(Stage stage, Random random, LiveLoad load) {
    String victim = KillsGame.taskManager(stage, random);
    double killedAt = stage.journal().seconds();
    stage.cluster().kill(victim);
    stage.revive();
    stage.awaitRunning();
    stage.awaitEpochs(1);
    awaitCaughtUp(stage, load);
    stage
        .journal()
        .step(
            "killed %s; caught up after %.1f s"
                .formatted(victim, stage.journal().seconds() - killedAt));
  }

  private void stall(Stage stage, Random random, LiveLoad load) throws InterruptedException {
    int partition = random.nextInt(Stage.PARTITIONS);
    long nowMs = System.currentTimeMillis();
    stage.pause(Duration.ofMillis(Math.floorMod(STALL_AT_MS + 500 - nowMs, STEP_MS)));
    load.stall(partition, stallPoints);
    stage.journal().step("partition %d stalls".formatted(partition));
    long endMs = System.currentTimeMillis() + stallSeconds * 1_000L;
    while (System.currentTimeMillis() < endMs) {
      stage.tend();
      load.requireAlive();
      stage.pause(Duration.ofMillis(200));
    }
    load.unstall();
    stage.journal().step("partition %d goes on".formatted(partition));
  }

  /** Ends all monitors and the load, and closes every window with a last heartbeat. */
  private void end(Stage stage, LiveLoad load, GameDefinitions definitions, TopicSettings topics)
      throws InterruptedException {
    long endedMs = definitions.removeMonitors();
    while (load.promisedMs() < endedMs + SETTLE_MS) {
      stage.tend();
      load.requireAlive();
      stage.pause(Duration.ofMillis(200));
    }
    load.finish();
    stage.journal().step("load ended after %,d points".formatted(load.points().size()));
    // the last hour is not over, so the broker's clock must not hold the last heartbeat back
    topics.timeOfProducer(LocalCluster.CONTROL_TOPIC);
    topics.timeOfProducer(LocalCluster.POINTS_TOPIC);
    long untilMs = (load.promisedMs() / HOUR_MS + 1) * HOUR_MS + STEP_MS;
    load.jump(untilMs);
    stage.await(
        "the tables to cover everything",
        LIMIT,
        () ->
            stage
                .tables()
                .nearest(StoredTables.MAIN)
                .filter(at -> at.watermarkMs() >= untilMs - 1)
                .isPresent());
  }

  private void judge(Stage stage, LiveLoad load) {
    stage.journal().step("judging");
    VerdictLog log = new VerdictLog(stage.cluster().bootstrapServers());
    isGood =
        new RulesJudge(stage.journal(), load.points(), load.beats(), Stage.PARTITIONS, log)
            .judge(stage.tables(), quiet);
  }

  @Override
  boolean finish(Stage stage) {
    stage.journal().figure("TaskManagers killed", kills);
    stage.journal().figure("partitions stalled", "%d for %d s".formatted(stalls, stallSeconds));
    return isGood;
  }
}
