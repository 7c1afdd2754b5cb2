package tidemark.serde.manifest;

import java.util.List;
import java.util.Map;
import tidemark.serde.manifest.ArchivedRange.Kind;

/**
 * What one epoch brings to the archive.
 *
 * @param ranges of files, in any order; no gaps, which follow from them
 * @param logStarts by topic and partition, the first offset that Kafka still had after the ranges
 *     were read. Offsets at or above it that were not read had no record (Kafka's markers,
 *     compaction); those below are a gap. A partition that is missing here counts as if Kafka had
 *     dropped all that was not read
 */
public record ArchiveCommit(List<ArchivedRange> ranges, Map<String, Map<Integer, Long>> logStarts) {

  public ArchiveCommit {
    ranges = List.copyOf(ranges);
    logStarts = Map.copyOf(logStarts);
    for (ArchivedRange range : ranges) {
      if (range.kind() != Kind.RECORDS || !range.epoch().equals(ranges.get(0).epoch())) {
        throw new IllegalArgumentException(
            "a commit must have ranges of files of one epoch, got %s of %s and %s"
                .formatted(range.kind(), range.epoch(), ranges.get(0).epoch()));
      }
    }
  }

  long logStart(String topic, int partition) {
    return logStarts.getOrDefault(topic, Map.of()).getOrDefault(partition, Long.MAX_VALUE);
  }
}
