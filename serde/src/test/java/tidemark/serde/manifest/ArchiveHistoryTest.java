package tidemark.serde.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.serde.manifest.ArchiveCatalog.append;
import static tidemark.serde.manifest.ArchiveCatalog.range;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.manifest.ArchivedRange.Kind;
import tidemark.state.selection.PointSelection;

/**
 * Random histories of jobs, zombies and lost answers over one table, judged offset by offset: a map
 * knows who may have which, and nothing of how the table decides.
 */
class ArchiveHistoryTest {
  private static final int PARTITIONS = 3;
  private static final int COMMITS = 25;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyOffsetIsThereOnceOrGone(long seed) throws IOException {
    Random random = new Random(seed);
    List<List<ArchivedRange>> sent = new ArrayList<>();
    Set<String> orphans = new HashSet<>();
    try (ArchiveCatalog catalog = new ArchiveCatalog(folder)) {
      for (int i = 0; i < COMMITS; i++) {
        List<ArchivedRange> commit =
            !sent.isEmpty() && random.nextInt(5) == 0
                ? sent.get(random.nextInt(sent.size())) // a zombie
                : commit(random, sent.size(), ArchiveManifest.ends(catalog.table()));
        sent.add(commit);
        switch (random.nextInt(4)) {
          case 0 -> {
            try {
              orphans.addAll(append(catalog.losingAnswers(), commit).orphans());
            } catch (CommitStateUnknownException e) {
              orphans.addAll(append(catalog.table(), commit).orphans());
            }
          }
          case 1 -> {
            List<ArchivedRange> other =
                random.nextBoolean()
                    ? commit
                    : commit(random, sent.size(), ArchiveManifest.ends(catalog.table()));
            Table raced =
                catalog.racedBy( // which only a commit that has something new is
                    () -> {
                      sent.add(other);
                      orphans.addAll(append(catalog.table(), other).orphans());
                    });
            orphans.addAll(append(raced, commit).orphans());
          }
          default -> orphans.addAll(append(catalog.table(), commit).orphans());
        }
      }
      judge(catalog.table(), sent, orphans, seed);
    }
  }

  /** Ranges about the table's ends: before, across, at and behind them. */
  private static List<ArchivedRange> commit(
      Random random, int number, Map<String, ? extends Map<Integer, Long>> ends) {
    List<ArchivedRange> ranges = new ArrayList<>();
    int files = 1 + random.nextInt(3);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      long end = ends.containsKey("t") ? ends.get("t").getOrDefault(partition, 0L) : 0L;
      long from = Math.max(0, end + new int[] {-7, 0, 0, 0, 4}[random.nextInt(5)]);
      long silent = Math.min(from, random.nextInt(3)); // offsets that Kafka had no record of
      int pieces = 1 + random.nextInt(2);
      for (int piece = 0; piece < pieces; piece++) {
        long to = from + 1 + random.nextInt(9);
        String file = number + "/" + (random.nextInt(files) + 10 * piece + 100 * partition);
        ranges.add(range("e" + number, file, "t", partition, from, to).of(from - silent, to));
        silent = 0;
        from = to + (random.nextInt(3) == 0 ? 2 : 0);
      }
    }
    if (ranges.isEmpty()) {
      ranges.add(range("e" + number, number + "/x", "t", 0, 0, 1));
    }
    return ranges;
  }

  private static void judge(
      Table table, List<List<ArchivedRange>> sent, Set<String> orphans, long seed)
      throws IOException {
    Map<Integer, TreeMap<Long, ArchivedRange>> byOffset = new HashMap<>();
    Set<String> files = new HashSet<>();
    for (ArchivedRange row :
        ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), PointSelection.ALL)) {
      files.add(row.file());
      for (long offset = row.from(); offset < row.to(); offset++) {
        ArchivedRange before =
            byOffset.computeIfAbsent(row.partition(), key -> new TreeMap<>()).put(offset, row);
        assertThat(before).as("seed %d: %d/%d twice", seed, row.partition(), offset).isNull();
      }
    }
    Set<String> allFiles = new HashSet<>();
    Map<Integer, Long> highest = new HashMap<>();
    for (List<ArchivedRange> commit : sent) {
      for (ArchivedRange range : commit) {
        allFiles.add(range.file());
        highest.merge(range.partition(), range.to(), Math::max);
      }
    }
    highest.forEach(
        (partition, end) -> {
          TreeMap<Long, ArchivedRange> rows = byOffset.get(partition);
          assertThat((long) rows.size()).as("seed %d, %d", seed, partition).isEqualTo(end);
          assertThat(rows.firstKey()).isZero();
          assertThat(rows.lastKey()).isEqualTo(end - 1);
          assertThat(ArchiveManifest.ends(table).get("t")).containsEntry(partition, end);
        });
    byOffset.forEach(
        (partition, rows) ->
            rows.forEach(
                (offset, row) -> {
                  assertThat(row.kind() == Kind.GAP || isSpokenFor(sent, row, offset))
                      .as("seed %d: %d of %s", seed, offset, row)
                      .isTrue();
                }));
    assertThat(files).as("seed %d", seed).doesNotContainAnyElementsOf(orphans);
    allFiles.removeAll(files);
    assertThat(orphans).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(allFiles);
  }

  /** Whether the row's file was sent as having that offset. */
  private static boolean isSpokenFor(
      List<List<ArchivedRange>> sent, ArchivedRange row, long offset) {
    return sent.stream()
        .flatMap(List::stream)
        .anyMatch(
            range ->
                range.file().equals(row.file())
                    && range.partition() == row.partition()
                    && range.from() <= offset
                    && offset < range.to());
  }
}
