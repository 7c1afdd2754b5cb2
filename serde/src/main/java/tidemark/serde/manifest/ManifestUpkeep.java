package tidemark.serde.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.table.MaintenanceKeys;

/**
 * Keeps the {@code archive} table small: folds its files, and drops what is beyond its retention.
 *
 * <p>Both put files of the table in the place of others and change no offset, so their commits say
 * nothing of the table's ends, and appends of the archive job pass them by. If somebody else has
 * replaced one of the files meanwhile nothing is committed, and the next run sees to it.
 *
 * <p>Memory: the rows of one file of the table, or of those that are folded into one: 400 bytes
 * each, {@value #FOLDED_ROWS} of them unless one commit of the archive job brought more.
 */
public final class ManifestUpkeep {
  /** A folded file holds at most so many rows. */
  static final int FOLDED_ROWS = 100_000;

  /** Files of the newest day are folded when there are so many. */
  static final int MANY_FILES = 16;

  /** How long no file is dropped. */
  public static final long FOR_EVER = 0;

  private static final Logger LOG = LoggerFactory.getLogger(ManifestUpkeep.class);
  private static final long MICROS_PER_MS = 1_000L;

  private final Table table;

  public ManifestUpkeep(Table table) {
    this.table = table;
  }

  /**
   * What retention has dropped.
   *
   * @param files of the archive
   * @param bytes of them
   */
  public record Dropped(int files, long bytes) {}

  private record Replacement(List<DataFile> removed, List<DataFile> added) {
    Replacement() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /**
   * Turns the rows of files in which nothing is newer than the retention to "expired", in one
   * commit. A file goes as a whole or not at all. Which files are old is seen from the newest file
   * of the archive: one that nobody writes loses nothing, nor does one whose clock was ahead once.
   *
   * @param keepMs {@link #FOR_EVER}, or age at which a file goes
   * @param nowMs the clock; nothing is seen from a time behind it
   */
  public Dropped expire(long keepMs, long nowMs) throws IOException {
    table.refresh();
    if (keepMs == FOR_EVER || table.currentSnapshot() == null) {
      return new Dropped(0, 0);
    }
    long horizonMs = Math.min(nowMs, newestSealedMs()) - keepMs;
    Expression old =
        Expressions.and(
            Expressions.equal(ArchiveTable.KIND, ArchivedRange.Kind.RECORDS.label()),
            Expressions.lessThan(ArchiveTable.SEALED_AT, horizonMs * MICROS_PER_MS));
    Replacement replacement = new Replacement();
    Map<String, Long> dropped = new TreeMap<>();
    for (DataFile file : files(old)) {
      List<ArchivedRange> rows = read(file);
      Map<String, Long> expired = expired(rows, horizonMs);
      if (!expired.isEmpty()) {
        replacement.removed().add(file);
        replacement.added().add(ManifestRows.write(table, withExpired(rows, expired.keySet())));
        dropped.putAll(expired);
      }
    }
    boolean isDone = !dropped.isEmpty() && replace(replacement, MaintenanceKeys.RETENTION);
    return isDone
        ? new Dropped(dropped.size(), dropped.values().stream().mapToLong(Long::longValue).sum())
        : new Dropped(0, 0);
  }

  /**
   * Files of which every row is old, with their lengths. All rows of a file came in one commit and
   * were sealed at one time, so they stand in one file of the table.
   */
  private static Map<String, Long> expired(List<ArchivedRange> rows, long horizonMs) {
    Map<String, Long> old = new TreeMap<>();
    Set<String> young = new HashSet<>();
    for (ArchivedRange row : rows) {
      if (row.kind() == ArchivedRange.Kind.RECORDS) {
        if (row.newestMs() < horizonMs) {
          old.put(row.file(), row.fileBytes());
        } else {
          young.add(row.file());
        }
      }
    }
    old.keySet().removeAll(young);
    return old;
  }

  private static List<ArchivedRange> withExpired(List<ArchivedRange> rows, Set<String> files) {
    return rows.stream()
        .map(
            row ->
                row.kind() == ArchivedRange.Kind.RECORDS && files.contains(row.file())
                    ? row.expired()
                    : row)
        .toList();
  }

