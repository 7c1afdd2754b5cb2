package tidemark.bench;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.core.execution.JobClient;
import tidemark.jobs.ArchiveJob;
import tidemark.jobs.MainJob;
import tidemark.jobs.MaintainJob;
import tidemark.jobs.ReplayJob;
import tidemark.serde.partial.EpochReport;

/**
 * Main class of a forked process: runs one job, prints its {@link Measurement} as the one line on
 * standard output, and ends. Anything else is a failed run, with exit code 1.
 *
 * <p>The clock starts when the job has read the windows that warm it up: by then its code is
 * compiled and each series has been seen. What it has read but not yet stored at that moment is
 * work that is timed and not counted.
 */
final class MeasuredRun {
  private static final long START_PAUSE_MS = 1;
  private static final long TABLE_PAUSE_MS = 200;
  private static final long SINK_PAUSE_MS = 5;

  private final RunOrder order;
  private final CompletableFuture<JobClient> client;
  private final CompletableFuture<Void> job = new CompletableFuture<>();
  private final long endNanos;

  private long pointsBefore; // read when the clock started

  private MeasuredRun(RunOrder order) {
    this.order = order;
    endNanos = System.nanoTime() + MILLISECONDS.toNanos(order.limitMs());
    client = BenchEnvironment.install(BenchEnvironment.settings(order));
  }

  /** Any code of a job. */
  private interface Job {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    RunOrder order = RunOrder.ofArguments(arguments);
    System.out.println(measure(order).toJson());
    System.exit(0); // the cluster's threads would keep the process
  }

  private static Measurement measure(RunOrder order) throws Exception {
    Files.createDirectories(order.folder().resolve("tmp"));
    MeasuredRun run = new MeasuredRun(order);
    return switch (order.variant()) {
      case READ, DECODE, COMBINE -> run.measureIntake();
      case WRITE -> run.measureWrite();
      case TIDEMARK, CONTROL, HOT, RULES, MONITORS -> run.measureTidemark();
      case ARCHIVE -> run.measureArchive();
      case REPLAY -> run.measureReplay();
      case PLAIN, PLAIN_HEAP -> run.measureBounded(() -> PlainJob.run(run.order));
      case SQL, SQL_HEAP -> run.measureBounded(() -> SqlJob.run(run.order));
      case STREAMS -> run.measureStreams();
    };
  }

  private Measurement measureTidemark() throws Exception {
    try (StoredProgress progress = new StoredProgress(order.folder())) {
      String[] arguments =
          arguments(
              progress,
              "--tidemark.source.bootstrap-servers",
              order.bootstrapServers(),
              "--tidemark.source.topic",
              order.topic(),
              "--tidemark.feed.topic", // who measures beside it writes no such topics
              "",
              "--tidemark.control.topic",
              order.variant().hasControl() ? ControlTopicFiller.topic(order.variant()) : "",
              "--tidemark.watch.verdicts-topic",
              ControlTopicFiller.VERDICTS_TOPIC,
              "--tidemark.watch.alerts-topic",
              ControlTopicFiller.ALERTS_TOPIC);
      start(() -> MainJob.main(arguments));
      Clock begin = awaitWarm();
      long judgedBefore = ProcessCounters.windowsJudged();
      Stalls stalls = new Stalls(order.records());
      await(() -> progress.total(EpochReport.POINTS_STORED) >= order.points(), TABLE_PAUSE_MS);
      Clock end = Clock.now();
      client.join().cancel().get(order.limitMs(), MILLISECONDS);
      job.exceptionally(cancelled -> null).get(order.limitMs(), MILLISECONDS);
      requirePoints(progress.total(EpochReport.POINTS_ACCEPTED));
      requirePoints(progress.total(EpochReport.POINTS_STORED));
      System.err.printf(
          "%d commits, %d late points%n",
          progress.commits(), progress.total(EpochReport.POINTS_LATE));
      stalls.close();
      Map<String, Double> figures = new TreeMap<>();
      if (order.variant() == Variant.MONITORS) {
        figures.put(
            Measurement.EVALUATIONS, (double) ProcessCounters.windowsJudged() - judgedBefore);
      }
      figures.put("longest stall of a task, s", stalls.longestSeconds());
      figures.put("open windows at most, MB", stalls.mostWindowBytes() / 1e6);
      figures.put("largest checkpoint, MB", stalls.mostCheckpointBytes() / 1e6);
      figures.put("10 s tier as written, bytes/point", perPoint(progress.bytes()));
      long rows = progress.rows();
      long allRows = progress.rowsOfAllTiers();
      if (order.isFolded()) {
        fold(progress);
        figures.put("10 s tier folded, bytes/point", perPoint(progress.bytes()));
      }
      return measure(begin, end, rows, allRows, figures);
    }
  }

  private Measurement measureArchive() throws Exception {
    try (StoredProgress progress = new StoredProgress(order.folder());
        ArchiveProgress archive = new ArchiveProgress(progress)) {
      String[] arguments =
          arguments(
              progress,
              "--tidemark.source.bootstrap-servers",
              order.bootstrapServers(),
              "--tidemark.source.topic",
              order.topic(),
              "--tidemark.archive.interval",
              order.checkpointMs() + " ms");
      start(() -> ArchiveJob.main(arguments));
      Clock begin = awaitWarm();
      await(() -> archive.records(order.topic()) >= order.records(), TABLE_PAUSE_MS);
      Clock end = Clock.now();
      client.join().cancel().get(order.limitMs(), MILLISECONDS);
      job.exceptionally(cancelled -> null).get(order.limitMs(), MILLISECONDS);
      Map<String, Double> figures = new TreeMap<>();
      figures.put("stored, bytes/point", perPoint(archive.fileBytes()));
      figures.put("raw, bytes/point", perPoint(archive.payloadBytes()));
      putRates(
          figures, archive.payloadBytes(), begin.measure(end, order.variant(), 1, 0, 0, Map.of()));
      return measure(begin, end, 0, 0, figures);
    }
  }

