package tidemark.gameday;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.process.StartedProcess;
import tidemark.gateway.Audit;
import tidemark.gateway.AuditReport;
import tidemark.gateway.AuditRequest;

/**
 * The live job has bugs for a while; a replay by the mended one is compared, held back by the gate,
 * proven by a second replay, published, taken back and published again, while a reader polls and
 * late points go on arriving.
 */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = "Let the live job have bugs, find them by a replay, and publish what is right.")
final class PublishGame extends Game {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String MENDED = "mended";
  private static final String SECOND = "second";
  private static final int LATE_SECONDS = 20;

  @Option(
      names = "--bug-seconds",
      description = "How long the job has its bugs; default ${DEFAULT-VALUE}.")
  private int bugSeconds = 60;

  private Stage stage;
  private TidemarkCommand command;
  private final Set<String> guilty = new TreeSet<>();
  private boolean isGood = true;

  /** For the command line. */
  PublishGame() {}

  /** Shortened. */
  PublishGame(int bugSeconds) {
    this.bugSeconds = bugSeconds;
  }

  @Override
  String name() {
    return "publish";
  }

  /** One TaskManager, so that all tasks have the bugs or none. */
  @Override
  LocalClusterOptions cluster(LocalClusterOptions common) {
    return common.withTaskManagers(1, 2).withFlinkOption("heartbeat.timeout", "6 s");
  }

  @Override
  void harm(Stage theStage, Random random) throws InterruptedException {
    stage = theStage;
    command = new TidemarkCommand(home(), stage);
    String unused = command.run(0, "archive", "start", "--option", "tidemark.archive.interval=5 s");
    haveBugs();
    stage.endLoad();
    stage.awaitAllStored(StoredTables.MAIN, LIMIT);
    awaitArchived();
    Verdict wrong = stage.compare(StoredTables.MAIN);
    require("each bug shows", wrong.missing() > 0 && wrong.different() > 0);
    findThem(wrong);
    publish(wrong);
  }

  private void haveBugs() throws InterruptedException {
    restart(List.of());
    stage.awaitEpochs(2);
    Set<String> before = epochs();
    restart(List.of(Bug.values()));
    stage.awaitRunning();
    stage.journal().step("the job has its bugs");
    stage.pause(Duration.ofSeconds(bugSeconds));
    stage.awaitEpochs(2);
    restart(List.of());
    stage.awaitRunning();
    guilty.addAll(epochs());
    guilty.removeAll(before);
    stage.awaitEpochs(2);
    stage.journal().step("the job has no bugs any more; epochs with them: " + guilty.size());
  }

  private Set<String> epochs() {
    Set<String> epochs = new HashSet<>();
    stage.tables().commits(StoredTables.MAIN).stream()
        .filter(Commit::isEpoch)
        .map(Commit::identity)
        .forEach(epochs::add);
    return epochs;
  }

