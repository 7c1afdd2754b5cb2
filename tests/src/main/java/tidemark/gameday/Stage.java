package tidemark.gameday;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/**
 * The cluster of a game with its load. Whatever dies while the stage waits for something is started
 * again, as {@code ./tidemark up} would. Ends all its processes when it is closed. For one thread.
 */
final class Stage implements AutoCloseable {
  static final int PARTITIONS = 4;
  private static final long PAUSE_MS = 100;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int FIRST_EPOCHS = 3;

  private final LocalCluster cluster;
  private final LocalClusterOptions clusterOptions;
  private final GameOptions options;
  private final Journal journal;
  private final Map<String, String> jobOptions = new TreeMap<>();
  private Optional<Load> load = Optional.empty();
  private Optional<SentRecords> records = Optional.empty();
  private Optional<StoredTables> tables = Optional.empty();
  private String catalogName = "tidemark";
  private final List<Process> commands = new ArrayList<>();
  private int revived;
  private long endMs = Long.MAX_VALUE;

  Stage(Path directory, LocalClusterOptions clusterOptions, GameOptions options, Journal journal) {
    this.clusterOptions = clusterOptions.withPartitions(PARTITIONS);
    this.cluster = LocalCluster.at(directory, this.clusterOptions, line -> {});
    this.options = options;
    this.journal = journal;
  }

  // ---- opening

  void up() {
    cluster.up();
    journal.step("cluster up in " + cluster.layout().root());
  }

  /** Starts load and job, and returns when the first epochs are stored. */
  void open() {
    startLoad();
    submit("", Map.of());
    awaitEpochs(FIRST_EPOCHS);
    journal.step("load runs, first epochs are stored");
  }

  void startLoad() {
    newLoad(options.series(), options.pointsPerSecond()).start();
  }

  /**
   * Keeps what each record holds, from the next load on, for a game that asks what epochs cover.
   */
  SentRecords rememberRecords() {
    records = Optional.of(new SentRecords());
    return records.orElseThrow();
  }

  private Load newLoad(int series, int pointsPerSecond) {
    return newLoad(series, pointsPerSecond, System.currentTimeMillis());
  }

  private Load newLoad(int series, int pointsPerSecond, long nowMs) {
    Load fresh =
        new Load(
            cluster.bootstrapServers(),
            LocalCluster.POINTS_TOPIC,
            PARTITIONS,
            options.seed(),
            series,
            pointsPerSecond,
            nowMs,
            records);
    load = Optional.of(fresh);
    return fresh;
  }

  /** A load that is all there before anything reads it: a point a second of each series. */
  void sendBacklog(int series, int seconds) {
    newLoad(series, series).sendAtOnce(seconds);
    endLoad();
  }

  /**
   * The same of a length of time that lies behind now, some points of it late: so many points a
   * second of all series together.
   */
  void sendPast(Duration length, int series, int pointsPerSecond) {
    newLoad(series, pointsPerSecond, System.currentTimeMillis() - length.toMillis())
        .sendAtOnce((int) length.toSeconds());
    endLoad();
  }

  /** The tables under this name are the ones that count from now on. */
  void useCatalogName(String name) {
    tables.ifPresent(StoredTables::close);
    tables = Optional.empty();
    catalogName = name;
  }

  /** An option of the job from the next submission on. */
  void jobOption(String key, String value) {
    jobOptions.put(key, value);
  }

  /** Submits the job and waits until it runs. */
  String submit(String savepoint, Map<String, String> more) {
    return submit(savepoint, more, OptionalInt.empty());
  }

  String submit(String savepoint, Map<String, String> more, OptionalInt parallelism) {
    Map<String, String> all = new TreeMap<>(jobOptions);
    all.putAll(more);
    String jobId = cluster.submitFrom(savepoint, all, parallelism);
    awaitRunning();
    return jobId;
  }

  // ---- what a game works with

  LocalCluster cluster() {
    return cluster;
  }

  Journal journal() {
    return journal;
  }

  Load load() {
    return load.orElseThrow();
  }

  String jobId() {
    return cluster.jobId().orElseThrow();
  }

  /** The tables, opened when they are first there. */
  StoredTables tables() {
    if (tables.isEmpty()) {
      tables =
          Optional.of(
              new StoredTables(
                  catalogName,
                  cluster.catalogUri(),
                  cluster.warehouse(),
                  cluster.layout().objects()));
    }
    return tables.orElseThrow();
  }

  boolean hasCatalog() {
    String uri = cluster.catalogUri();
    return !uri.startsWith("jdbc:sqlite:")
        || Files.exists(Path.of(uri.substring("jdbc:sqlite:".length())));
  }

  /** Epochs stored in the main branch. */
  int epochs() {
    return epochs(StoredTables.MAIN);
  }

  int epochs(String branch) {
    return hasCatalog()
        ? (int) tables().commits(branch).stream().filter(Commit::isEpoch).count()
        : 0;
  }

