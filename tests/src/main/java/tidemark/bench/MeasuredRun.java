package tidemark.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.execution.JobClient;
import tidemark.jobs.MainJob;
import tidemark.serde.partial.EpochReport;

/**
 * Main class of a forked process: runs one job, prints its {@link Measurement} as the one line on
 * standard output, and ends. Anything else is a failed run, with exit code 1.
 */
final class MeasuredRun {
  private static final long START_PAUSE_MS = 1;
  private static final long TABLE_PAUSE_MS = 200;
  private static final long SINK_PAUSE_MS = 5;

  private final RunOrder order;
  private final CompletableFuture<JobClient> client;
  private final CompletableFuture<Void> job = new CompletableFuture<>();
  private final long endNanos;

  private MeasuredRun(RunOrder order) {
    this.order = order;
    endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(order.limitMs());
    client = BenchEnvironment.install(BenchEnvironment.settings(order));
  }

  /** Any code of a job. */
  private interface Job {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    RunOrder order = RunOrder.ofArguments(arguments);
    Files.createDirectories(order.folder().resolve("tmp"));
    MeasuredRun run = new MeasuredRun(order);
    Measurement measurement =
        order.variant() == Variant.TIDEMARK ? run.measureTidemark() : run.measurePlain();
    System.out.println(measurement.toJson());
    System.exit(0); // the cluster's threads would keep the process
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
      client.join().cancel().get(order.limitMs(), TimeUnit.MILLISECONDS);
      requirePoints(progress.total(EpochReport.POINTS_ACCEPTED));
      requirePoints(progress.total(EpochReport.POINTS_STORED));
      System.err.printf(
          "%d commits, %d late points%n",
          progress.commits(), progress.total(EpochReport.POINTS_LATE));
      return begin.measure(
          end, order.variant(), order.points(), progress.rows(), progress.rowsOfAllTiers());
    }
  }

  private Measurement measurePlain() throws Exception {
    start(() -> PlainJob.run(order));
    Clock begin = awaitFirstRecord();
    await(() -> CountingSink.points() >= order.points() || job.isDone(), SINK_PAUSE_MS);
    Clock end = Clock.now();
    requirePoints(CountingSink.points());
    return begin.measure(
        end, order.variant(), order.points(), CountingSink.rows(), CountingSink.rows());
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
    await(() -> SourceCounters.recordsRead() > 0, START_PAUSE_MS);
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
