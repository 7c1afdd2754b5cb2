package tidemark.serde.manifest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import tidemark.serde.archive.ArchiveReader;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.ReadBuffers;
import tidemark.serde.archive.SeekableInput;

/**
 * Proves that an archive is whole: the ranges of each partition follow each other from offset 0 to
 * the table's end, and, if files are read, each has exactly what its row says. Ranges that
 * retention has dropped follow the others, and are counted.
 *
 * <p>Memory: 200 bytes for each file and partition, and one reader's buffers.
 */
public final class ArchiveCheck {
  private final List<String> faults = new ArrayList<>();
  private long gaps;
  private long gapOffsets;
  private long expired;
  private long expiredOffsets;
  private final Map<String, Long> fileBytes = new HashMap<>();
  private final Map<FilePart, ArchivedRange> parts = new HashMap<>();

  /** Where the files are. */
  public interface Files {
    SeekableInput open(String location, long bytes) throws IOException;
  }

  private record FilePart(String file, String topic, int partition) {}

  private ArchiveCheck() {}

  /**
   * What was found.
   *
   * @param records of all files, those that other files have, too, among them
   * @param payloadBytes of the records
   * @param expired ranges that retention has dropped
   * @param faults empty if all is well
   */
  public record Report(
      int partitions,
      int files,
      long records,
      long payloadBytes,
      long fileBytes,
      long gaps,
      long gapOffsets,
      long expired,
      long expiredOffsets,
      List<String> faults) {
    public Report {
      faults = List.copyOf(faults);
    }
  }

  /** Looks at the table alone. */
  public static Report of(
      List<ArchivedRange> rows, SortedMap<String, SortedMap<Integer, Long>> ends) {
    ArchiveCheck check = new ArchiveCheck();
    check.followRows(rows, ends);
    return check.report(ends);
  }

  /** Reads all files, too. */
  public static Report deep(
      List<ArchivedRange> rows, SortedMap<String, SortedMap<Integer, Long>> ends, Files files) {
    ArchiveCheck check = new ArchiveCheck();
    check.followRows(rows, ends);
    check.readFiles(files);
    return check.report(ends);
  }

  private void followRows(
      List<ArchivedRange> rows, SortedMap<String, SortedMap<Integer, Long>> ends) {
    Map<String, Map<Integer, Long>> reached = new HashMap<>();
    Map<String, String> topicIds = new HashMap<>();
    for (ArchivedRange row : rows.stream().sorted(ArchivedRange.ORDER).toList()) {
      Map<Integer, Long> ofTopic = reached.computeIfAbsent(row.topic(), topic -> new HashMap<>());
      long before = ofTopic.getOrDefault(row.partition(), 0L);
      if (row.from() != before) {
        faults.add(
            "%s/%d: a range begins at %d, but the one before ends at %d: offsets are %s"
                .formatted(
                    row.topic(),
                    row.partition(),
                    row.from(),
                    before,
                    row.from() < before ? "there twice" : "missing"));
      }
      ofTopic.put(row.partition(), Math.max(before, row.to()));
      String id = topicIds.putIfAbsent(row.topic(), row.topicId());
      if (id != null && !id.equals(row.topicId())) {
        faults.add("%s: rows are of topics %s and %s".formatted(row.topic(), id, row.topicId()));
      }
      count(row);
    }
    ends.forEach(
        (topic, ofTopic) ->
            ofTopic.forEach(
                (partition, end) -> {
                  Long found = reached.getOrDefault(topic, Map.of()).get(partition);
                  if (!Objects.equals(found, end)) {
                    faults.add(
                        "%s/%d: the table says that it ends at %d, its rows at %s"
                            .formatted(topic, partition, end, found));
                  }
                }));
  }

  private void count(ArchivedRange row) {
    switch (row.kind()) {
      case GAP -> {
        gaps++;
        gapOffsets += row.to() - row.from();
      }
      case EXPIRED -> {
        expired++;
        expiredOffsets += row.to() - row.from();
      }
      case RECORDS -> {
        fileBytes.put(row.file(), row.fileBytes());
        ArchivedRange other =
            parts.putIfAbsent(new FilePart(row.file(), row.topic(), row.partition()), row);
        if (other != null && !other.summary().equals(row.summary())) {
          faults.add("rows of %s differ about it".formatted(row.file()));
        }
      }
    }
  }

  private void readFiles(Files files) {
    Map<String, List<PartitionSummary>> wanted = new HashMap<>();
    parts.forEach(
        (part, row) ->
            wanted.computeIfAbsent(part.file(), file -> new ArrayList<>()).add(row.summary()));
    try (ReadBuffers buffers = new ReadBuffers()) {
      for (Map.Entry<String, List<PartitionSummary>> file : wanted.entrySet()) {
        long bytes = fileBytes.get(file.getKey());
        try (ArchiveReader reader = ArchiveReader.open(files.open(file.getKey(), bytes), buffers)) {
          for (PartitionSummary summary : file.getValue()) {
            compare(file.getKey(), summary, reader);
          }
        } catch (IOException e) { // damaged, missing, or not to be had
          faults.add("%s: %s".formatted(file.getKey(), e.getMessage()));
        }
      }
    }
  }

  private void compare(String file, PartitionSummary wanted, ArchiveReader reader)
      throws IOException {
    if (!reader.summaries().contains(wanted)) {
      faults.add("%s: its index does not have %s".formatted(file, wanted));
      return;
    }
    PartitionSummary found =
        reader.summarize(wanted.topic(), wanted.partition(), wanted.from(), wanted.to());
    if (!found.equals(wanted)) {
      faults.add("%s: found %s, wanted %s".formatted(file, found, wanted));
    }
  }

  private Report report(SortedMap<String, SortedMap<Integer, Long>> ends) {
    return new Report(
        ends.values().stream().mapToInt(Map::size).sum(),
        fileBytes.size(),
        parts.values().stream().mapToLong(row -> row.summary().records()).sum(),
        parts.values().stream().mapToLong(row -> row.summary().payloadBytes()).sum(),
        fileBytes.values().stream().mapToLong(Long::longValue).sum(),
        gaps,
        gapOffsets,
        expired,
        expiredOffsets,
        faults);
  }
}
