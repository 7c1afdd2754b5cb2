package tidemark.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a forked process is told to run.
 *
 * @param folder new folder of this run: checkpoints, tables, temporary files
 * @param points that the variant is to account for
 * @param endOffsets by partition, where reading ends; only a plain job ends by itself
 * @param limitMs after this much time the run has failed
 */
record RunOrder(
    Variant variant,
    String bootstrapServers,
    String topic,
    Path folder,
    long points,
    long checkpointMs,
    long limitMs,
    List<Long> endOffsets) {

  RunOrder {
    endOffsets = List.copyOf(endOffsets);
  }

  List<String> toArguments() {
    return List.of(
        variant.label(),
        bootstrapServers,
        topic,
        folder.toString(),
        Long.toString(points),
        Long.toString(checkpointMs),
        Long.toString(limitMs),
        String.join(",", endOffsets.stream().map(String::valueOf).toList()));
  }

  static RunOrder ofArguments(String[] arguments) {
    if (arguments.length != 8) {
      throw new IllegalArgumentException(
          "a run takes 8 arguments, got " + Arrays.toString(arguments));
    }
    return new RunOrder(
        Variant.ofLabel(arguments[0]),
        arguments[1],
        arguments[2],
        Path.of(arguments[3]),
        Long.parseLong(arguments[4]),
        Long.parseLong(arguments[5]),
        Long.parseLong(arguments[6]),
        Arrays.stream(arguments[7].split(",", -1)).map(Long::valueOf).toList());
  }
}
