package tidemark.cli.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.flink.FlinkCommand;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.flink.FlinkRest;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/**
 * A whole Tidemark on this machine, each part in its own process: Kafka, S3, ZooKeeper, Flink, the
 * job.
 *
 * <p>The run directory is the cluster: whoever opens the same directory, in this or another
 * process, has the same cluster, running or not. Processes outlive this object unless {@link
 * #close} or {@link #down} is called; data outlives them.
 *
 * <p>Thread-safe. Waits by asking again, with limits of up to three minutes; failures are {@link
 * ProcessFailedException}s whose message shows the log of the process that failed.
 */
public final class LocalCluster implements AutoCloseable {
  public static final String ACCESS_KEY = "tidemark";
  public static final String REGION = "us-east-1";
  public static final String POINTS_TOPIC = KafkaBroker.POINTS_TOPIC;
  public static final String CONTROL_TOPIC = KafkaBroker.CONTROL_TOPIC;
  public static final String DEAD_LETTERS_TOPIC = KafkaBroker.DEAD_LETTERS_TOPIC;
  public static final String FEED_TOPIC = KafkaBroker.FEED_TOPIC;
  public static final String VERDICTS_TOPIC = KafkaBroker.VERDICTS_TOPIC;
  public static final String ALERTS_TOPIC = KafkaBroker.ALERTS_TOPIC;
  public static final String ALERTS_DEAD_LETTERS_TOPIC = KafkaBroker.ALERTS_DEAD_LETTERS_TOPIC;

  private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(10);
  private static final Duration SUBMIT_LIMIT = Duration.ofMinutes(3);
  private static final Duration SAVEPOINT_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofMinutes(1);

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final StateFile stateFile;
  private final Operations operations;
  private final ClusterProcesses processes;

  private LocalCluster(Path runDir, LocalClusterOptions options, Consumer<String> progress) {
    this.options = options;
    this.layout = new RunLayout(runDir);
    this.stateFile = new StateFile(layout.stateFile());
    this.operations = new Operations(layout.lockFile());
    this.processes = new ClusterProcesses(options, layout, stateFile, operations, progress);
  }

  /** The cluster of this run directory, which need not exist yet. Starts nothing. */
  public static LocalCluster at(Path runDir, LocalClusterOptions options) {
    return at(runDir, options, line -> {});
  }

  /** The same; {@code progress} gets a line for each step, from any thread. */
  public static LocalCluster at(
      Path runDir, LocalClusterOptions options, Consumer<String> progress) {
    return new LocalCluster(runDir, options, progress);
  }

  // ---- processes

  /**
   * Starts whatever does not run, all at once, and returns when everything answers.
   *
   * <p>As long as one process of the run lives, the job goes on by itself once what died is back. A
   * start from nothing submits nothing: {@link #resumePoint} says where the job goes on.
   */
  public void up() {
    operations.alone(
        () -> {
          boolean isWarm = !processes.isCold();
          processes.up();
          if (isWarm && jobId().isPresent()) {
            awaitRecovered(jobId().get());
          }
          return null;
        });
  }

  /**
   * A JobManager answers a moment before it knows what it finds in ZooKeeper. A job that is not
   * there after a while has ended, which is not for {@link #up} to tell.
   */
  private void awaitRecovered(String jobId) {
    try {
      operations
          .waiting(RECOVERY_LIMIT)
          .until(
              "job " + jobId + " to be found",
              List.of(),
              () -> !rest().jobStatus(jobId).state().equals(JobStatus.UNKNOWN));
    } catch (ProcessFailedException e) {
      LOG.info("job {} is not there: it has ended", jobId, e);
    }
  }

  /**
   * Ends every process of the run, the job with them: without a savepoint, so it resumes from its
   * last checkpoint. See {@link #suspend} for the other way.
   */
  public void down() {
    operations.alone(
        () -> {
          processes.down();
          return null;
        });
  }

  /** Ends every process, as {@link #down} does. */
  @Override
  public void close() {
    down();
  }

  /** From now on only the calling thread may change the run; see {@link Operations}. */
  public void takeOver() {
    operations.takeOver();
  }

  /** SIGKILL for a TaskManager that runs; returns its name. */
  public String killTaskManager() {
    return operations.alone(processes::killTaskManager);
  }

  /** SIGKILL for the JobManager; {@link #up} starts another, which finds the job. */
  public void killJobManager() {
    kill(FlinkProcesses.JOB_MANAGER);
  }

  /** SIGKILL for a process that runs, by its name; {@link #up} starts it again. */
  public void kill(String name) {
    operations.alone(
        () -> {
          processes.kill(name);
          return null;
        });
  }

  /** SIGSTOP for a process that runs, by its name: it stays, and answers nobody. */
  public void pause(String name) {
    operations.alone(
        () -> {
          processes.requireRunning(name).identity().pause();
          return null;
        });
  }