  /** Another TaskManager in the place of those that run. */
  private void restart(List<Bug> bugs) {
    for (StartedProcess process : List.copyOf(stage.cluster().processes())) {
      if (process.name().startsWith(FlinkProcesses.TASK_MANAGER_PREFIX) && process.isAlive()) {
        stage.cluster().kill(process.name());
      }
    }
    if (bugs.isEmpty()) {
      stage.revive();
      return;
    }
    Path script = stage.cluster().layout().root().resolve("bugs.btm");
    try {
      Files.writeString(script, String.join("", bugs.stream().map(Bug::rule).toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path agent = Jars.of(org.jboss.byteman.agent.Main.class);
    String unused =
        stage
            .cluster()
            .startTaskManager(List.of("-javaagent:%s=script:%s".formatted(agent, script)));
  }

  private void awaitArchived() {
    Map<Integer, Long> ends =
        new TopicSettings(stage.cluster().bootstrapServers()).ends(LocalCluster.POINTS_TOPIC);
    stage.await(
        "the archive to have all",
        LIMIT,
        () -> stage.tables().archivedTo(LocalCluster.POINTS_TOPIC).equals(ends));
  }

  /** The replay is right, and comparing tells what the judge has found, and whose it is. */
  private void findThem(Verdict wrong) {
    stage.journal().print(command.run(0, "replay", MENDED));
    requireAsSent(MENDED);
    ComparedRows found = ComparedRows.ofJson(command.run(1, "compare", MENDED, "--json"));
    stage.journal().figure("main against the replay", found.text());
    LedgerDifference ledger =
        LedgerDifference.of(
            stage.tables().ledger(StoredTables.MAIN), stage.tables().ledger(MENDED));
    require(
        "exactly the affected rows are found, and those of the ledger: " + ledger,
        found.missing() == wrong.extra() + ledger.missing()
            && found.extra() == wrong.missing() + ledger.extra()
            && found.different() == wrong.different() + ledger.different());
    Map<String, Long> holding = epochsOfDifferences();
    require(
        "it names the epochs whose files hold them: wanted %s, found %s"
            .formatted(holding, found.leftEpochs()),
        found.leftEpochs().equals(holding));
    require(
        "epochs that had the bugs are among them: " + guilty,
        !Collections.disjoint(guilty, found.leftEpochs().keySet()));
  }

  /** Partial rows of what differs between main and the replay, by the epochs that stored them. */
  private Map<String, Long> epochsOfDifferences() {
    Set<RowKey> differing =
        differing(
            stage.tables().rows(StoredTables.MAIN).values(), stage.tables().rows(MENDED).values());
    differing.addAll(
        differing(stage.tables().ledger(StoredTables.MAIN), stage.tables().ledger(MENDED)));
    Map<String, Long> rows = new TreeMap<>();
    stage
        .tables()
        .keysOfEpochs(StoredTables.MAIN)
        .forEach(
            (epoch, keys) -> rows.put(epoch, keys.stream().filter(differing::contains).count()));
    rows.values().removeIf(count -> count == 0);
    return rows;
  }

  private static <V> Set<RowKey> differing(Map<RowKey, V> left, Map<RowKey, V> right) {
    Set<RowKey> keys = new HashSet<>(left.keySet());
    keys.addAll(right.keySet());
    keys.removeIf(key -> Objects.equals(left.get(key), right.get(key)));
    return keys;
  }

  private void publish(Verdict wrong) throws InterruptedException {
    Map<String, String> gateway = stage.cluster().catalogProperties();
    stage.journal().print(command.run(1, "publish", MENDED));
    require("the gate held it back", stage.compare(StoredTables.MAIN).text().equals(wrong.text()));
    stage.journal().print(command.run(0, "replay", SECOND, "--again", MENDED));
    stage.journal().print(command.run(0, "compare", MENDED, SECOND));

    stage.sendLate(LATE_SECONDS);
    Set<List<Object>> before = SwapReader.ask(gateway);
    Set<List<Object>> after;
    try (SwapReader reader = new SwapReader(gateway)) {
      reader.start();
      stage.journal().print(command.run(0, "publish", MENDED));
      after = SwapReader.ask(gateway);
      requireAsSent(StoredTables.MAIN);
      isGood &= isAuditWell(gateway);
      stage.journal().print(command.run(0, "publish", MENDED, "--undo"));
      require("undoing puts the old rows back", SwapReader.ask(gateway).equals(before));
      stage.journal().print(command.run(0, "publish", MENDED));
      stage.await("the reader to see it", LIMIT, () -> reader.answers().contains(after));
      reader.close();
      stage.journal().figure("polls of the reader", reader.polls());
      require("no poll failed, got " + reader.failures(), reader.failures().isEmpty());
      require("it saw before or after only", Set.of(before, after).containsAll(reader.answers()));
    }
    restart(List.of());
    stage.sendLate(LATE_SECONDS);
    requireAsSent(StoredTables.MAIN);
  }

  private boolean isAuditWell(Map<String, String> gateway) {
    AuditReport audit = Audit.run(gateway, AuditRequest.everything());
    List<String> differences = new ArrayList<>();
    audit.differences().forEach(difference -> differences.add(difference.describe()));
    differences.forEach(stage.journal()::fault);
    stage.journal().figure("differences of the audit", differences.size());
    return differences.isEmpty();
  }

  private void requireAsSent(String branch) {
    Verdict verdict = stage.compare(branch);
    if (!verdict.isGood()) {
      verdict.examples().forEach(stage.journal()::fault);
      isGood = false;
    }
  }

  private void require(String what, boolean isTrue) {
    isGood &= stage.journal().require(what, isTrue);
  }

  @Override
  boolean finish(Stage theStage) {
    return isGood;
  }
}
