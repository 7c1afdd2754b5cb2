package tidemark.bench;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.execution.JobClient;
import tidemark.jobs.MainJob;
import tidemark.serde.partial.EpochReport;

/**
 * Main class of a forked process: runs one job, first on the part of its input that warms it up and
 * then on all of it, prints the second {@link Measurement} as the one line on standard output, and
 * ends. Anything else is a failed run, with exit code 1.
 */
final class MeasuredRun {
  private static final long START_PAUSE_MS = 1;
  private static final long TABLE_PAUSE_MS = 200;
  private static final long SINK_PAUSE_MS = 5;

  private final RunOrder order;
  private final boolean isWarmUp;
  private final CompletableFuture<JobClient> client;
  private final CompletableFuture<Void> job = new CompletableFuture<>();
  private final long endNanos;

  // counters of the process, of which a run has its share
  private final long recordsBefore = ProcessCounters.recordsRead();
  private final long acceptedBefore = ProcessCounters.pointsAccepted();
  private final long pointsBefore = PlainJob.CountRows.points();
  private final long rowsBefore = PlainJob.CountRows.rows();

  private MeasuredRun(RunOrder order, boolean isWarmUp) {
    this.order = order;
    this.isWarmUp = isWarmUp;
    endNanos = System.nanoTime() + MILLISECONDS.toNanos(order.limitMs());
    client = BenchEnvironment.install(BenchEnvironment.settings(order));
  }

  /** Any code of a job. */
  private interface Job {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    RunOrder order = RunOrder.ofArguments(arguments);
    measure(order.ofWarmUp(), true);
    System.out.println(measure(order, false).toJson());
    System.exit(0); // the cluster's threads would keep the process
  }

  private static Measurement measure(RunOrder order, boolean isWarmUp) throws Exception {
    Files.createDirectories(order.folder().resolve("tmp"));
    MeasuredRun run = new MeasuredRun(order, isWarmUp);
    return switch (order.variant()) {
      case READ, DECODE, COMBINE -> run.measureIntake();
      case WRITE -> run.measureWrite();
      case TIDEMARK -> run.measureTidemark();
      case PLAIN, PLAIN_HEAP -> run.measureBounded(() -> PlainJob.run(run.order));
      case SQL, SQL_HEAP -> run.measureBounded(() -> SqlJob.run(run.order));
    };
  }

  private Measurement measureTidemark() throws Exception {
    try (StoredProgress progress = new StoredProgress(order.folder())) {
      List<String> arguments = new ArrayList<>(progress.jobArguments());
      arguments.addAll(
          List.of(
              "--tidemark.source.bootstrap-servers",
              order.bootstrapServers(),
              "--tidemark.source.topic",
              order.topic()));
      start(() -> MainJob.main(arguments.toArray(new String[0])));
      Clock begin = awaitFirstRecord();
      await(() -> progress.total(EpochReport.POINTS_STORED) >= order.points(), TABLE_PAUSE_MS);
      Clock end = Clock.now();
      client.join().cancel().get(order.limitMs(), MILLISECONDS);
      job.exceptionally(cancelled -> null).get(order.limitMs(), MILLISECONDS);
      if (isWarmUp) {
        return begin.measure(end, order.variant(), order.points(), 0, 0); // it has read beyond
      }
      requirePoints(progress.total(EpochReport.POINTS_ACCEPTED));
      requirePoints(progress.total(EpochReport.POINTS_STORED));
      System.err.printf(
          "%d commits, %d late points%n",
          progress.commits(), progress.total(EpochReport.POINTS_LATE));
      return begin.measure(
          end, order.variant(), order.points(), progress.rows(), progress.rowsOfAllTiers());
    }
  }

  private Measurement measureIntake() throws Exception {
    start(() -> IntakeJob.run(order));
    Clock begin = awaitFirstRecord();
    await(job::isDone, SINK_PAUSE_MS);
    Clock end = Clock.now();
    if (order.variant() == Variant.COMBINE) {
      requirePoints(ProcessCounters.pointsAccepted() - acceptedBefore);
    }
    return begin.measure(end, order.variant(), order.points(), 0, 0);
  }

  private Measurement measureWrite() {
    WriteLimit limit = new WriteLimit(order);
    Clock begin = Clock.now();
    limit.run();
    long rows = order.workload().rows();
    return begin.measure(Clock.now(), order.variant(), order.points(), rows, rows);
  }

  private Measurement measureBounded(Job code) throws Exception {
    start(code);
    Clock begin = awaitFirstRecord();
    await(job::isDone, SINK_PAUSE_MS);
    Clock end = Clock.now();
    requirePoints(PlainJob.CountRows.points() - pointsBefore);
    long rows = PlainJob.CountRows.rows() - rowsBefore;
    return begin.measure(end, order.variant(), order.points(), rows, rows);
  }

  private void requirePoints(long points) {
    if (points != order.points()) {
      throw new IllegalStateException(
          "%s must account for %s points, got %s"
              .formatted(order.variant().label(), order.points(), points));
    }
  }

  private void start(Job code) {
    Thread thread =
        new Thread(
            () -> {
              try {
                code.run();
                job.complete(null);
              } catch (Throwable failure) { // the waiting thread throws it
                job.completeExceptionally(failure);
              }
            },
            "job");
    thread.setDaemon(true);
    thread.start();
  }

  private Clock awaitFirstRecord() throws InterruptedException {
    await(() -> ProcessCounters.recordsRead() > recordsBefore, START_PAUSE_MS);
    return Clock.now();
  }

  private void await(BooleanSupplier condition, long pauseMs) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (job.isCompletedExceptionally()) {
        job.join();
      }
      if (System.nanoTime() - endNanos > 0) {
        throw new IllegalStateException(
            "%s did not get through %s points in %s ms"
                .formatted(order.variant().label(), order.points(), order.limitMs()));
      }
      Thread.sleep(pauseMs);
    }
  }
}