  /** SIGCONT for a process that was paused. */
  public void resume(String name) {
    operations.alone(
        () -> {
          processes.requireRunning(name).identity().resume();
          return null;
        });
  }

  /** Starts one TaskManager more, and returns its name when it has registered. */
  public String startTaskManager() {
    return startTaskManager(List.of());
  }

  /** The same with JVM options beside those of the settings. */
  public String startTaskManager(List<String> jvmOptions) {
    return operations.alone(() -> processes.startTaskManager(jvmOptions));
  }

  /** Starts a process that belongs to the run: it is listed, and ends, with the others. */
  public StartedProcess start(ChildProcess process) {
    return operations.alone(() -> processes.start(process));
  }

  /** The run's gateway, which runs only once it was started. */
  public LocalGateway gateway() {
    return new LocalGateway(this, processes, stateFile, operations);
  }

  /** The processes of the run that are meant to run, whether they do or not. */
  public List<StartedProcess> processes() {
    return stateFile.read().map(ClusterState::processes).orElse(List.of());
  }

  /** Processes that ended although nobody ended them; waits while a command is at work. */
  public List<StartedProcess> died() {
    return operations.alone(processes::died);
  }

  /** Whether the run's Flink, Kafka, S3 and ZooKeeper all run. */
  public boolean isUp() {
    return stateFile.read().map(processes::isUp).orElse(false);
  }

  // ---- the job

  /** Submits the job with no state; see {@link #submitFrom}. */
  public String submit(Map<String, String> jobOptions) {
    return submitFrom("", jobOptions);
  }

  /**
   * Submits the job and returns its id once the cluster has taken it; tasks may still be starting.
   *
   * @param savepoint URI of a savepoint or retained checkpoint; empty text for none
   * @param jobOptions over those that follow from the cluster itself
   */
  public String submitFrom(String savepoint, Map<String, String> jobOptions) {
    return submitFrom(savepoint, jobOptions, OptionalInt.empty());
  }

  /** The same with another parallelism than that of the whole cluster. */
  public String submitFrom(
      String savepoint, Map<String, String> jobOptions, OptionalInt parallelism) {
    return operations.alone(
        () -> {
          requireNoLiveJob();
          Map<String, String> all = new TreeMap<>(ownJobOptions());
          all.putAll(jobOptions);
          String jobId =
              new FlinkCommand(processes.flinkHome())
                  .submit(
                      options.jobJar(),
                      options.mainClass(),
                      all,
                      savepoint,
                      parallelism,
                      operations.waiting(SUBMIT_LIMIT));
          stateFile.write(state().withJob(jobId, savepoint));
          return jobId;
        });
  }

  /** The jobs that may run beside it. */
  public SideJobs sideJobs() {
    return new SideJobs(this, options.jobJar(), operations);
  }

  /** Jobs that count what the main one does, into branches. */
  public Shadows shadows() {
    return new Shadows(this, operations);
  }

  /** Refuses if a job of the cluster has not ended: two would write the same tables. */
  public void requireNoLiveJob() {
    List<String> live = rest().liveJobs(name -> !SideJob.isAny(name));
    if (!live.isEmpty()) {
      throw new ProcessFailedException(
          "job %s has not ended: stop it first (tidemark savepoint --stop)".formatted(live.get(0)));
    }
  }

  /** Waits until every task of the job runs. */
  public void awaitRunning(String jobId) {
    List<StartedProcess> needed =
        state().process(FlinkProcesses.JOB_MANAGER).map(List::of).orElse(List.of());
    operations
        .waiting(SUBMIT_LIMIT)
        .until(
            "job " + jobId + " to run",
            needed,
            () -> {
              JobStatus status = rest().jobStatus(jobId);
              if (status.isEnded()) {
                throw new ProcessFailedException(
                    "job %s is %s: %s"
                        .formatted(
                            jobId,
                            status.state(),
                            rest().lastFailure(jobId).orElse("no cause given")));
              }
              return status.isRunning();
            });
  }

  /** The job submitted last, unless it was stopped with a savepoint since. */
  public Optional<String> jobId() {
    return stateFile.read().map(ClusterState::jobId).filter(id -> !id.isEmpty());
  }

  public JobStatus jobStatus(String jobId) {
    return rest().jobStatus(jobId);
  }

  /** Takes a savepoint of a job that goes on, and returns where it is. */
  public String savepoint(String jobId) {
    return operations.alone(() -> await(jobId, rest().triggerSavepoint(jobId)));
  }

  /** Stops the job with a savepoint, and returns where it is; the next start resumes from it. */
  public String stopWithSavepoint(String jobId) {
    return operations.alone(
        () -> {
          String savepoint = endWithSavepoint(jobId);
          stateFile.write(state().withJob("", savepoint));
          return savepoint;
        });
  }

