package tidemark.operators.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.MaintainedTables;
import tidemark.operators.TestPartials;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.fold.Fold;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;

/** Any files, folded in any grouping, hold what their points come to, to the bit. */
class RollupFoldTest {
  private static final long DAY = 20_454;
  private static final long FROM_MS = DAY * MaintainedTables.DAY_MS;

  @TempDir Path folder;
  private MaintainedTables tables;

  @BeforeEach
  void openTables() {
    tables = new MaintainedTables(folder);
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void foldsOfFoldsHoldWhatTheirPointsComeTo(long seed) throws IOException {
    Random random = new Random(seed);
    List<TestPartials.Point> points = new ArrayList<>();
    List<DataFile> files = randomFiles(random, points);
    int fewestBytes = 1 << 20;
    while (files.size() > 1) {
      Collections.shuffle(files, random);
      List<DataFile> some = files.subList(0, Math.min(files.size(), 2 + random.nextInt(6)));
      List<DataFile> folded =
          FoldRounds.fold(fold(), some, Long.MAX_VALUE, fewestBytes, newFiles());
      assertThat(folded).hasSize(1);
      some.clear();
      files.addAll(folded);
    }
    assertThat(tables.keys(files.get(0))).doesNotHaveDuplicates();
    assertThat(tables.merged(files)).isEqualTo(MaintainedTables.expected(10, points));
  }

  private List<DataFile> randomFiles(Random random, List<TestPartials.Point> points)
      throws IOException {
    List<DataFile> files = new ArrayList<>();
    for (int i = 2 + random.nextInt(20); i > 0; i--) {
      List<TestPartials.Point> some =
          TestPartials.random(
              random, 1 + random.nextInt(400), 1 + random.nextInt(40), FROM_MS, FROM_MS + 300_000);
      points.addAll(some);
      files.add(tables.rollupFile(10, some));
    }
    return files;
  }

  @Test
  void filesEndAtTheTargetAndAreSortedThroughout() throws IOException {
    Random random = new Random(1);
    List<TestPartials.Point> points = new ArrayList<>();
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<TestPartials.Point> some =
          TestPartials.random(random, 40_000, 5_000, FROM_MS, FROM_MS + MaintainedTables.DAY_MS);
      points.addAll(some);
      files.add(tables.rollupFile(10, some));
    }
    long targetBytes = 256 << 10;
    List<DataFile> folded = FoldRounds.fold(fold(), files, targetBytes, 64 << 20, newFiles());
    assertThat(folded).hasSizeGreaterThan(2);
    assertThat(folded.subList(0, folded.size() - 1))
        .allSatisfy(
            file -> assertThat(file.fileSizeInBytes()).isBetween(targetBytes, 2 * targetBytes));
    assertThat(tables.merged(folded)).isEqualTo(MaintainedTables.expected(10, points));
    List<String> keys = new ArrayList<>();
    for (DataFile file : folded) {
      keys.addAll(tables.keys(file));
    }
    DataFile whole = FoldRounds.fold(fold(), files, Long.MAX_VALUE, 64 << 20, newFiles()).get(0);
    assertThat(keys).isEqualTo(tables.keys(whole)).doesNotHaveDuplicates();
  }

  @Test
  void roundsLeaveNothingBehind() throws IOException {
    Random random = new Random(2);
    List<TestPartials.Point> points = new ArrayList<>();
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      List<TestPartials.Point> some =
          TestPartials.random(random, 100, 10, FROM_MS, FROM_MS + 60_000);
      points.addAll(some);
      files.add(tables.rollupFile(10, some));
    }
    long fourFiles = 4 * FoldRounds.openBytes(files.get(0));
    List<DataFile> folded = FoldRounds.fold(fold(), files, Long.MAX_VALUE, fourFiles, newFiles());
    assertThat(folded).hasSize(1);
    assertThat(tables.merged(folded)).isEqualTo(MaintainedTables.expected(10, points));
    assertThat(parquetFiles()).isEqualTo(31);
  }

  @Test
  void neverAreMoreFilesOpenThanTheirBound() throws IOException {
    Random random = new Random(4);
    List<TestPartials.Point> points = new ArrayList<>();
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < 2 * FoldRounds.MAX_OPEN_FILES + 6; i++) {
      List<TestPartials.Point> some =
          TestPartials.random(random, 20, 10, FROM_MS, FROM_MS + 60_000);
      points.addAll(some);
      files.add(tables.rollupFile(10, some));
    }
    List<Integer> openFiles = new ArrayList<>();
    Fold counting =
        (some, targetBytes, target) -> {
          openFiles.add(some.size());
          return fold().fold(some, targetBytes, target);
        };
    List<DataFile> folded =
        FoldRounds.fold(counting, files, Long.MAX_VALUE, Long.MAX_VALUE, newFiles());
    assertThat(openFiles).containsExactly(32, 32, 8);
    assertThat(folded).hasSize(1);
    assertThat(tables.merged(folded)).isEqualTo(MaintainedTables.expected(10, points));
  }

  @Test
  void whatAFailedFoldHasWrittenCanBeRemoved() throws IOException {
    DataFile file =
        tables.rollupFile(
            10, TestPartials.random(new Random(3), 100, 10, FROM_MS, FROM_MS + 60_000));
    DataFile gone =
        tables.rollupFile(
            10, TestPartials.random(new Random(4), 100, 10, FROM_MS, FROM_MS + 60_000));
    new FlinkFileIO().deleteFile(gone.location());
    NewFiles made = newFiles();
    assertThatThrownBy(
            () -> FoldRounds.fold(fold(), List.of(file, gone), Long.MAX_VALUE, 1 << 20, made))
        .hasMessageContaining("does not exist");
    made.removeBut(List.of());
    assertThat(parquetFiles()).isEqualTo(1);
  }

  private static RollupFold fold() {
    return new RollupFold(10, DAY);
  }

  private NewFiles newFiles() {
    return new NewFiles(
        new FlinkFileIO(),
        tables.address().warehouse()
            + "/tidemark/rollups/data/"
            + RollupFold.partitionPath(10, DAY),
        "compact");
  }

  private long parquetFiles() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(path -> path.toString().endsWith(".parquet")).count();
    }
  }
}
