package tidemark.serde.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tidemark.serde.manifest.ArchiveCatalog.append;
import static tidemark.serde.manifest.ArchiveCatalog.range;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.RecordFacts;
import tidemark.state.selection.PointSelection;

class ArchiveManifestTest {
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

  /** {@code topic/partition from-to file}. */
  private List<String> rows(PointSelection selection) throws IOException {
    Table table = catalog.table();
    return ArchiveManifest.ranges(table, table.currentSnapshot().snapshotId(), selection).stream()
        .map(
            row ->
                "%s/%d %d-%d %s"
                    .formatted(row.topic(), row.partition(), row.from(), row.to(), row.file())
                    .strip())
        .toList();
  }

  private List<String> rows() throws IOException {
    return rows(PointSelection.ALL);
  }

  @Test
  void rowsComeBackAsTheyWere() throws IOException {
    ArchivedRange range =
        ArchivedRange.ofFile(
            "s3://bucket/1a2b/points/7.tma",
            3_000_000_000L,
            "u0WHdBAeTcG7mJmBmB5pAA",
            new PartitionSummary("points", 7, 0, 44, 40, 9_999, -5_000_000_000L),
            RecordFacts.ANY_EARLIEST_MS,
            RecordFacts.ANY_LATEST_MS,
            "7-12ab34cd",
            1_764_000_000_123L);
    append(catalog.table(), range);
    Table table = catalog.table();
    long snapshot = table.currentSnapshot().snapshotId();
    assertThat(ArchiveManifest.ranges(table, snapshot, PointSelection.ALL)).containsExactly(range);
    assertThat(ArchiveManifest.ends(table)).hasToString("{points={7=44}}");
    assertThat(ArchiveManifest.topicIds(table)).containsOnlyKeys("points");
    assertThat(table.currentSnapshot().summary())
        .containsEntry("tidemark.archive.ends", "{\"points\":{\"7\":44}}");
  }

  @Test
  void anEmptyTableEndsNowhere() {
    assertThat(ArchiveManifest.ends(catalog.table())).isEmpty();
  }

  @Test
  void whatTheTableHasIsCutOffTheRange() throws IOException {
    append(catalog.table(), range("1-a", "f1", "points", 0, 0, 100));
    var appended =
        append(
            catalog.table(),
            range("9-b", "f2", "points", 0, 20, 80),
            range("9-b", "f3", "points", 0, 60, 150));
    assertThat(rows()).containsExactly("points/0 0-100 f1", "points/0 100-150 f3");
    assertThat(appended.orphans()).containsExactly("f2");
  }

  @Test
  void aHoleIsNamed() throws IOException {
    append(catalog.table(), range("1-a", "f1", "points", 0, 10, 100));
    append(catalog.table(), range("2-a", "f2", "points", 0, 130, 150));
    assertThat(rows())
        .containsExactly(
            "points/0 0-10", "points/0 10-100 f1", "points/0 100-130", "points/0 130-150 f2");
  }

  @Test
  void aRangeMaySpeakForOffsetsBeforeItsFileAndGoOnBehindAGap() throws IOException {
    append(catalog.table(), range("1-a", "f1", "points", 0, 0, 100));
    ArchivedRange file = range("2-a", "f2", "points", 0, 110, 150);
    append(
        catalog.table(),
        file.of(105, 120), // Kafka had none from 105 to 110
        file.of(130, 140),
        file.of(140, 150));
    assertThat(rows())
        .containsExactly(
            "points/0 0-100 f1",
            "points/0 100-105",
            "points/0 105-120 f2",
            "points/0 120-130",
            "points/0 130-150 f2");
  }

  @Test
  void aLostAnswerAddsNothingTwiceAndDeletesNothing() throws IOException {
    ArchivedRange range = range("1-a", "f1", "points", 0, 0, 100);
    assertThatThrownBy(() -> append(catalog.losingAnswers(), range))
        .isInstanceOf(CommitStateUnknownException.class);
    var again = append(catalog.table(), range);
    assertThat(again.rows()).isEmpty();
    assertThat(again.orphans()).isEmpty();
    assertThat(rows()).containsExactly("points/0 0-100 f1");
  }

  @Test
  void aRaceIsPlannedAgain() throws IOException {
    append(catalog.table(), range("1-a", "f1", "points", 0, 0, 10));
    Table raced =
        catalog.racedBy(
            () ->
                append(
                    catalog.table(),
                    range("5-b", "g1", "points", 0, 10, 30),
                    range("5-b", "g2", "points", 1, 0, 30)));
    var appended =
        append(
            raced,
            range("2-a", "f2", "points", 0, 10, 20),
            range("2-a", "f3", "points", 1, 0, 50),
            range("2-a", "f4", "points", 2, 0, 5));
    assertThat(rows())
        .containsExactly(
            "points/0 0-10 f1",
            "points/0 10-30 g1",
            "points/1 0-30 g2",
            "points/1 30-50 f3",
            "points/2 0-5 f4");
    assertThat(appended.orphans()).containsExactly("f2");
    assertThat(parquetFiles()).as("that of the lost race is gone").hasSize(3);
  }

  private List<Path> parquetFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  @Test
  void aTopicMadeAnewIsRefused() {
    append(catalog.table(), range("1-a", "f1", "points", 0, 0, 100));
    ArchivedRange foreign =
        ArchivedRange.ofFile(
            "f2", 9, "xyz", new PartitionSummary("points", 0, 100, 101, 1, 1, 1), 1, 1, "2-a", 1);
    assertThatThrownBy(() -> append(catalog.table(), foreign))
        .isInstanceOf(TopicReplacedException.class)
        .hasMessageContaining("Kafka's id is xyz, and abc there");
  }

  @Test
  void rowsAreChosenByTheirTimes() throws IOException {
    append(catalog.table(), range("1-a", "f1", "points", 0, 0, 10)); // 0 to 1000 ms
    append(catalog.table(), range("2-a", "f2", "points", 0, 10, 20)); // 1000 to 2000 ms
    append(catalog.table(), range("3-a", "f3", "points", 0, 25, 30)); // 2500 to 3000 ms
    append(
        catalog.table(),
        ArchivedRange.ofFile(
            "f4",
            9,
            ArchiveCatalog.TOPIC_ID,
            new PartitionSummary("points", 0, 30, 40, 1, 1, 1),
            ArchivedRange.NO_EARLIEST_MS,
            ArchivedRange.NO_LATEST_MS,
            "4-a",
            1));
    assertThat(rows(times(1_001, 2_500))).containsExactly("points/0 10-20 f2", "points/0 20-25");
    assertThat(rows(times(1_000, 2_501)))
        .containsExactly(
            "points/0 0-10 f1", "points/0 10-20 f2", "points/0 20-25", "points/0 25-30 f3");
    assertThat(rows()).hasSize(5);
  }

  private static PointSelection times(long fromMs, long toMs) {
    return new PointSelection(List.of(), List.of(), fromMs, toMs);
  }
}
