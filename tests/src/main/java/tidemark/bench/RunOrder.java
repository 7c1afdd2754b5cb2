package tidemark.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a forked process is told to run.
 *
 * @param folder new folder of this run: checkpoints, tables, temporary files
 * @param workload whose points the variant is to account for
 * @param endOffsets by partition, where reading ends; the main job does not end by itself
 * @param warmUp the first part of the workload, which is run before, unmeasured
 * @param warmUpEndOffsets by partition, where that ends
 * @param limitMs after this much time the run has failed
 */
record RunOrder(
    Variant variant,
    String bootstrapServers,
    String topic,
    Path folder,
    Workload workload,
    List<Long> endOffsets,
    Workload warmUp,
    List<Long> warmUpEndOffsets,
    long checkpointMs,
    long limitMs) {

  RunOrder {
    endOffsets = List.copyOf(endOffsets);
    warmUpEndOffsets = List.copyOf(warmUpEndOffsets);
  }

  long points() {
    return workload.points();
  }

  /** The order to run the warm-up, in a folder of its own. */
  RunOrder ofWarmUp() {
    return new RunOrder(
        variant,
        bootstrapServers,
        topic,
        folder.resolve("warm-up"),
        warmUp,
        warmUpEndOffsets,
        warmUp,
        warmUpEndOffsets,
        checkpointMs,
        limitMs);
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
        Integer.toString(warmUp.windows()),
        Long.toString(workload.seed()),
        workload.traits().stream().map(Trait::label).collect(Collectors.joining(",")),
        join(endOffsets),
        join(warmUpEndOffsets),
        Long.toString(checkpointMs),
        Long.toString(limitMs));
  }

  static RunOrder ofArguments(String[] arguments) {
    if (arguments.length != 14) {
      throw new IllegalArgumentException(
          "a run takes 14 arguments, got " + Arrays.toString(arguments));
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
        workload.first(Integer.parseInt(arguments[7])),
        offsets(arguments[11]),
        Long.parseLong(arguments[12]),
        Long.parseLong(arguments[13]));
  }

  /** Labels separated by commas; none for the empty text. */
  static Set<Trait> traits(String labels) {
    return Arrays.stream(labels.split(",", -1))
        .filter(label -> !label.isEmpty())
        .map(Trait::ofLabel)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String join(List<Long> offsets) {
    return String.join(",", offsets.stream().map(String::valueOf).toList());
  }

  private static List<Long> offsets(String text) {
    return Arrays.stream(text.split(",", -1)).map(Long::valueOf).toList();
  }
}
