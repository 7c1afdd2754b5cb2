package tidemark.operators.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * Says which files of the two sides to read together: those of one tier and day, cut into hours
 * where that costs little more than reading them once.
 *
 * <p>Memory: the descriptions of all files of both sides, some 2 kB each.
 */
final class ComparePlanner {
  private static final long HOUR_MS = 3_600_000L;
  private static final long DAY_MS = 86_400_000L;
  private static final long SPLIT_BYTES = 64L << 20;

  private record Partition(int tierSeconds, long epochDay) implements Comparable<Partition> {
    static Partition of(DataFile file) {
      return new Partition(
          file.partition().get(0, Integer.class), file.partition().get(1, Integer.class));
    }

    @Override
    public int compareTo(Partition other) {
      return tierSeconds != other.tierSeconds
          ? Integer.compare(tierSeconds, other.tierSeconds)
          : Long.compare(epochDay, other.epochDay);
    }
  }

  /** Files of both sides of one partition. */
  private record Files(List<DataFile> left, List<DataFile> right) {
    Files() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  private final CompareConfig config;
  private final Table rollups;
  private final Table series;

  ComparePlanner(CompareConfig config, TableCatalog catalog) {
    this.config = config;
    this.rollups = catalog.rollups();
    this.series = catalog.series();
  }

  /** The plan, then its tasks. */
  List<CompareMessage> plan() throws IOException {
    ReplayOrigin origin = ReplaySide.origin(rollups, config.branch());
    CoveredRows covered =
        CoveredRows.of(rollups, origin, ReplayBranch.baseTag(config.branch()))
            .within(config.fromMs(), config.toMs());
    boolean isOfMain = config.other().equals(SnapshotRef.MAIN_BRANCH);
    if (!isOfMain && !ReplaySide.origin(rollups, config.other()).equals(origin)) {
      throw new IllegalArgumentException(
          "branches %s and %s cannot be compared: they were made for another base or selection; replay one of them again"
              .formatted(config.other(), config.branch()));
    }
    boolean isComplete =
        ReplaySide.isComplete(rollups, config.branch())
            && (isOfMain || ReplaySide.isComplete(rollups, config.other()));
    if (!isComplete && config.completeness() == CompareConfig.Completeness.REQUIRED) {
      throw new IllegalArgumentException(
          "the replay has not ended, so rows would be missing: let it end, or compare it as it is with --incomplete");
    }
    long left = isOfMain ? origin.base() : head(config.other());
    long right = head(config.branch());
    List<CompareTask> tasks = tasks(left, right, covered);
    ComparePlan plan =
        new ComparePlan(
            config.other(),
            left,
            config.branch(),
            right,
            origin.base(),
            covered.toJson(),
            config.isWhole(),
            isComplete,
            tasks.size());
    List<CompareMessage> messages = new ArrayList<>();
    messages.add(CompareMessage.of(plan));
    tasks.forEach(task -> messages.add(CompareMessage.of(plan.covered(), task)));
    return messages;
  }

  private long head(String branch) {
    return BranchHead.snapshot(rollups, branch).orElseThrow().snapshotId();
  }

  private List<CompareTask> tasks(long left, long right, CoveredRows covered) throws IOException {
    Map<Partition, Files> partitions = new TreeMap<>();
    for (DataFile file : ReplaySide.files(rollups, left)) {
      if (covered.extent(file) != CoveredRows.Extent.NONE) {
        partitions.computeIfAbsent(Partition.of(file), key -> new Files()).left().add(file);
      }
    }
    for (DataFile file : ReplaySide.files(rollups, right)) {
      if (covered.extent(file) != CoveredRows.Extent.NONE) {
        partitions.computeIfAbsent(Partition.of(file), key -> new Files()).right().add(file);
      }
    }
    List<String> leftSeries = seriesFiles(config.other());
    List<String> rightSeries = seriesFiles(config.branch());
    List<CompareTask> tasks = new ArrayList<>();
    partitions.forEach(
        (partition, files) -> {
          boolean hasSeries = partition.tierSeconds() == RowComparison.SERIES_TIER;
          for (long[] span : spans(partition, files)) {
            tasks.add(
                new CompareTask(
                    partition.tierSeconds(),
                    partition.epochDay(),
                    span[0],
                    span[1],
                    within(files.left(), span),
                    within(files.right(), span),
                    hasSeries ? leftSeries : List.of(),
                    hasSeries ? rightSeries : List.of()));
          }
        });
    return tasks;
  }

  /** The day as one, or its hours. */
  private static List<long[]> spans(Partition partition, Files files) {
    long dayMs = partition.epochDay() * DAY_MS;
    List<DataFile> all = new ArrayList<>(files.left());
    all.addAll(files.right());
    long bytes = all.stream().mapToLong(DataFile::fileSizeInBytes).sum();
    long hourly = all.stream().mapToLong(file -> file.fileSizeInBytes() * hours(file)).sum();
    if (bytes < SPLIT_BYTES || hourly > bytes / 2 * 3) {
      return List.of(new long[] {dayMs, dayMs + DAY_MS});
    }
    List<long[]> spans = new ArrayList<>();
    for (long at = dayMs; at < dayMs + DAY_MS; at += HOUR_MS) {
      spans.add(new long[] {at, at + HOUR_MS});
    }
    return spans;
  }

  private static long hours(DataFile file) {
    return Math.floorDiv(CoveredRows.lastWindowMs(file), HOUR_MS)
        - Math.floorDiv(CoveredRows.firstWindowMs(file), HOUR_MS)
        + 1;
  }

  private static List<ComparedFile> within(List<DataFile> files, long[] span) {
    List<DataFile> some =
        files.stream()
            .filter(
                file ->
                    CoveredRows.firstWindowMs(file) < span[1]
                        && CoveredRows.lastWindowMs(file) >= span[0])
            .toList();
    List<ComparedFile> compared = new ArrayList<>();
    for (DataFile file : some) {
      String json = TableFiles.toJson(List.of(file.copyWithoutStats()), RollupsTable.SPEC).get(0);
      compared.add(new ComparedFile(json, file.fileSequenceNumber()));
    }
    return compared;
  }

  private List<String> seriesFiles(String branch) throws IOException {
    Optional<Snapshot> head = BranchHead.snapshot(series, branch);
    if (head.isEmpty()) {
      return List.of();
    }
    List<DataFile> files =
        ReplaySide.files(series, head.get().snapshotId()).stream()
            .map(DataFile::copyWithoutStats)
            .toList();
    return TableFiles.toJson(files, SeriesTable.SPEC);
  }
}
