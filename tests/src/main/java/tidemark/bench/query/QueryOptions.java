package tidemark.bench.query;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line says; see {@link #USAGE}.
 *
 * @param metrics one in five is a distribution, the others are gauges
 * @param series of each metric
 * @param hours of one-minute rows
 * @param fineHours the last of them, with ten-second rows
 * @param runs of each question at each number of clients
 * @param clients numbers of clients at once
 * @param warmUpSeconds how long each kind of question is asked before it is measured
 * @param only questions with this in their names; all if empty
 * @param day folder that keeps the day for the next run; if empty, a temporary one
 */
record QueryOptions(
    int metrics,
    int series,
    int hours,
    int fineHours,
    int runs,
    List<Integer> clients,
    int warmUpSeconds,
    long seed,
    String only,
    Path day,
    Path output) {

  static final String USAGE =
      """
      usage: bench query [--OPTION VALUE]...
        --metrics N       metrics, of which one in five is a distribution (20)
        --series N        series of each (5000)
        --hours N         hours of 1m rows (24)
        --fine-hours N    the last of them also in 10s rows (24)
        --runs N          of each question by each client (20)
        --clients A,B     clients at once (1,16)
        --warm-up N       seconds of each question before it is measured (5)
        --seed N          of values and choices (1)
        --only TEXT       questions with this in their names (all)
        --day FOLDER      keeps the day there, and takes the one that is there (a temporary folder)
        --output FILE     result (target/bench-query.json)
      Needs about 5 bytes of disk a gauge's row and 45 a distribution's.
      """;

  private static final Set<String> NAMES =
      Set.of(
          "metrics",
          "series",
          "hours",
          "fine-hours",
          "runs",
          "clients",
          "warm-up",
          "seed",
          "only",
          "day",
          "output");

  static QueryOptions of(String... arguments) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!NAMES.contains(name) || i + 1 == arguments.length) {
        throw new IllegalArgumentException(
            arguments[i] + " is no option, or lacks its value\n" + USAGE);
      }
      values.put(name, arguments[i + 1]);
    }
    int hours = number(values, "hours", 24);
    return new QueryOptions(
        number(values, "metrics", 20),
        number(values, "series", 5000),
        hours,
        Math.min(hours, number(values, "fine-hours", hours)),
        number(values, "runs", 20),
        Arrays.stream(values.getOrDefault("clients", "1,16").split(","))
            .map(Integer::parseInt)
            .toList(),
        number(values, "warm-up", 5),
        number(values, "seed", 1),
        values.getOrDefault("only", ""),
        Path.of(values.getOrDefault("day", "")),
        Path.of(values.getOrDefault("output", "target/bench-query.json")));
  }

  /** Whether the day is kept. */
  boolean isKept() {
    return !day.toString().isEmpty();
  }

  /** What a day is made from; another one with the same text has the same rows. */
  String ofDay() {
    return "metrics %d, series %d, hours %d, fine hours %d, seed %d"
        .formatted(metrics, series, hours, fineHours, seed);
  }

  private static int number(Map<String, String> values, String name, int unlessGiven) {
    int number = Integer.parseInt(values.getOrDefault(name, Integer.toString(unlessGiven)));
    if (number < 1) {
      throw new IllegalArgumentException("--%s must be at least 1, got %d".formatted(name, number));
    }
    return number;
  }
}
