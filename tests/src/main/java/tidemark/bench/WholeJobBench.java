package tidemark.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
  private static final String TOPIC = "points";
  // above what a run is given to say itself that it has failed
  private static final long GRACE_MS = 60_000;

  private final BenchOptions options;
  private final Consumer<String> progress;

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
      Workload workload = options.workload();
      long start = System.nanoTime();
      List<long[]> marks = new TopicFiller(kafka.bootstrapServers(), TOPIC, workload).fill();
      progress.accept(
          "wrote %,d points in %d s"
              .formatted(
                  workload.points(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)));
      List<Measurement> runs = new ArrayList<>();
      for (int round = 1; round <= options.rounds(); round++) {
        for (Variant variant : options.variants()) {
          runs.add(run(folder, kafka.bootstrapServers(), round, variant, marks));
        }
      }
      return new BenchResult(options, Machine.here(), runs);
    } finally {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
      delete(folder);
    }
  }

  private Measurement run(
      Path folder, String bootstrapServers, int round, Variant variant, List<long[]> marks)
      throws IOException, InterruptedException {
    String name = variant.label() + "-" + round;
    Path runFolder = Files.createDirectory(folder.resolve(name));
    Workload read = options.workload().part(variant.isPlain() ? options.plainShare() : 1);
    RunOrder order =
        new RunOrder(
            variant,
            bootstrapServers,
            TOPIC,
            runFolder,
            read,
            Arrays.stream(marks.get(read.windows())).boxed().toList(),
            read.windows() / options.warmUpShare(),
            options.checkpointMs(),
            options.limitMs(),
            options.isFolded(),
            options.settings());
    ChildJvm jvm = ChildJvm.likeThisOne(runFolder);
    Process process =
        jvm.start(name, jvmOptions(), MeasuredRun.class.getName(), order.toArguments());
    boolean hasEnded = process.waitFor(options.limitMs() + GRACE_MS, TimeUnit.MILLISECONDS);
    process.destroyForcibly();
    Optional<String> json = // a JVM may say something too
        Files.readAllLines(jvm.output(name)).stream()
            .filter(line -> line.startsWith("{"))
            .findFirst();
    if (!hasEnded || process.waitFor() != 0 || json.isEmpty()) {
      throw new IllegalStateException("run %s failed:%n%s".formatted(name, jvm.tail(name)));
    }
    Measurement measurement = Measurement.ofJson(json.get());
    if (variant.givesRows() && measurement.rows() != read.rows()) {
      throw new IllegalStateException(
          "%s must give %s rows, got %s".formatted(name, read.rows(), measurement.rows()));
    }
    progress.accept(
        "%-14s %,12.0f points/s %,12.0f points/core-second"
            .formatted(name, measurement.pointsPerSecond(), measurement.pointsPerCoreSecond()));
    delete(runFolder);
    return measurement;
  }

  private List<String> jvmOptions() throws IOException {
    List<String> all = new ArrayList<>();
    try (InputStream opens = WholeJobBench.class.getResourceAsStream("jvm.options")) {
      all.addAll(BenchOptions.words(new String(opens.readAllBytes(), UTF_8)));
    }
    all.add("-Xmx" + options.heap());
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