  /** Ends a job with a savepoint, and returns where it is. */
  String endWithSavepoint(String jobId) {
    String savepoint = await(jobId, rest().triggerStop(jobId));
    operations
        .waiting(END_LIMIT)
        .until("job " + jobId + " to end", List.of(), () -> jobStatus(jobId).isEnded());
    return savepoint;
  }

  /** Cancels the job and waits for its end; its last checkpoint stays. */
  public void cancel(String jobId) {
    operations.alone(
        () -> {
          rest().cancel(jobId);
          operations
              .waiting(END_LIMIT)
              .until("job " + jobId + " to end", List.of(), () -> jobStatus(jobId).isEnded());
          return null;
        });
  }

  /**
   * Where the job goes on when it is submitted again: the newest savepoint or retained checkpoint
   * of the job submitted last, else what that was started from; empty if there is neither.
   */
  public Optional<String> resumePoint() {
    return stateFile
        .read()
        .map(
            state -> new RetainedState(layout).newestOf(state.jobId()).orElseGet(state::resumeFrom))
        .filter(point -> !point.isEmpty());
  }

  /** Leaves the job so that it can be resumed: with a savepoint if that succeeds. */
  public Suspension suspend() {
    return operations.alone(
        () -> {
          Optional<String> jobId = jobId();
          if (jobId.isEmpty()) {
            return new Suspension(Suspension.Outcome.NO_JOB, resumePoint().orElse(""), "");
          }
          try {
            JobStatus status = rest().jobStatus(jobId.get());
            if (status.isRunning()) {
              String savepoint = stopWithSavepoint(jobId.get());
              return new Suspension(Suspension.Outcome.SAVEPOINT, savepoint, "");
            }
            return fallback("the job is " + status.state());
          } catch (ProcessFailedException e) {
            return fallback(e.getMessage());
          }
        });
  }

  private Suspension fallback(String reason) {
    return new Suspension(Suspension.Outcome.FALLBACK, resumePoint().orElse(""), reason);
  }

  private String await(String jobId, String requestId) {
    JobStatus.SavepointProgress progress =
        operations
            .waiting(SAVEPOINT_LIMIT)
            .forAnswer(
                "the savepoint of job " + jobId,
                List.of(),
                () ->
                    Optional.of(rest().savepointProgress(jobId, requestId))
                        .filter(p -> p.isDone()));
    return progress
        .path()
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "the savepoint failed: " + progress.failure().orElse("no cause given")));
  }

  // ---- where things are

  public RunLayout layout() {
    return layout;
  }

  public String bootstrapServers() {
    return processes.kafka(state()).bootstrapServers();
  }

  public String s3Endpoint() {
    return processes.objectStore(state()).endpoint();
  }

  public String s3SecretKey() {
    return state().secretKey();
  }

  public String restUrl() {
    return "http://127.0.0.1:" + state().port(Port.FLINK_REST);
  }

  public FlinkRest rest() {
    return new FlinkRest(restUrl());
  }

  /** Flink's own command line, pointed at this cluster. */
  public FlinkCommand flinkCommand() {
    state();
    return new FlinkCommand(processes.flinkHome());
  }

  public String warehouse() {
    return "s3://" + RunLayout.TABLES_BUCKET + "/warehouse";
  }

  public String catalogUri() {
    return options.catalogUri().isEmpty()
        ? "jdbc:sqlite:" + layout.catalogFile()
        : options.catalogUri();
  }

  /** What a reader of the tables needs: catalog, warehouse and access to the S3 server. */
  public Map<String, String> catalogProperties() {
    return Map.of(
        "uri", catalogUri(),
        "warehouse", warehouse(),
        "s3.endpoint", s3Endpoint(),
        "s3.access-key-id", ACCESS_KEY,
        "s3.secret-access-key", s3SecretKey(),
        "s3.path-style-access", "true",
        "client.region", REGION,
        "gateway.cache-directory", layout.cache().toString(),
        "gateway.memory-limit", "512MB");
  }

  /** Options of the job that follow from the cluster. */
  private Map<String, String> ownJobOptions() {
    return Map.of(
        "tidemark.source.bootstrap-servers",
        bootstrapServers(),
        "tidemark.source.topic",
        POINTS_TOPIC,
        "tidemark.dead-letter.topic",
        DEAD_LETTERS_TOPIC,
        "tidemark.feed.topic",
        FEED_TOPIC,
        "tidemark.store.warehouse",
        warehouse(),
        "tidemark.store.catalog-uri",
        catalogUri(),
        // a quarter of the defaults: the whole cluster is to fit 3 GB
        "tidemark.rollup.memory",
        "32 mb",
        "tidemark.store.buffer",
        "32 mb");
  }

  private ClusterState state() {
    return stateFile
        .read()
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "nothing was ever started in %s: run tidemark up".formatted(layout.root())));
  }
}
