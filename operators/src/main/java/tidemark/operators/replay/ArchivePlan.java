package tidemark.operators.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What nobody reads yet.
 *
 * @param splits at most one of each partition
 */
public record ArchivePlan(List<ArchiveSplit> splits) {
  public ArchivePlan {
    splits = List.copyOf(splits);
  }

  public long weight() {
    return splits.stream().mapToLong(ArchiveSplit::weight).sum();
  }

  /**
   * Splits of each task, so that all have about the same to read: the heaviest first, each to the
   * task that has least. The same for the same splits, whatever their order.
   */
  List<List<ArchiveSplit>> share(int tasks) {
    List<List<ArchiveSplit>> shares = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      shares.add(new ArrayList<>());
    }
    long[] weights = new long[tasks];
    splits.stream()
        .sorted(
            Comparator.comparingLong(ArchiveSplit::weight)
                .reversed()
                .thenComparing(ArchiveSplit::splitId))
        .forEach(
            split -> {
              int least = least(weights, shares);
              shares.get(least).add(split);
              weights[least] += split.weight();
            });
    return shares;
  }

  private static int least(long[] weights, List<List<ArchiveSplit>> shares) {
    int least = 0;
    for (int i = 1; i < weights.length; i++) {
      boolean isLess =
          weights[i] == weights[least]
              ? shares.get(i).size() < shares.get(least).size()
              : weights[i] < weights[least];
      least = isLess ? i : least;
    }
    return least;
  }
}
