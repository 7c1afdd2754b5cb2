package tidemark.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** All runs of one benchmark, and the medians that are shown of them. */
record BenchResult(BenchOptions options, Machine machine, List<Measurement> runs) {
  private static final int MOST_THREADS = 12;

  BenchResult {
    runs = List.copyOf(runs);
  }

  /** Of the runs of a variant; NaN if it has none. */
  double median(Variant variant, ToDoubleFunction<Measurement> value) {
    double[] values =
        runs.stream()
            .filter(run -> run.variant().equals(variant.label()))
            .mapToDouble(value)
            .sorted()
            .toArray();
    if (values.length == 0) {
      return Double.NaN;
    }
    return Arrays.stream(values, (values.length - 1) / 2, values.length / 2 + 1)
        .average()
        .orElseThrow();
  }

  /** How many times the rate of the other variant one has; NaN if one of them did not run. */
  double ratio(Variant one, Variant other, ToDoubleFunction<Measurement> rate) {
    return median(one, rate) / median(other, rate);
  }

  /** One variant's rate as so many times the other's. */
  private record Comparison(Variant one, Variant other) {
    static Comparison of(Variant variant) {
      return variant.isMainJob() || variant.isOfArchive()
          ? new Comparison(variant, variant.base())
          : new Comparison(Variant.TIDEMARK, variant);
    }
  }

  /** Those whose variants have run both. */
  private List<Comparison> comparisons() {
    return options.variants().stream()
        .map(Comparison::of)
        .filter(each -> each.one != each.other)
        .filter(each -> !Double.isNaN(ratio(each.one, each.other, Measurement::points)))
        .toList();
  }

  String toText() {
    List<String> lines = new ArrayList<>();
    lines.add("machine: " + machine);
    lines.add(
        "input: %,d series, %d points per series and 10 s, %s, seed %d; medians of %d runs"
            .formatted(
                options.series(),
                options.pointsPerWindow(),
                options.traits().isEmpty() ? "native" : options.traits(),
                options.seed(),
                options.rounds()));
    lines.add("");
    lines.add(
        "%-12s %14s %8s %8s %14s %20s %8s"
            .formatted(
                "variant", "points", "wall s", "cpu s", "points/s", "points/core-second", "gc"));
    for (Variant variant : options.variants()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-12s %,14.0f %8.1f %8.1f %,14.0f %,20.0f %7.1f%%",
              variant.label(),
              median(variant, Measurement::points),
              median(variant, Measurement::wallSeconds),
              median(variant, Measurement::cpuSeconds),
              median(variant, Measurement::pointsPerSecond),
              median(variant, Measurement::pointsPerCoreSecond),
              100 * median(variant, Measurement::gcShare)));
    }
    lines.add("");
    for (Comparison each : comparisons()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-24s %6.2f times the points/s, %6.2f times the points/core-second",
              "%s / %s:".formatted(each.one.label(), each.other.label()),
              ratio(each.one, each.other, Measurement::pointsPerSecond),
              ratio(each.one, each.other, Measurement::pointsPerCoreSecond)));
    }
    lines.add("");
    monitorLines(lines);
    for (Variant variant : options.variants()) {
      figures(variant)
          .forEach(
              (name, median) ->
                  lines.add(
                      String.format(Locale.ROOT, "%s: %s: %,.2f", variant.label(), name, median)));
    }
    lines.addAll(threads());
    lines.add(
        "The clock runs from a job that is warm until rows are committed (tidemark), in files"
            + " (write, plain, sql), or dropped (read, decode, combine).");
    return String.join(System.lineSeparator(), lines);
  }

  /** What monitors cost: all that the job does more for them, by evaluation. */
  private void monitorLines(List<String> lines) {
    double evaluations =
        median(Variant.MONITORS, run -> run.figures().get(Measurement.EVALUATIONS));
    double perPoint =
        1 / median(Variant.MONITORS, Measurement::pointsPerCoreSecond)
            - 1 / median(Variant.CONTROL, Measurement::pointsPerCoreSecond);
    if (!Double.isNaN(perPoint)) {
      double points = median(Variant.MONITORS, Measurement::points);
      lines.add(
          String.format(
              Locale.ROOT,
              "monitors: %,.0f evaluations of %,d monitors over %,d groups;"
                  + " %.1f us of processor time each, over control",
              evaluations,
              BenchDefinitions.MONITORS,
              BenchDefinitions.groups(options.workload()),
              1e6 * perPoint * points / evaluations));
      lines.add("");
    }
  }

  /** Medians of what else was measured of the main job. */
  private Map<String, Double> figures(Variant variant) {
    Map<String, Double> medians = new TreeMap<>();
    for (Measurement run : runs) {
      if (run.variant().equals(variant.label())) {
        for (String name : run.figures().keySet()) {
          medians.put(name, median(variant, each -> each.figures().get(name)));
        }
      }
    }
    return medians;
  }

  /** Where the processor time of the main job's last run went. */
  private List<String> threads() {
    List<String> lines = new ArrayList<>();
    for (Measurement run : runs) {
      if (run.variant().equals(Variant.TIDEMARK.label())) {
        lines.clear();
        lines.add("processor time of the last run of tidemark, by thread:");
        run.cpuSecondsByThread().entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .limit(MOST_THREADS)
            .forEach(
                thread ->
                    lines.add(
                        String.format(
                            Locale.ROOT,
                            "  %-16s %8.1f s %5.1f%%",
                            thread.getKey(),
                            thread.getValue(),
                            100 * thread.getValue() / run.cpuSeconds())));
      }
    }
    return lines;
  }

  String toJson() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("cores", machine.cores());
    root.put("processor", machine.processor());
    root.put("memoryBytes", machine.memoryBytes());
    root.put("os", machine.os());
    root.put("java", machine.java());
    root.put("series", options.series());
    root.put("pointsPerWindow", options.pointsPerWindow());
    root.put("partitions", options.partitions());
    root.put("seed", options.seed());
    options.traits().stream().sorted().map(Trait::label).forEach(root.putArray("traits")::add);
    root.put("heap", options.heap());
    root.put("checkpointMs", options.checkpointMs());
    options.settings().forEach(root.putObject("settings")::put);
    root.set("runs", mapper.valueToTree(runs));
    for (Comparison each : comparisons()) {
      ObjectNode ratio =
          root.putObject("%sOver-%s".formatted(each.one.label(), each.other.label()));
      ratio.put("pointsPerSecond", ratio(each.one, each.other, Measurement::pointsPerSecond));
      ratio.put(
          "pointsPerCoreSecond", ratio(each.one, each.other, Measurement::pointsPerCoreSecond));
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the result as JSON", e);
    }
  }
}
