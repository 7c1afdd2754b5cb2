package tidemark.serde.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.serde.manifest.ArchiveCatalog.append;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.RecordFacts;
import tidemark.state.selection.PointSelection;

/** Folding and retention on a real table, beside commits of the archive job. */
class ManifestUpkeepTest {
  private static final long DAY_MS = 86_400_000L;
  private static final long HOUR_MS = 3_600_000L;
  private static final long NO_CLOCK = Long.MAX_VALUE;

  @TempDir Path folder;
  private ArchiveCatalog catalog;

  @BeforeEach
  void open() {
    catalog = new ArchiveCatalog(folder);
  }

  @AfterEach
  void close() throws IOException {
    catalog.close();
  }

  private static ArchivedRange range(
      String file, int partition, long from, long to, long latestMs, long sealedAtMs) {
    return ArchivedRange.ofFile(
        file,
        1_000,
        ArchiveCatalog.TOPIC_ID,
        new PartitionSummary("t", partition, from, to, to - from, 10 * (to - from), from ^ to),
        0,
        latestMs,
        "e" + sealedAtMs,
        sealedAtMs);
  }

  /** As somebody else would print them: kind, file and offsets, by partition. */
  private List<String> rows() throws IOException {
    Table table = catalog.table();
    return ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL)
        .stream()
        .map(
            row ->
                "%d %d-%d %s %s"
                    .formatted(
                        row.partition(), row.from(), row.to(), row.kind().label(), row.file()))
        .toList();
  }

  private int tableFiles() throws IOException {
    int files = 0;
    try (CloseableIterable<FileScanTask> tasks = catalog.table().newScan().planFiles()) {
      for (FileScanTask unused : tasks) {
        files++;
      }
    }
    return files;
  }

  private long parquetFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }

  @Test
  void manyFilesOfADayBecomeOneAndTheJobGoesOn() throws IOException {
    ManifestUpkeep upkeep = new ManifestUpkeep(catalog.table());
    for (int i = 0; i < ManifestUpkeep.MANY_FILES - 1; i++) {
      append(catalog.table(), range("f" + i, 0, 10L * i, 10L * i + 10, 5, DAY_MS + i));
    }
    assertThat(upkeep.fold()).as("few files of the newest day").isZero();
    append(catalog.table(), range("late", 1, 3, 9, 5, DAY_MS + 500));
    List<String> before = rows();
    assertThat(upkeep.fold()).isEqualTo(ManifestUpkeep.MANY_FILES);
    assertThat(tableFiles()).isOne();
    assertThat(rows()).isEqualTo(before).contains("1 0-3 gap ", "1 3-9 records late");
    assertThat(ArchiveManifest.ends(catalog.table())).hasToString("{t={0=150, 1=9}}");
    append(catalog.table(), range("g0", 0, 150, 160, 5, 2 * DAY_MS));
    assertThat(ArchiveManifest.ends(catalog.table())).hasToString("{t={0=160, 1=9}}");
    append(catalog.table(), range("g1", 0, 160, 170, 5, 2 * DAY_MS + 1));
    append(catalog.table(), range("g2", 0, 170, 180, 5, 3 * DAY_MS));
    assertThat(upkeep.fold()).as("two of a day that is over").isEqualTo(2);
  }

  @Test
  void aFileGoesAsAWholeWhenAllOfItIsOld() throws IOException {
    ManifestUpkeep upkeep = new ManifestUpkeep(catalog.table());
    append(
        catalog.table(),
        range("old", 0, 2, 10, 5, HOUR_MS),
        range("old", 1, 0, 7, ArchivedRange.NO_LATEST_MS, HOUR_MS),
        range("half", 2, 0, 5, 5, HOUR_MS),
        range("half", 3, 0, 5, 20 * HOUR_MS, HOUR_MS));
    append(catalog.table(), range("new", 0, 10, 20, 5, 4 * DAY_MS));
    assertThat(upkeep.expire(ManifestUpkeep.FOR_EVER, NO_CLOCK).files()).isZero();
    long keepMs = 4 * DAY_MS - 10 * HOUR_MS;
    assertThat(upkeep.expire(keepMs, 9 * HOUR_MS).files()).as("the clock is behind").isZero();
    assertThat(upkeep.expire(keepMs, NO_CLOCK)).isEqualTo(new ManifestUpkeep.Dropped(1, 1_000));
    assertThat(rows())
        .containsExactly(
            "0 0-2 gap ",
            "0 2-10 expired old",
            "0 10-20 records new",
            "1 0-7 expired old",
            "2 0-5 records half",
            "3 0-5 records half");
    assertThat(upkeep.expire(keepMs, NO_CLOCK).files()).as("once is enough").isZero();
    assertThat(check()).isEmpty();
    assertThat(upkeep.expire(3 * DAY_MS, NO_CLOCK).files()).isOne();
    assertThat(rows()).contains("3 0-5 expired half", "0 10-20 records new");
  }

  /** One bad clock, or one record that nobody can read, costs a day and no more. */
  @ParameterizedTest
  @ValueSource(longs = {RecordFacts.ANY_LATEST_MS, 4_000_000_000_000L})
  void pointsOfTheFutureKeepAFileForOneMoreDay(long latestMs) throws IOException {
    ManifestUpkeep upkeep = new ManifestUpkeep(catalog.table());
    append(catalog.table(), range("bad", 0, 0, 10, latestMs, HOUR_MS));
    append(catalog.table(), range("new", 0, 10, 20, 5, 10 * DAY_MS));
    assertThat(upkeep.expire(9 * DAY_MS - HOUR_MS, NO_CLOCK).files()).isZero();
    assertThat(upkeep.expire(9 * DAY_MS - HOUR_MS - 1, NO_CLOCK).files()).isOne();
    Table table = catalog.table();
    assertThat(
            ArchiveManifest.ranges(
                table,
                table.currentSnapshot().snapshotId(),
                new PointSelection(List.of(), List.of(), 2 * DAY_MS, Long.MAX_VALUE)))
        .as("a replay of later days does not miss it")
        .isEmpty();
  }

  @Test
  void whoeverIsFasterLeavesNothingBehind() throws IOException {
    append(catalog.table(), range("a", 0, 0, 10, 5, HOUR_MS));
    append(catalog.table(), range("b", 0, 10, 20, 5, HOUR_MS));
    append(catalog.table(), range("c", 0, 20, 30, 5, 9 * DAY_MS));
    Table racedByAppend =
        catalog.racedBy(() -> append(catalog.table(), range("d", 0, 30, 40, 5, 9 * DAY_MS)));
    assertThat(new ManifestUpkeep(racedByAppend).fold()).isEqualTo(2);
    assertThat(ArchiveManifest.ends(catalog.table())).hasToString("{t={0=40}}");
    long files = parquetFiles();
    Table racedByRetention =
        catalog.racedBy(
            () -> {
              try {
                new ManifestUpkeep(catalog.table()).expire(DAY_MS, NO_CLOCK);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assertThat(new ManifestUpkeep(racedByRetention).expire(DAY_MS, NO_CLOCK).files()).isZero();
    assertThat(parquetFiles()).as("the winner's alone").isEqualTo(files + 1);
    assertThat(rows()).contains("0 0-10 expired a", "0 30-40 records d").hasSize(4);
  }

  private List<String> check() throws IOException {
    Table table = catalog.table();
    return ArchiveCheck.of(
            ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL),
            ArchiveManifest.ends(table))
        .faults();
  }

  /**
   * Random commits, old ones repeated, folding and retention in any order. Judged by a list of what
   * was sent, which knows nothing of the table: each offset is there once, in the file that brought
   * it first, and is expired just when all of its file is behind the latest retention.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyOffsetIsThereOnceOrExpired(long seed) throws IOException {
    Random random = new Random(seed);
    List<List<ArchivedRange>> sent = new ArrayList<>();
    long[] ends = new long[3];
    long sealedMs = 0;
    long horizonMs = Long.MIN_VALUE;
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(6)) {
        case 0 -> new ManifestUpkeep(catalog.table()).fold();
        case 1 -> {
          long keepMs = DAY_MS + random.nextInt(3) * DAY_MS / 2;
          if (!sent.isEmpty()) {
            new ManifestUpkeep(catalog.table()).expire(keepMs, NO_CLOCK);
            horizonMs = Math.max(horizonMs, sealedMs - keepMs);
          }
        }
        case 2 -> {
          if (!sent.isEmpty()) {
            append(catalog.table(), sent.get(random.nextInt(sent.size())));
          }
        }
        default -> {
          sealedMs += random.nextInt(8) * HOUR_MS;
          List<ArchivedRange> commit = commit(random, step, ends, sealedMs);
          sent.add(commit);
          append(catalog.table(), commit);
        }
      }
    }
    assertThat(rowsByOffset()).as("seed %d", seed).isEqualTo(expected(sent, horizonMs));
    assertThat(check()).as("seed %d", seed).isEmpty();
    assertThat(ArchiveManifest.ends(catalog.table()).get("t").values())
        .as("seed %d", seed)
        .containsExactlyElementsOf(Arrays.stream(ends).filter(end -> end > 0).boxed().toList());
    NamedFiles named = NamedFiles.of(catalog.table());
    assertThat(named.needed())
        .as("seed %d: all snapshots are still there", seed)
        .containsExactlyInAnyOrderElementsOf(
            sent.stream().flatMap(List::stream).map(ArchivedRange::file).distinct().toList());
    assertThat(named.expired()).isEmpty();
  }

  private static List<ArchivedRange> commit(Random random, int step, long[] ends, long sealedMs) {
    List<ArchivedRange> ranges = new ArrayList<>();
    int files = 1 + random.nextInt(2);
    for (int partition = 0; partition < ends.length; partition++) {
      long to = ends[partition] + 1 + random.nextInt(5);
      long latestMs =
          switch (random.nextInt(4)) {
            case 0 -> RecordFacts.ANY_LATEST_MS;
            case 1 -> ArchivedRange.NO_LATEST_MS;
            default -> sealedMs + (random.nextInt(60) - 40) * HOUR_MS;
          };
      String file = step + "-" + random.nextInt(files);
      ranges.add(range(file, partition, ends[partition], to, latestMs, sealedMs));
      ends[partition] = to;
    }
    return ranges;
  }

  private static Map<String, String> expected(List<List<ArchivedRange>> sent, long horizonMs) {
    Set<String> young = new TreeSet<>();
    for (List<ArchivedRange> commit : sent) {
      for (ArchivedRange range : commit) {
        boolean isPointYoung =
            range.latestMs() >= horizonMs && range.sealedAtMs() + DAY_MS >= horizonMs;
        if (range.sealedAtMs() >= horizonMs || isPointYoung) {
          young.add(range.file());
        }
      }
    }
    Map<String, String> byOffset = new TreeMap<>();
    for (List<ArchivedRange> commit : sent) {
      for (ArchivedRange range : commit) {
        for (long offset = range.from(); offset < range.to(); offset++) {
          byOffset.put(
              range.partition() + "/" + offset,
              (young.contains(range.file()) ? "records " : "expired ") + range.file());
        }
      }
    }
    return byOffset;
  }

  private Map<String, String> rowsByOffset() throws IOException {
    Table table = catalog.table();
    Map<String, String> byOffset = new TreeMap<>();
    for (ArchivedRange row :
        ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL)) {
      for (long offset = row.from(); offset < row.to(); offset++) {
        String before =
            byOffset.put(row.partition() + "/" + offset, row.kind().label() + " " + row.file());
        assertThat(before).as("%s twice", offset).isNull();
      }
    }
    return byOffset;
  }
}
