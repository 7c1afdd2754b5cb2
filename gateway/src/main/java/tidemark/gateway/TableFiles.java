package tidemark.gateway;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every data file of one table at one snapshot.
 *
 * @param snapshotId {@link #NO_SNAPSHOT} if nothing was committed yet
 */
public record TableFiles(String table, long snapshotId, List<StoredFile> files) {
  public static final long NO_SNAPSHOT = -1;

  public TableFiles {
    files = List.copyOf(files);
  }

  public TableFiles ofTier(int tierSeconds) {
    return new TableFiles(
        table,
        snapshotId,
        files.stream().filter(file -> file.tierSeconds() == tierSeconds).toList());
  }

  public long sizeBytes() {
    return files.stream().mapToLong(StoredFile::sizeBytes).sum();
  }

  public long rows() {
    return files.stream().mapToLong(StoredFile::rows).sum();
  }

  /** Rows by resolution in seconds, finest first. */
  public Map<Integer, Long> rowsByTier() {
    return files.stream()
        .collect(
            Collectors.groupingBy(
                StoredFile::tierSeconds, TreeMap::new, Collectors.summingLong(StoredFile::rows)));
  }
}
