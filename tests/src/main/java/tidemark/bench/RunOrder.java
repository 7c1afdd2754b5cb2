package tidemark.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a forked process is told to run.
 *
 * @param folder new folder of this run: checkpoints, tables, temporary files
 * @param workload whose points the variant is to account for
 * @param endOffsets by partition, where reading ends; the main job does not end by itself
 * @param warmUpWindows the first windows of the workload, which are not measured
 * @param limitMs after this much time the run has failed
 * @param isFolded whether the tables are folded at the end and measured
 * @param settings of Flink, and of the main job and its siblings, whose names begin with {@code
 *     tidemark.}: over those that the benchmark has for all variants
 */
record RunOrder(
    Variant variant,
    String bootstrapServers,
    String topic,
    Path folder,
    Workload workload,
    List<Long> endOffsets,
    int warmUpWindows,
    long checkpointMs,
    long limitMs,
    boolean isFolded,
    Map<String, String> settings) {
  private static final String JOB_PREFIX = "tidemark.";

  RunOrder {
    endOffsets = List.copyOf(endOffsets);
    settings = Map.copyOf(settings);
  }

  long points() {
    return workload.points();
  }

  Map<String, String> flinkSettings() {
    Map<String, String> flink = new HashMap<>(settings);
    flink.keySet().removeIf(key -> key.startsWith(JOB_PREFIX));
    return flink;
  }

  /** Settings as a job takes them: option, value, and so on. */
  List<String> jobArguments() {
    List<String> arguments = new ArrayList<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(JOB_PREFIX)) {
            arguments.addAll(List.of("--" + key, value));
          }
        });
    return arguments;
  }

  /** Records that are read, heartbeats among them. */
  long records() {
    return endOffsets.stream().mapToLong(Long::longValue).sum();
  }

  List<String> toArguments() {
    return List.of(
        variant.label(),
        bootstrapServers,
        topic,
        folder.toString(),
        Integer.toString(workload.series()),
        Integer.toString(workload.pointsPerWindow()),
        Integer.toString(workload.windows()),
        Integer.toString(warmUpWindows),
        Long.toString(workload.seed()),
        workload.traits().stream().map(Trait::label).collect(Collectors.joining(",")),
        join(endOffsets),
        Long.toString(checkpointMs),
        Long.toString(limitMs),
        Boolean.toString(isFolded),
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(";")));
  }

  static RunOrder ofArguments(String[] arguments) {
    if (arguments.length != 15) {
      throw new IllegalArgumentException(
          "a run takes 15 arguments, got " + Arrays.toString(arguments));
    }
    Workload workload =
        new Workload(
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]),
            Integer.parseInt(arguments[6]),
            Long.parseLong(arguments[8]),
            traits(arguments[9]));
    return new RunOrder(
        Variant.ofLabel(arguments[0]),
        arguments[1],
        arguments[2],
        Path.of(arguments[3]),
        workload,
        offsets(arguments[10]),
        Integer.parseInt(arguments[7]),
        Long.parseLong(arguments[11]),
        Long.parseLong(arguments[12]),
        Boolean.parseBoolean(arguments[13]),
        settings(arguments[14]));
  }

  /** Labels separated by commas; none for the empty text. */
  static Set<Trait> traits(String labels) {
    return Arrays.stream(labels.split(",", -1))
        .filter(label -> !label.isEmpty())
        .map(Trait::ofLabel)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** KEY=VALUE separated by semicolons; none for the empty text. */
  static Map<String, String> settings(String text) {
    return Arrays.stream(text.split(";", -1))
        .filter(setting -> !setting.isEmpty())
        .map(setting -> setting.split("=", 2))
        .collect(Collectors.toUnmodifiableMap(pair -> pair[0].trim(), pair -> pair[1].trim()));
  }

  private static String join(List<Long> offsets) {
    return String.join(",", offsets.stream().map(String::valueOf).toList());
  }

  private static List<Long> offsets(String text) {
    return Arrays.stream(text.split(",", -1)).map(Long::valueOf).toList();
  }
}