  /**
   * Folds files of the table that lie in one day, once there are many, or two of an earlier day;
   * one commit for each file that comes of it.
   *
   * @return how many files were folded
   */
  public int fold() throws IOException {
    table.refresh();
    if (table.currentSnapshot() == null) {
      return 0;
    }
    SortedMap<Integer, List<DataFile>> days = new TreeMap<>();
    for (DataFile file : files(Expressions.alwaysTrue())) {
      if (file.recordCount() <= FOLDED_ROWS / 2) {
        days.computeIfAbsent(day(file), key -> new ArrayList<>()).add(file);
      }
    }
    int folded = 0;
    for (Map.Entry<Integer, List<DataFile>> ofDay : days.entrySet()) {
      boolean isNewest = ofDay.getKey().equals(days.lastKey());
      if (ofDay.getValue().size() >= (isNewest ? MANY_FILES : 2)) {
        folded += fold(ofDay.getValue());
      }
    }
    return folded;
  }

  private int fold(List<DataFile> files) throws IOException {
    int folded = 0;
    List<DataFile> together = new ArrayList<>();
    long rows = 0;
    for (DataFile file : files) {
      if (rows + file.recordCount() > FOLDED_ROWS) {
        folded += foldTogether(together);
        together.clear();
        rows = 0;
      }
      together.add(file);
      rows += file.recordCount();
    }
    return folded + foldTogether(together);
  }

  private int foldTogether(List<DataFile> files) throws IOException {
    if (files.size() < 2) {
      return 0;
    }
    List<ArchivedRange> rows = new ArrayList<>();
    for (DataFile file : files) {
      rows.addAll(read(file));
    }
    rows.sort(ArchivedRange.ORDER);
    DataFile folded = ManifestRows.write(table, rows);
    boolean isDone = replace(new Replacement(files, List.of(folded)), MaintenanceKeys.COMPACT);
    return isDone ? files.size() : 0;
  }

  /** Returns false, and leaves nothing behind, if one of the files is not there any more. */
  private boolean replace(Replacement replacement, String what) {
    OverwriteFiles overwrite = table.newOverwrite();
    replacement.removed().forEach(overwrite::deleteFile);
    replacement.added().forEach(overwrite::addFile);
    overwrite.set(MaintenanceKeys.MAINTENANCE, what);
    // asking for it makes a missing file an error; there are no row deletes
    overwrite.validateFromSnapshot(table.currentSnapshot().snapshotId());
    overwrite.validateNoConflictingDeletes();
    try {
      overwrite.commit();
      return true;
    } catch (ValidationException | CommitFailedException e) { // both say that nothing came of it
      LOG.info("The archive's table was changed meanwhile: {}", e.getMessage());
      replacement.added().forEach(file -> table.io().deleteFile(file.location()));
      return false;
    }
  }

  private List<DataFile> files(Expression filter) throws IOException {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().filter(filter).planFiles()) {
      tasks.forEach(task -> files.add(task.file().copyWithoutStats()));
    }
    return files;
  }

  private long newestSealedMs() throws IOException {
    long newestMs = Long.MIN_VALUE;
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().includeColumnStats(List.of(ArchiveTable.SEALED_AT)).planFiles()) {
      for (FileScanTask task : tasks) {
        ByteBuffer bound =
            task.file()
                .upperBounds()
                .get(ArchiveTable.SCHEMA.findField(ArchiveTable.SEALED_AT).fieldId());
        long micros = Conversions.fromByteBuffer(Types.LongType.get(), bound);
        newestMs = Math.max(newestMs, micros / MICROS_PER_MS);
      }
    }
    return newestMs;
  }

  private static int day(DataFile file) {
    return file.partition().get(0, Integer.class);
  }

  private List<ArchivedRange> read(DataFile file) throws IOException {
    return ManifestRows.read(table.io().newInputFile(file.location(), file.fileSizeInBytes()));
  }
}
