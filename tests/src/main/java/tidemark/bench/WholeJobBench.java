package tidemark.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Points per second and per core-second of the main job, beside its limits and plain Flink jobs on
 * the same topic.
 *
 * <p>Starts a broker, fills a topic, and then runs each variant in a JVM of its own, one after the
 * other, round by round. The first windows of a run are not measured, so that what is measured is a
 * job that has been running, and neither its start nor the first sight of each series. Prints
 * medians and ratios and writes all runs as JSON. Needs about 10 bytes of disk per point and two
 * minutes per round and 100 million points.
 */
public final class WholeJobBench {
  // above what a run is given to say itself that it has failed
  private static final long GRACE_MS = 60_000;

  private final BenchOptions options;
  private final Consumer<String> progress;

  /**
   * A topic of points.
   *
   * @param marks by number of windows, from 0 to all of them, and partition: the offset behind them
   */
  private record Input(String topic, List<long[]> marks) {}

  WholeJobBench(BenchOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  public static void main(String[] arguments) throws Exception {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.print(BenchOptions.USAGE);
      return;
    }
    BenchOptions options;
    try {
      options = BenchOptions.of(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
      return;
    }
    BenchResult result = new WholeJobBench(options, System.err::println).run();
    Files.createDirectories(options.output().toAbsolutePath().getParent());
    Files.writeString(options.output(), result.toJson());
    System.out.println(result.toText());
    System.out.println("all runs: " + options.output());
  }

  BenchResult run() throws IOException, InterruptedException, ExecutionException {
    Path folder = Files.createTempDirectory("tidemark-bench");
    Thread cleanUp = new Thread(() -> delete(folder));
    Runtime.getRuntime().addShutdownHook(cleanUp);
    Path brokerFolder = Files.createDirectory(folder.resolve("kafka"));
    try (KafkaProcess kafka =
        new KafkaProcess(options.home().resolve("dist/kafka/target/lib"), brokerFolder)) {
      progress.accept("starting Kafka");
      kafka.start();
      Map<Workload, Input> inputs = fill(kafka.bootstrapServers());
      List<Measurement> runs = new ArrayList<>();
      for (int round = 1; round <= options.rounds(); round++) {
        for (Variant variant : options.variants()) {
          Input input = inputs.get(variant.workload(options.workload()));
          runs.add(run(folder, kafka.bootstrapServers(), round, variant, input));
        }
      }
      return new BenchResult(options, Machine.here(), runs);
    } finally {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
      delete(folder);
    }
  }

  /** Writes what the variants read: points once for all that read the same. */
  private Map<Workload, Input> fill(String bootstrapServers)
      throws InterruptedException, ExecutionException {
    Map<Workload, Input> inputs = new HashMap<>();
    ControlTopicFiller control = new ControlTopicFiller(bootstrapServers);
    control.createVerdictTopics();
    for (Variant variant : options.variants()) {
      Workload workload = variant.workload(options.workload());
      if (!inputs.containsKey(workload)) {
        String topic = "points-" + inputs.size();
        long start = System.nanoTime();
        inputs.put(
            workload,
            new Input(
                topic,
                new TopicFiller(bootstrapServers, topic, options.partitions(), workload).fill()));
        progress.accept(
            "wrote %,d points in %d s"
                .formatted(
                    workload.points(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)));
      }
      if (variant.hasControl()) {
        control.fill(variant, workload);
      }
    }
    return inputs;
  }

  private Measurement run(
      Path folder, String bootstrapServers, int round, Variant variant, Input input)
      throws IOException, InterruptedException, ExecutionException {
    String name = variant.label() + "-" + round;
    Path runFolder = folder.resolve(variant.isOfArchive() ? "archived-" + round : name);
    Files.createDirectories(runFolder);
    Workload read =
        variant.workload(options.workload()).part(variant.isPlain() ? options.plainShare() : 1);
    boolean isLive = options.windowMs() > 0;
    RunOrder order =
        new RunOrder(
            variant,
            bootstrapServers,
            isLive ? "live-" + name : input.topic(),
            runFolder,
            read,
            Arrays.stream(input.marks().get(read.windows())).boxed().toList(),
            read.windows() / options.warmUpShare(),
            options.checkpointMs(),
            options.limitMs(),
            options.isFolded(),
            options.settings());
    ChildJvm jvm = ChildJvm.likeThisOne(runFolder);
    Process process;
    boolean hasEnded;
    try (LiveCopy live =
        new LiveCopy(
            bootstrapServers,
            input.topic(),
            order.topic(),
            input.marks().subList(0, read.windows() + 1),
            order.warmUpWindows() / 2, // the other half lets the job catch up
            options.windowMs())) {
      if (isLive) {
        live.start();
      }
      process = jvm.start(name, jvmOptions(), MeasuredRun.class.getName(), order.toArguments());
      hasEnded = process.waitFor(options.limitMs() + GRACE_MS, TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      live.failure().ifPresent(e -> progress.accept("the live topic was not written: " + e));
    }
    Optional<String> json = // a JVM may say something too
        Files.readAllLines(jvm.output(name)).stream()
            .filter(line -> line.startsWith("{"))
            .findFirst();
    if (!hasEnded || process.waitFor() != 0 || json.isEmpty()) {
      throw new IllegalStateException("run %s failed:%n%s".formatted(name, jvm.tail(name)));
    }
    Measurement measurement = Measurement.ofJson(json.get());
    long rows = read.rows() + BenchDefinitions.coarserRows(variant, read);
    if (variant.givesRows() && measurement.rows() != rows) {
      throw new IllegalStateException(
          "%s must give %s rows, got %s:%n%s"
              .formatted(name, rows, measurement.rows(), jvm.tail(name)));
    }
    progress.accept(
        "%-14s %,12.0f points/s %,12.0f points/core-second"
            .formatted(name, measurement.pointsPerSecond(), measurement.pointsPerCoreSecond()));
    if (variant != Variant.ARCHIVE) { // a replay reads it
      delete(runFolder);
    }
    return measurement;
  }

  private List<String> jvmOptions() throws IOException {
    List<String> all = new ArrayList<>();
    try (InputStream opens = WholeJobBench.class.getResourceAsStream("jvm.options")) {
      all.addAll(BenchOptions.words(new String(opens.readAllBytes(), UTF_8)));
    }
    all.add("-Xmx" + options.heap());
    all.add("-Xms" + options.heap()); // as Flink's scripts start a TaskManager
    all.add("-XX:+AlwaysPreTouch"); // as flink-conf does
    all.addAll(options.jvmOptions());
    return all;
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("cannot remove " + folder + ": " + e.getMessage());
    }
  }
}