  void pause(Duration length) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(length.toMillis());
  }

  // ---- waiting

  /** Waits for so many epochs more than there are now. */
  void awaitEpochs(int more) {
    awaitEpochs(StoredTables.MAIN, more);
  }

  void awaitEpochs(String branch, int more) {
    int wanted = epochs(branch) + more;
    await("epoch %d in %s".formatted(wanted, branch), LIMIT, () -> epochs(branch) >= wanted);
  }

  /** Waits until every task of the job runs. */
  void awaitRunning() {
    await("the job to run", LIMIT, () -> status().filter(JobStatus::isRunning).isPresent());
  }

  /** Waits until the condition holds, and starts whatever dies meanwhile. */
  void await(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new ProcessFailedException(
            "waited %d s for %s in vain; job: %s"
                .formatted(limit.toSeconds(), what, failure().orElse("no failure told")));
      }
      tend();
      try {
        pause(Duration.ofMillis(PAUSE_MS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProcessFailedException("interrupted", e);
      }
    }
  }

  /** Starts what died; fails if the load has failed or the job has ended. */
  void tend() {
    load.ifPresent(Load::requireAlive);
    List<StartedProcess> died = cluster.died();
    if (!died.isEmpty()) {
      journal.step("died by itself: " + died.stream().map(StartedProcess::name).toList());
      revive();
    }
    status()
        .filter(status -> status.isEnded() && !status.state().equals(JobStatus.UNKNOWN))
        .ifPresent(
            status -> {
              throw new ProcessFailedException(
                  "the job is %s: %s".formatted(status.state(), failure().orElse("no cause")));
            });
  }

  /** Starts what does not run. */
  void revive() {
    revived++;
    try {
      cluster.up();
    } catch (ProcessFailedException e) {
      journal.step("up failed: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  int revived() {
    return revived;
  }

  /** What the cluster says of the job; empty while nobody answers. */
  Optional<JobStatus> status() {
    try {
      return cluster.jobId().map(cluster::jobStatus);
    } catch (ProcessFailedException e) {
      return Optional.empty();
    }
  }

  /** Restarts of the job under the JobManager of now. */
  OptionalLong restarts() {
    try {
      return cluster.rest().restarts(jobId());
    } catch (ProcessFailedException e) {
      return OptionalLong.empty();
    }
  }

  /** How far the tables are behind what was sent, in seconds. */
  double behindSeconds() {
    long watermarkMs =
        tables().nearest(StoredTables.MAIN).map(Commit::watermarkMs).orElse(Long.MIN_VALUE);
    return watermarkMs == Long.MIN_VALUE
        ? Double.POSITIVE_INFINITY
        : (load().sentUntilMs() - 1 - watermarkMs) / 1e3;
  }

  /** Why the job failed last, as Flink tells it. */
  Optional<String> failure() {
    try {
      return cluster.jobId().flatMap(id -> cluster.rest().lastFailure(id));
    } catch (ProcessFailedException e) {
      return Optional.of(e.getMessage());
    }
  }

  // ---- the end

  /** Ends the load, waits until all of it is stored, and compares. */
  Verdict judge(String branch) {
    endLoad();
    return judgeEnded(branch);
  }

  /** Ends the load; what comes after covers all of it at the watermark that it leaves. */
  void endLoad() {
    endMs = load().finish();
    journal.step("load ended after %,d points".formatted(load().points()));
  }

  /** Sends points behind the end of the load, all late, and waits until main has them. */
  void sendLate(int seconds) {
    load().sendLate(seconds);
    Map<Integer, Long> ends =
        new TopicSettings(cluster.bootstrapServers()).ends(LocalCluster.POINTS_TOPIC);
    await(
        "the late points to be stored",
        LIMIT,
        () ->
            tables()
                .nearest(StoredTables.MAIN)
                .filter(at -> at.offsets(LocalCluster.POINTS_TOPIC).equals(ends))
                .isPresent());
  }

  /** The same for a load that has ended. */
  Verdict judgeEnded(String branch) {
    awaitAllStored(branch, LIMIT);
    return compare(branch);
  }

  /** Waits until a branch covers a load that has ended. */
  void awaitAllStored(String branch, Duration limit) {
    await(
        "the tables to cover everything",
        limit,
        () ->
            hasCatalog()
                && tables().nearest(branch).filter(at -> at.watermarkMs() >= endMs).isPresent());
  }

  /** Compares a branch that covers everything. */
  Verdict compare(String branch) {
    journal.step("comparing branch " + branch);
    Verdict verdict = Judge.judge(load().sent(), tables(), branch);
    verdict.examples().forEach(journal::print);
    journal.step(verdict.text());
    journal.figure("points sent", "%,d".formatted(load().points()));
    journal.figure("epochs in " + branch, epochs(branch));
    journal.figure("verdict on " + branch, verdict.text());
    return verdict;
  }

  /** A process of the game that ends with the stage at the latest. */
  Process endWith(Process command) {
    commands.add(command);
    return command;
  }

  /** Ends all processes, whatever another thread is doing with them. */
  void takeOverAndEnd() {
    cluster.takeOver();
    cluster.close();
  }

  @Override
  public void close() {
    commands.forEach(TidemarkCommand::end);
    load.ifPresent(Load::close);
    tables.ifPresent(StoredTables::close);
    cluster.close();
  }
}
