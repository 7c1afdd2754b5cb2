package tidemark.gateway.hot;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;

/** What was read of one writer. Guarded by {@link HotRows}. */
final class WriterState {
  /** Rows of one org among those sent after one barrier, and how many of them came late. */
  static final class Count {
    long rows;
    long latePoints;
  }

  final int number;
  final FeedWriter writer;

  /** By barrier, then org. */
  final SortedMap<Long, Map<String, Count>> counts = new TreeMap<>();

  /** Newest barrier behind which rows were dropped; -1 for none. */
  long droppedAfter = -1;

  /** Wall clock when it was first read. */
  final long seenMs;

  /** Whether its job was unknown to the tables for so long that its rows are not kept. */
  boolean isForeign;

  private final Map<Integer, Long> firstAfter = new HashMap<>();
  private final Map<Integer, Long> readMs = new HashMap<>();
  private final Map<Integer, Long> shownMs = new HashMap<>();

  WriterState(int number, FeedWriter writer, long seenMs) {
    this.number = number;
    this.writer = writer;
    this.seenMs = seenMs;
  }

  /** Notes a record of that partition; its rows are the caller's. */
  void read(int partition, FeedRecord feed) {
    boolean isFirst = !firstAfter.containsKey(partition);
    if (isFirst) {
      // before its first word there is nothing of a writer
      firstAfter.put(
          partition, feed.kind() == FeedRecord.Kind.STARTED ? Long.MIN_VALUE : feed.after());
    }
    if (feed.kind() == FeedRecord.Kind.WATERMARK) {
      readMs.put(partition, feed.watermarkMs());
    }
  }

  /** What was read can be seen by queries from now on. */
  void show() {
    shownMs.putAll(readMs);
  }

  /** Forgets its rows, those that will come among them. */
  void becomeForeign() {
    isForeign = true;
    if (!counts.isEmpty()) {
      droppedAfter = Math.max(droppedAfter, counts.lastKey());
      counts.clear();
    }
  }

  /** Whether all rows that it sent at or after that barrier were read, up to now. */
  boolean isWholeFrom(long checkpoint, int partitions) {
    return firstAfter.size() == partitions
        && firstAfter.values().stream().allMatch(after -> after < checkpoint);
  }

  /** The least of its watermarks over all partitions, if every partition has told one. */
  OptionalLong watermarkMs(int partitions) {
    return shownMs.size() < partitions
        ? OptionalLong.empty()
        : shownMs.values().stream().mapToLong(Long::longValue).min();
  }
}