  private Measurement measureReplay() throws Exception {
    try (StoredProgress progress = new StoredProgress(order.folder());
        ArchiveProgress archive = new ArchiveProgress(progress)) {
      archive.nameEpoch(order.topic(), order.endOffsets(), order.workload());
      String[] arguments =
          arguments(
              progress,
              "--tidemark.replay.branch",
              StoredProgress.REPLAYED,
              "--tidemark.replay.interval",
              order.checkpointMs() + " ms");
      start(() -> ReplayJob.main(arguments));
      Clock begin = awaitWarm();
      await(job::isDone, SINK_PAUSE_MS);
      Clock end = Clock.now();
      requirePoints(progress.total(StoredProgress.REPLAYED, EpochReport.POINTS_STORED));
      Map<String, Double> figures = new TreeMap<>();
      putRates(
          figures, archive.payloadBytes(), begin.measure(end, order.variant(), 1, 0, 0, Map.of()));
      return measure(
          begin,
          end,
          progress.rows(StoredProgress.REPLAYED),
          progress.rowsOfAllTiers(StoredProgress.REPLAYED),
          figures);
    }
  }

  /** Of a job: of two that set one option the last one counts, so the order's own come last. */
  private String[] arguments(StoredProgress progress, String... benchmarks) {
    List<String> all = new ArrayList<>(progress.jobArguments());
    all.addAll(List.of(benchmarks));
    all.addAll(order.jobArguments());
    return all.toArray(new String[0]);
  }

  /** Of the part that was measured, whose records are as long as the others. */
  private void putRates(Map<String, Double> figures, long payloadBytes, Measurement clock) {
    double bytes = (double) payloadBytes * (order.points() - pointsBefore) / order.points();
    figures.put("raw, MB/s", bytes / clock.wallSeconds() / 1e6);
    figures.put("raw, MB/core-second", bytes / clock.cpuSeconds() / 1e6);
    figures.put("resident at most, MB", ProcessCounters.mostResidentBytes() / 1e6);
  }

  private double perPoint(long bytes) {
    return (double) bytes / order.points();
  }

  private void fold(StoredProgress progress) throws Exception {
    List<String> arguments = new ArrayList<>(progress.jobArguments());
    arguments.addAll(
        List.of("--tidemark.maintain.passes", "once", "--tidemark.compact.effort", "full"));
    MaintainJob.main(arguments.toArray(new String[0]));
  }

  private Measurement measureIntake() throws Exception {
    start(() -> IntakeJob.run(order));
    Clock begin = awaitWarm();
    await(job::isDone, SINK_PAUSE_MS);
    Clock end = Clock.now();
    if (order.variant() == Variant.COMBINE) {
      requirePoints(ProcessCounters.pointsAccepted());
    }
    return measure(begin, end, 0, 0);
  }

  private Measurement measureWrite() {
    WriteLimit limit = new WriteLimit(order);
    limit.run(order.workload().first(Math.max(1, order.warmUpWindows())));
    Clock begin = Clock.now();
    limit.run(order.workload());
    long rows = order.workload().rows();
    return measure(begin, Clock.now(), rows, rows);
  }

  private Measurement measureBounded(Job code) throws Exception {
    start(code);
    Clock begin = awaitWarm();
    await(job::isDone, SINK_PAUSE_MS);
    Clock end = Clock.now();
    requirePoints(PlainJob.CountRows.points());
    long rows = PlainJob.CountRows.rows();
    return measure(begin, end, rows, rows);
  }

  private Measurement measureStreams() throws Exception {
    try (StreamsJob streams = new StreamsJob(order, job)) {
      streams.start();
      Clock begin = awaitWarm(StreamsJob::recordsRead);
      await(() -> StreamsJob.points() >= order.points(), SINK_PAUSE_MS);
      Clock end = Clock.now();
      requirePoints(StreamsJob.points());
      return measure(begin, end, 0, 0);
    }
  }

  private Measurement measure(Clock begin, Clock end, long rows, long allRows) {
    return measure(begin, end, rows, allRows, Map.of());
  }

  private Measurement measure(
      Clock begin, Clock end, long rows, long allRows, Map<String, Double> figures) {
    long points = order.points() - pointsBefore;
    if (points <= 0) {
      throw new IllegalStateException(
          "%s had read all %s points before they were looked for; give it more points"
              .formatted(order.variant().label(), order.points()));
    }
    return begin.measure(end, order.variant(), points, rows, allRows, figures);
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

  private Clock awaitWarm() throws InterruptedException {
    return awaitWarm(ProcessCounters::recordsRead);
  }

  private Clock awaitWarm(LongSupplier recordsRead) throws InterruptedException {
    Workload workload = order.workload();
    long pointsPerWindow = workload.points() / workload.windows();
    long recordsPerWindow = order.records() / workload.windows();
    long warmUp = Math.max(1, order.warmUpWindows() * recordsPerWindow);
    await(() -> recordsRead.getAsLong() >= warmUp, START_PAUSE_MS);
    if (order.warmUpWindows() == 0) {
      return Clock.now();
    }
    // every record of a window has as many points, but for a smaller one at its end
    pointsBefore = recordsRead.getAsLong() * pointsPerWindow / recordsPerWindow;
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
