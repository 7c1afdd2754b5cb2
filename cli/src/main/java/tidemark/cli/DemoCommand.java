package tidemark.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.demo.Answers;
import tidemark.cli.demo.Figures;
import tidemark.cli.demo.FiguresReader;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.sql.SqlClient;

/** Shows the whole of it: this machine's metrics through Kafka and Flink into tables and SQL. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Run everything on this machine's own metrics, and show it.",
      "Starts what does not run, sends metrics, shows what happens, and answers questions through "
          + "the gateway. Ctrl-C, or the end of --for, ends everything; the next start finds its "
          + "data again."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofDays(36_500);
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** Readable data of this demo after which one without an end asks its questions. */
  private static final Duration READABLE_BEFORE_ANSWER = Duration.ofSeconds(20);

  private final Workspace workspace;
  private final PrintStream out = System.out;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = "End by itself after watching this long, with the answers: 60s, 5m, 2h.")
  private Duration length = FOREVER;

  DemoCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws InterruptedException {
    Progress progress = new Progress(out);
    LocalCluster cluster = workspace.cluster(progress);
    Runnable end = () -> Ending.suspendAndEnd(cluster, progress);
    int exitCode;
    try (Interruption interruption = Interruption.endingWith(end, cluster, progress)) {
      try {
        start(cluster, progress);
        exitCode = watch(cluster, progress);
      } catch (ProcessFailedException e) {
        System.err.println("error: " + e.getMessage());
        exitCode = 1;
      }
      end.run();
    }
    return exitCode;
  }

  private void start(LocalCluster cluster, Progress progress) {
    cluster.up();
    HeartbeatCommand.ensureRunning(workspace, cluster, progress);
    String unused = JobStart.ensureRunning(cluster, progress);
    GatewayAccess unusedAccess = GatewayStart.ensureRunning(cluster, progress);
    ensureAgent(cluster, progress);
    NotifyCommand.ensureRunning(workspace, cluster, progress);
    progress.accept("all up; web UI at " + cluster.restUrl() + "; Ctrl-C ends everything");
  }

  private void ensureAgent(LocalCluster cluster, Progress progress) {
    if (!Service.isRunning(AgentCommand.NAME, cluster)) {
      StartedProcess agent = AgentCommand.start(workspace, cluster);
      progress.accept("agent started, pid " + agent.identity().pid());
    }
  }

  /** Shows what happens until the end, and then the answers; the exit code is theirs. */
  private int watch(LocalCluster cluster, Progress progress) throws InterruptedException {
    long endNanos = System.nanoTime() + length.toNanos();
    long answerMs = System.currentTimeMillis() + READABLE_BEFORE_ANSWER.toMillis();
    boolean isAnswered = !length.equals(FOREVER);
    try (FiguresReader reader = new FiguresReader(cluster, Clock.systemUTC())) {
      while (System.nanoTime() - endNanos < 0) {
        TimeUnit.NANOSECONDS.sleep(Math.min(PAUSE.toNanos(), endNanos - System.nanoTime()));
        List<StartedProcess> died = cluster.died();
        if (cluster.processes().isEmpty()) {
          progress.accept("another command has ended the run");
          return 0;
        }
        if (!died.isEmpty()) {
          revive(died, cluster, progress);
        }
        requireJobGoesOn(cluster);
        Figures figures = reader.read();
        progress.accept(line(figures));
        if (!isAnswered && figures.isReadableUntil(answerMs)) {
          isAnswered = true;
          int unused = answer(cluster);
        }
      }
    }
    return answer(cluster);
  }

  private int answer(LocalCluster cluster) throws InterruptedException {
    GatewayAccess access = cluster.gateway().ensureRunning(AgentCommand.DEFAULT_ORG);
    return new Answers(new SqlClient(access), out, System.err).print();
  }

  /** Whoever stops the job with a savepoint meanwhile wants that; a job that fails is told. */
  private static void requireJobGoesOn(LocalCluster cluster) {
    if (!cluster.rest().isUp()) {
      return; // it is about to be found dead, or to lead again
    }
    Optional<JobStatus> ended = cluster.jobId().map(cluster::jobStatus).filter(JobStatus::isEnded);
    ended.ifPresent(
        status -> {
          throw new ProcessFailedException(
              "the job is %s: %s"
                  .formatted(
                      status.state(),
                      cluster.rest().lastFailure(status.jobId()).orElse("no cause given")));
        });
  }

  static String line(Figures figures) {
    return "points in %s | stored %s | watermark %s | commit %s"
        .formatted(figures.points(), figures.stored(), figures.delay(), figures.committed());
  }

  /** Whatever dies is started again; the job goes on by itself. */
  private void revive(List<StartedProcess> died, LocalCluster cluster, Progress progress) {
    for (StartedProcess process : died) {
      progress.accept(process.name() + " has ended: starting it again; see " + process.log());
    }
    cluster.up();
    HeartbeatCommand.ensureRunning(workspace, cluster, progress);
    GatewayAccess unused = GatewayStart.ensureRunning(cluster, progress);
    ensureAgent(cluster, progress);
    NotifyCommand.ensureRunning(workspace, cluster, progress);
  }
}
