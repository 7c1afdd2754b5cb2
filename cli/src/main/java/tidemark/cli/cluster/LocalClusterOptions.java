package tidemark.cli.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one local cluster is made of.
 *
 * @param home the checkout: {@code dist}, {@code jobs} and {@code flink-conf} are below it, built
 * @param checkpointInterval how often the tables gain a commit
 * @param taskManagers processes that run tasks
 * @param slotsPerTaskManager pipelines in each of them; the job's parallelism is the product
 * @param partitions of the topic that points come in by
 * @param jobJar what {@code submit} submits
 * @param mainClass its main class
 * @param flinkOptions over everything that the cluster would set itself
 * @param flinkJars beside Flink's own, such as the driver of a catalog
 * @param catalogUri JDBC address of the catalog; empty text for a SQLite file of the run
 */
public record LocalClusterOptions(
    Path home,
    Duration checkpointInterval,
    int taskManagers,
    int slotsPerTaskManager,
    int partitions,
    Path jobJar,
    String mainClass,
    Map<String, String> flinkOptions,
    List<Path> flinkJars,
    String catalogUri) {

  public LocalClusterOptions {
    home = home.toAbsolutePath().normalize();
    jobJar = jobJar.toAbsolutePath().normalize();
    flinkOptions = Map.copyOf(flinkOptions);
    flinkJars = List.copyOf(flinkJars);
    if (checkpointInterval.toMillis() < 100) {
      throw new IllegalArgumentException(
          "checkpoint interval must be at least 100 ms, got " + checkpointInterval);
    }
    if (taskManagers < 1 || slotsPerTaskManager < 1 || partitions < 1) {
      throw new IllegalArgumentException(
          "task managers, slots and partitions must be at least 1, got %d, %d and %d"
              .formatted(taskManagers, slotsPerTaskManager, partitions));
    }
  }

  /** The demo's: one TaskManager of two slots, four partitions, a commit every 10 s. */
  public static LocalClusterOptions of(Path home) {
    return new LocalClusterOptions(
        home,
        Duration.ofSeconds(10),
        1,
        2,
        4,
        home.resolve("jobs/target/tidemark-job.jar"),
        "tidemark.jobs.MainJob",
        Map.of(),
        List.of(),
        "");
  }

  public LocalClusterOptions withCheckpointInterval(Duration interval) {
    return new LocalClusterOptions(
        home,
        interval,
        taskManagers,
        slotsPerTaskManager,
        partitions,
        jobJar,
        mainClass,
        flinkOptions,
        flinkJars,
        catalogUri);
  }

  public LocalClusterOptions withTaskManagers(int count, int slotsEach) {
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        count,
        slotsEach,
        partitions,
        jobJar,
        mainClass,
        flinkOptions,
        flinkJars,
        catalogUri);
  }

  public LocalClusterOptions withPartitions(int count) {
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        taskManagers,
        slotsPerTaskManager,
        count,
        jobJar,
        mainClass,
        flinkOptions,
        flinkJars,
        catalogUri);
  }

  public LocalClusterOptions withJob(Path jar, String entry) {
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        taskManagers,
        slotsPerTaskManager,
        partitions,
        jar,
        entry,
        flinkOptions,
        flinkJars,
        catalogUri);
  }

  public LocalClusterOptions withFlinkOption(String key, String value) {
    Map<String, String> options = new TreeMap<>(flinkOptions);
    options.put(key, value);
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        taskManagers,
        slotsPerTaskManager,
        partitions,
        jobJar,
        mainClass,
        options,
        flinkJars,
        catalogUri);
  }

  public LocalClusterOptions withFlinkJar(Path jar) {
    List<Path> jars = new ArrayList<>(flinkJars);
    jars.add(jar.toAbsolutePath().normalize());
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        taskManagers,
        slotsPerTaskManager,
        partitions,
        jobJar,
        mainClass,
        flinkOptions,
        jars,
        catalogUri);
  }

  public LocalClusterOptions withCatalogUri(String uri) {
    return new LocalClusterOptions(
        home,
        checkpointInterval,
        taskManagers,
        slotsPerTaskManager,
        partitions,
        jobJar,
        mainClass,
        flinkOptions,
        flinkJars,
        uri);
  }

  int parallelism() {
    return taskManagers * slotsPerTaskManager;
  }

  Path distribution(String part) {
    return home.resolve("dist").resolve(part).resolve("target");
  }

  /** Where the command's own jars are; the gateway is among them. */
  Path commandLibraries() {
    return home.resolve("cli").resolve("target").resolve("lib");
  }

  Path flinkConf() {
    return home.resolve("flink-conf");
  }
}
