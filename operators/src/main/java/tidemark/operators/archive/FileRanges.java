package tidemark.operators.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.serde.manifest.ArchivedRange;

/**
 * What an epoch's files say to the manifest. A jump is harmless as far as Kafka still has its
 * offsets: it had no record there (its own markers, compaction), and the range behind speaks for
 * them. Below the first offset that Kafka has it is left out, and so becomes a gap.
 */
final class FileRanges {
  private FileRanges() {}

  static List<ArchivedRange> of(
      ArchiveState.Epoch epoch,
      Map<String, String> topicIds,
      Map<String, Map<Integer, Long>> logStarts) {
    List<ArchivedRange> ranges = new ArrayList<>();
    for (SealedFile file : epoch.files()) {
      for (SealedPart part : file.parts()) {
        String topic = part.summary().topic();
        ArchivedRange whole =
            ArchivedRange.ofFile(
                file.location(),
                file.bytes(),
                topicIds.get(topic),
                part.summary(),
                part.earliestMs(),
                part.latestMs(),
                epoch.id(),
                file.sealedAtMs());
        long logStart =
            logStarts
                .getOrDefault(topic, Map.of())
                .getOrDefault(part.summary().partition(), Long.MAX_VALUE);
        cut(whole, part.jumps(), logStart, ranges);
      }
    }
    return ranges;
  }

  private static void cut(
      ArchivedRange whole, List<OffsetJump> jumps, long logStart, List<ArchivedRange> ranges) {
    long from = whole.from();
    for (OffsetJump jump : jumps) {
      if (jump.from() > from) {
        ranges.add(whole.of(from, jump.from()));
      }
      from = Math.min(jump.to(), Math.max(jump.from(), logStart));
    }
    ranges.add(whole.of(from, whole.to()));
  }

  /** Partitions with jumps, whose first offsets must be asked for. */
  static Map<String, Set<Integer>> jumped(ArchiveState.Epoch epoch) {
    Map<String, Set<Integer>> jumped = new HashMap<>();
    for (SealedFile file : epoch.files()) {
      for (SealedPart part : file.parts()) {
        if (!part.jumps().isEmpty()) {
          jumped
              .computeIfAbsent(part.summary().topic(), topic -> new TreeSet<>())
              .add(part.summary().partition());
        }
      }
    }
    return jumped;
  }

  static Set<String> topics(ArchiveState.Epoch epoch) {
    Set<String> topics = new TreeSet<>();
    for (SealedFile file : epoch.files()) {
      file.parts().forEach(part -> topics.add(part.summary().topic()));
    }
    return topics;
  }
}
