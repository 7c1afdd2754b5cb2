package tidemark.serde.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of a commit is new to a table that ends where it does. A pure function of both, so that a
 * commit which is planned again on another head comes to what is right there.
 *
 * @param rows to be added, each partition's from its end on without overlap or hole
 * @param unused files of which nothing is new
 * @param ends of the table with the rows
 */
record CommitPlan(List<ArchivedRange> rows, Set<String> unused, ArchiveEnds ends) {

  /**
   * @throws TopicReplacedException if a topic is another one than the table's of that name
   */
  static CommitPlan of(List<ArchivedRange> ranges, ArchiveEnds before) {
    SortedMap<String, SortedMap<Integer, Long>> ends = new TreeMap<>();
    before.offsets().forEach((topic, ofTopic) -> ends.put(topic, new TreeMap<>(ofTopic)));
    SortedMap<String, String> topicIds = new TreeMap<>(before.topicIds());
    List<ArchivedRange> rows = new ArrayList<>();
    Set<String> unused = new HashSet<>();
    for (ArchivedRange range : ranges.stream().sorted(ArchivedRange.ORDER).toList()) {
      String known = topicIds.putIfAbsent(range.topic(), range.topicId());
      if (known != null && !known.equals(range.topicId())) {
        throw new TopicReplacedException(range.topic(), known, range.topicId());
      }
      unused.add(range.file());
      SortedMap<Integer, Long> ofTopic =
          ends.computeIfAbsent(range.topic(), topic -> new TreeMap<>());
      long end = ofTopic.getOrDefault(range.partition(), 0L);
      if (range.to() > end) {
        place(range, end, rows);
        ofTopic.put(range.partition(), range.to());
      }
    }
    rows.forEach(row -> unused.remove(row.file()));
    return new CommitPlan(List.copyOf(rows), Set.copyOf(unused), new ArchiveEnds(ends, topicIds));
  }

  private static void place(ArchivedRange range, long end, List<ArchivedRange> rows) {
    long from = Math.max(end, range.from());
    if (from > end) {
      rows.add(range.gap(end, from));
    }
    ArchivedRange row = range.of(from, range.to());
    int last = rows.size() - 1;
    if (last >= 0 && row.continues(rows.get(last))) {
      rows.set(last, row.of(rows.get(last).from(), row.to()));
    } else {
      rows.add(row);
    }
  }
}
