package tidemark.operators.compact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.HeldRange;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;

/**
 * Reads the manifests of one branch of both tables and says what to fold. Not thread-safe.
 *
 * <p>Remembers the files that it has planned until they are gone from the table or the retry time
 * is over, so that no two workers fold the same ones; one entry per such file. Losing that memory
 * costs work that is thrown away at the commit, no row.
 */
final class CompactPlanner {

  /** The tasks of one plan, and how many small files there are, planned or not. */
  record Plan(List<CompactTask> tasks, int smallFiles) {}

  private final CompactConfig config;
  private final String branch;
  private final Map<String, Long> plannedUntilMs = new HashMap<>();
  private long plans;

  CompactPlanner(CompactConfig config, String branch) {
    this.config = config;
    this.branch = branch;
  }

  Plan plan(TableCatalog catalog, long nowMs) throws IOException {
    List<CompactTask> tasks = new ArrayList<>();
    long number = plans++;
    Map<String, Long> stillThere = new HashMap<>();
    int smallFiles = 0;
    for (Table table : List.of(catalog.rollups(), catalog.series())) {
      Optional<Snapshot> head = BranchHead.snapshot(table, branch);
      if (head.isEmpty()) {
        continue;
      }
      long watermarkMs = BranchHead.watermarkMs(table, branch).orElse(Long.MIN_VALUE);
      Map<CompactPlan.Candidate, DataFile> files = smallFiles(table, head.get());
      smallFiles += files.size();
      files.keySet().forEach(file -> keepPlanned(file.path(), nowMs, stillThere));
      List<CompactPlan.Candidate> free =
          files.keySet().stream().filter(file -> !stillThere.containsKey(file.path())).toList();
      for (CompactPlan.Group group : CompactPlan.of(free, watermarkMs, config)) {
        List<DataFile> chosen = group.files().stream().map(files::get).toList();
        group.files().forEach(f -> stillThere.put(f.path(), nowMs + config.retryAfterMs()));
        tasks.add(
            new CompactTask(
                number,
                0,
                group.tierSeconds(),
                group.epochDay(),
                head.get().snapshotId(),
                chosen.stream().map(DataFile::dataSequenceNumber).sorted().toList(),
                TableFiles.toJson(chosen, table.spec())));
      }
    }
    plannedUntilMs.clear();
    plannedUntilMs.putAll(stillThere);
    return new Plan(numbered(tasks), smallFiles);
  }

  private void keepPlanned(String path, long nowMs, Map<String, Long> stillThere) {
    Long untilMs = plannedUntilMs.get(path);
    if (untilMs != null && untilMs > nowMs) {
      stillThere.put(path, untilMs);
    }
  }

  private static List<CompactTask> numbered(List<CompactTask> tasks) {
    return tasks.stream()
        .map(
            task ->
                new CompactTask(
                    task.plan(),
                    tasks.size(),
                    task.tierSeconds(),
                    task.epochDay(),
                    task.snapshotId(),
                    task.sequences(),
                    task.files()))
        .toList();
  }

  private Map<CompactPlan.Candidate, DataFile> smallFiles(Table table, Snapshot head)
      throws IOException {
    boolean isSeries = table.spec().isUnpartitioned();
    List<HeldRange> held = isSeries ? List.of() : HeldRange.all(table);
    Map<CompactPlan.Candidate, DataFile> files = new HashMap<>();
    var scan = table.newScan().useSnapshot(head.snapshotId());
    if (!isSeries) {
      scan = scan.includeColumnStats(List.of("window_start"));
    }
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        if (file.fileSizeInBytes() < config.targetBytes()) {
          files.put(isSeries ? ofSeries(file) : ofRollups(file, held), file.copyWithoutStats());
        }
      }
    }
    return files;
  }

  private static CompactPlan.Candidate ofSeries(DataFile file) {
    return new CompactPlan.Candidate(
        file.location(), file.fileSizeInBytes(), CompactPlan.SERIES_TIER, 0L, 0L, 0L, "");
  }

  private static CompactPlan.Candidate ofRollups(DataFile file, List<HeldRange> held) {
    int tierSeconds = file.partition().get(0, Integer.class);
    long day = file.partition().get(1, Integer.class);
    long dayMs = day * CompactPlan.DAY_MS;
    return new CompactPlan.Candidate(
        file.location(),
        file.fileSizeInBytes(),
        tierSeconds,
        day,
        windowMs(file.lowerBounds(), dayMs),
        windowMs(file.upperBounds(), dayMs + CompactPlan.DAY_MS - 1),
        side(day, file.dataSequenceNumber(), held));
  }

  /** By each range that holds the day, in order: whether a file is of a later epoch. */
  static String side(long epochDay, long sequence, List<HeldRange> held) {
    StringBuilder side = new StringBuilder();
    for (HeldRange range : held) {
      if (range.concerns(epochDay)) {
        side.append(range.side(sequence));
      }
    }
    return side.toString();
  }

  /** A file without bounds may be anywhere in its day. */
  private static long windowMs(Map<Integer, ByteBuffer> bounds, long unknownMs) {
    ByteBuffer bound = bounds == null ? null : bounds.get(RollupsTable.WINDOW_START);
    if (bound == null) {
      return unknownMs;
    }
    long micros = Conversions.fromByteBuffer(Types.LongType.get(), bound);
    return Math.floorDiv(micros, 1000L);
  }
}
