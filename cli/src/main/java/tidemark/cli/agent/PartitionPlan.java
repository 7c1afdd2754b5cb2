package tidemark.cli.agent;

import java.util.List;

/**
 * Which partition a series goes to: always the same one, by its tags, so that the metrics of one
 * process, disk or interface stay together and processes spread.
 *
 * @param partitions of the topic
 */
record PartitionPlan(int partitions) {
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  PartitionPlan {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, got " + partitions);
    }
  }

  /** From 0 to {@code partitions - 1}; the same on every machine and in every run. */
  int partitionOf(List<String> tags) {
    // String and List hash codes are specified; their low bits alone spread numbered names badly.
    int mixed = tags.hashCode() * GOLDEN_RATIO;
    return Math.floorMod(mixed ^ (mixed >>> 16), partitions);
  }
}
