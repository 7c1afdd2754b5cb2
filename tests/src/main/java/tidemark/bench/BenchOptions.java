package tidemark.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line says; see {@link #USAGE}.
 *
 * @param points of the topic, rounded down to whole windows
 * @param partitions of the topic of points
 * @param plainShare plain jobs read one part in so many of the topic
 * @param warmUpShare one part in so many of what is read is not measured
 * @param windowMs time from one window to the next, but for the first half of those that warm up; 0
 *     if all are there at once
 * @param home folder of the project, for the broker's libraries
 * @param output where the result is written as JSON
 */
record BenchOptions(
    int series,
    int pointsPerWindow,
    long points,
    int partitions,
    int plainShare,
    int warmUpShare,
    long windowMs,
    int rounds,
    long seed,
    Set<Trait> traits,
    List<Variant> variants,
    String heap,
    long checkpointMs,
    long limitMs,
    boolean isFolded,
    Map<String, String> settings,
    List<String> jvmOptions,
    Path home,
    Path output) {

  // Where a run reads and writes; with another place it would measure nothing, or something else.
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "tidemark.source.bootstrap-servers",
          "tidemark.source.topic",
          "tidemark.control.topic",
          "tidemark.replay.branch",
          "tidemark.store.warehouse",
          "tidemark.store.catalog-uri",
          "tidemark.store.catalog-name");

  static final String USAGE =
      """
      usage: bench [--OPTION VALUE]...
        --series N             series (100000)
        --points-per-window N  points of a series in 10 s (10)
        --points N             points in the topic (100000000)
        --partitions N         of the topic (4)
        --plain-share N        plain jobs read the first 1/N of it, since they are slower (10)
        --warm-up-share N      the clock starts when the first 1/N of its input is read (3)
        --window-ms N          windows come one in so many ms, but for the first half of those that
                               are not measured: 10000 is live, 0 a backlog (0)
        --rounds N             runs of each variant; medians are shown (3)
        --seed N               of the values (1)
        --traits A,B           of otlp, gauges, distributions, skewed, spread, hot (none)
        --variants A,B         of read, decode, combine, write, tidemark, plain, plain-heap, sql,
                               sql-heap, streams, and of the main job with a control topic:
                               control, hot (one series has half of all points), rules (one,
                               all series by service), monitors (1,000); archive, and replay of
                               that archive (all)
        --heap SIZE            heap of the measured processes (4g)
        --checkpoint-ms N      checkpoint interval (10000)
        --limit-s N            a run that takes longer has failed (1200)
        --folded true|false    fold the main job's tables at the end, and tell bytes per point (false)
        --settings TEXT        Flink's and, as tidemark.KEY, those of the main job and its siblings,
                               over the benchmark's: KEY=VALUE, separated by semicolons
        --jvm-options TEXT     more JVM options for them, separated by blanks
        --home FOLDER          project folder (property tidemark.home, else the working folder)
        --output FILE          result (target/bench.json of the project folder)
      """;

  BenchOptions {
    variants = List.copyOf(variants);
    traits = Set.copyOf(traits);
    settings = Map.copyOf(settings);
    jvmOptions = List.copyOf(jvmOptions);
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, got " + partitions);
    }
    if (plainShare < 1 || warmUpShare < 1 || rounds < 1 || variants.isEmpty()) {
      throw new IllegalArgumentException(
          "plain share, warm-up share, rounds and variants must be at least 1, got %s, %s, %s and %s"
              .formatted(plainShare, warmUpShare, rounds, variants));
    }
    for (String key : settings.keySet()) {
      if (NO_SETTINGS.contains(key)) {
        throw new IllegalArgumentException(
            "the benchmark itself says where it reads and writes: leave out " + key);
      }
    }
    if (windowMs < 0) {
      throw new IllegalArgumentException("window ms must be at least 0, got " + windowMs);
    }
    if (variants.contains(Variant.REPLAY)
        && variants.indexOf(Variant.ARCHIVE) != variants.indexOf(Variant.REPLAY) - 1) {
      throw new IllegalArgumentException(
          "replay reads the archive of the run before: name archive just before it, got "
              + variants);
    }
    boolean isMixed = !traits.contains(Trait.OTLP) && !traits.contains(Trait.DISTRIBUTIONS);
    if (!isMixed && variants.stream().anyMatch(Variant::isPlain)) {
      throw new IllegalArgumentException(
          "plain jobs read gauges and counters in native batches, got variants %s with traits %s"
              .formatted(variants, traits));
    }
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if an option is unknown or lacks its value
   */
  static BenchOptions of(String... arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!USAGE.contains("  " + arguments[i] + " ") || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            "%s is no option, or lacks its value%n%s".formatted(arguments[i], USAGE));
      }
      given.put(arguments[i].substring(2), arguments[i + 1]);
    }
    Path home =
        Path.of(given.getOrDefault("home", System.getProperty("tidemark.home", "")))
            .toAbsolutePath();
    return new BenchOptions(
        Integer.parseInt(given.getOrDefault("series", "100000")),
        Integer.parseInt(given.getOrDefault("points-per-window", "10")),
        Long.parseLong(given.getOrDefault("points", "100000000")),
        Integer.parseInt(given.getOrDefault("partitions", "4")),
        Integer.parseInt(given.getOrDefault("plain-share", "10")),
        Integer.parseInt(given.getOrDefault("warm-up-share", "3")),
        Long.parseLong(given.getOrDefault("window-ms", "0")),
        Integer.parseInt(given.getOrDefault("rounds", "3")),
        Long.parseLong(given.getOrDefault("seed", "1")),
        RunOrder.traits(given.getOrDefault("traits", "")),
        given.containsKey("variants")
            ? Arrays.stream(given.get("variants").split(",", -1)).map(Variant::ofLabel).toList()
            : List.of(Variant.values()),
        given.getOrDefault("heap", "4g"),
        Long.parseLong(given.getOrDefault("checkpoint-ms", "10000")),
        Long.parseLong(given.getOrDefault("limit-s", "1200")) * 1000,
        Boolean.parseBoolean(given.getOrDefault("folded", "false")),
        RunOrder.settings(given.getOrDefault("settings", "")),
        words(given.getOrDefault("jvm-options", "")),
        home,
        given.containsKey("output")
            ? Path.of(given.get("output")).toAbsolutePath()
            : home.resolve("target/bench.json"));
  }

  /** Words between blanks. */
  static List<String> words(String text) {
    return Arrays.stream(text.trim().split(" +", -1)).filter(word -> !word.isEmpty()).toList();
  }

  Workload workload() {
    return Workload.ofPoints(series, pointsPerWindow, points, seed, traits);
  }
}
