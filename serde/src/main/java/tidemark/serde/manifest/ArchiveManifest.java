package tidemark.serde.manifest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.state.selection.PointSelection;

/**
 * Reads and extends the {@code archive} table.
 *
 * <p>Exactly once by offsets, not by remembering: a commit adds what lies above the end of each
 * partition, and is valid only while the head it replaces has the ends that it was planned for. So
 * a commit that is repeated because its answer was lost, one that lands late, a second job and an
 * old savepoint can neither double nor skip an offset.
 */
public final class ArchiveManifest {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveManifest.class);
  private static final int RACES = 20;
  private static final long MICROS_PER_MS = 1_000L;

  private ArchiveManifest() {}

  /**
   * What came of a commit.
   *
   * @param rows that it added, gaps among them; none if all was there already
   * @param orphans files that the table does not have and never will: they can be deleted
   */
  public record Appended(List<ArchivedRange> rows, Set<String> orphans) {
    public Appended {
      rows = List.copyOf(rows);
      orphans = Set.copyOf(orphans);
    }
  }

  /** Next offset of each partition as of the table's newest snapshot that was loaded. */
  public static SortedMap<String, SortedMap<Integer, Long>> ends(Table table) {
    return head(table).offsets();
  }

  /** Next offset of each partition as of a snapshot. */
  public static SortedMap<String, SortedMap<Integer, Long>> ends(Table table, long snapshotId) {
    return ArchiveEnds.of(SnapshotUtil.ancestorsOf(snapshotId, table::snapshot)).offsets();
  }

  /** Kafka's id of each topic of the table. */
  public static SortedMap<String, String> topicIds(Table table) {
    return head(table).topicIds();
  }

  private static ArchiveEnds head(Table table) {
    Snapshot head = table.currentSnapshot();
    return head == null
        ? ArchiveEnds.of(List.of())
        : ArchiveEnds.of(SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot));
  }

  /**
   * Rows that may hold points of the selection, by their times, and all gaps; sorted by topic,
   * partition and offset. Which orgs a file has, its own index says. Some 400 bytes of memory for
   * each row.
   */
  public static List<ArchivedRange> ranges(Table table, long snapshotId, PointSelection selection)
      throws IOException {
    Expression wanted = Expressions.alwaysTrue();
    if (selection.fromMs() != Long.MIN_VALUE) {
      wanted =
          Expressions.and(
              wanted, Expressions.greaterThanOrEqual(ArchiveTable.LATEST_MS, selection.fromMs()));
    }
    if (selection.toMs() != Long.MAX_VALUE) {
      wanted =
          Expressions.and(wanted, Expressions.lessThan(ArchiveTable.EARLIEST_MS, selection.toMs()));
    }
    List<ArchivedRange> rows = scan(table, snapshotId, wanted, row -> mayHold(row, selection));
    rows.sort(ArchivedRange.ORDER);
    return rows;
  }

  private static boolean mayHold(ArchivedRange row, PointSelection selection) {
    return (selection.fromMs() == Long.MIN_VALUE || row.latestMs() >= selection.fromMs())
        && (selection.toMs() == Long.MAX_VALUE || row.earliestMs() < selection.toMs());
  }

  private interface Wanted {
    boolean test(ArchivedRange row);
  }

  /** Files are left out by their statistics; rows of the others are looked at one by one. */
  private static List<ArchivedRange> scan(
      Table table, long snapshotId, Expression filter, Wanted wanted) throws IOException {
    List<ArchivedRange> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).filter(filter).planFiles()) {
      for (FileScanTask task : tasks) {
        for (ArchivedRange row :
            ManifestRows.read(
                table.io().newInputFile(task.file().location(), task.file().fileSizeInBytes()))) {
          if (wanted.test(row)) {
            rows.add(row);
          }
        }
      }
    }
    return rows;
  }

  /**
   * Adds what is new of an epoch's ranges. May be repeated, by anyone, any time.
   *
   * @param ranges of files, in any order. One that begins below its file's own range says that
   *     Kafka had no record before it. What lies between the table's end and the ranges becomes a
   *     gap
   * @throws TopicReplacedException if a topic is another one than the table's of that name
   * @throws CommitFailedException if others were faster again and again
   */
  public static Appended append(Table table, List<ArchivedRange> ranges) throws IOException {
    requireOneEpoch(ranges);
    for (int race = 0; race < RACES; race++) {
      table.refresh();
      ArchiveEnds before = head(table);
      CommitPlan plan = CommitPlan.of(ranges, before);
      if (plan.rows().isEmpty()) {
        return new Appended(List.of(), orphans(table, ranges, plan));
      }
      // unused files are looked up before the commit: afterwards its rows are in the way
      Set<String> orphans = orphans(table, ranges, plan);
      if (commit(table, before, plan)) {
        return new Appended(plan.rows(), orphans);
      }
      LOG.warn("epoch {}: the archive moved during the commit", ranges.get(0).epoch());
    }
    throw new CommitFailedException(
        "epoch %s found no place in the archive in %s attempts, others commit too often",
        ranges.get(0).epoch(), RACES);
  }

  private static void requireOneEpoch(List<ArchivedRange> ranges) {
    for (ArchivedRange range : ranges) {
      if (range.kind() != ArchivedRange.Kind.RECORDS
          || !range.epoch().equals(ranges.get(0).epoch())) {
        throw new IllegalArgumentException(
            "a commit must have ranges of files of one epoch, got %s of %s and %s"
                .formatted(range.kind(), range.epoch(), ranges.get(0).epoch()));
      }
    }
  }

  /** Returns false if the head has moved since the plan was made. */
  private static boolean commit(Table table, ArchiveEnds before, CommitPlan plan)
      throws IOException {
    List<DataFile> files = new ArrayList<>();
    for (List<ArchivedRange> ofDay : byDay(plan.rows())) {
      files.add(ManifestRows.write(table, ofDay));
    }
    AppendFiles append = table.newAppend();
    files.forEach(append::appendFile);
    append.set(ArchiveKeys.ENDS, ArchiveEnds.json(plan.ends().offsets()));
    append.set(ArchiveKeys.TOPICS, ArchiveEnds.json(plan.ends().topicIds()));
    append.set(ArchiveKeys.EPOCH, plan.rows().get(0).epoch());
    append.validateWith(ancestors -> ArchiveEnds.of(ancestors).equals(before));
    try {
      append.commit();
      return true;
    } catch (ValidationException e) {
      for (DataFile file : files) {
        delete(table, file.location());
      }
      return false;
    }
  }

  private static Iterable<List<ArchivedRange>> byDay(List<ArchivedRange> rows) {
    SortedMap<Long, List<ArchivedRange>> days = new TreeMap<>();
    for (ArchivedRange row : rows) {
      long day = Math.floorDiv(row.sealedAtMs(), ManifestRows.DAY_MS);
      days.computeIfAbsent(day, key -> new ArrayList<>()).add(row);
    }
    return days.values();
  }

  private static void delete(Table table, String location) {
    try {
      table.io().deleteFile(location);
    } catch (RuntimeException e) {
      LOG.warn("{} is not in the archive and could not be deleted", location, e);
    }
  }

  /**
   * Files that are not used now, and were not when the commit may have come through before. Ends
   * only grow, so what is below them now cannot be added by anyone later.
   */
  private static Set<String> orphans(Table table, List<ArchivedRange> ranges, CommitPlan plan)
      throws IOException {
    if (plan.unused().isEmpty() || table.currentSnapshot() == null) {
      return plan.unused();
    }
    Set<String> orphans = new HashSet<>(plan.unused());
    Map<String, Long> sealed = new TreeMap<>();
    ranges.forEach(range -> sealed.put(range.file(), range.sealedAtMs()));
    Object[] moments =
        orphans.stream().map(file -> sealed.get(file) * MICROS_PER_MS).distinct().toArray();
    scan(
            table,
            table.currentSnapshot().snapshotId(),
            Expressions.in(ArchiveTable.SEALED_AT, moments),
            row -> orphans.contains(row.file()))
        .forEach(row -> orphans.remove(row.file()));
    return orphans;
  }
}
