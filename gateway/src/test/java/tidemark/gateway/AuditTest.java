package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.table.RollupsTable;

class AuditTest {
  private static final UnaryOperator<List<Record>> NO_FAULT = UnaryOperator.identity();

  @TempDir Path directory;

  private StoredTables tables;
  private AuditedJob job;

  @BeforeEach
  void open() {
    tables = StoredTables.local(directory);
    job = new AuditedJob(tables);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  /** Five epochs over an hour and a half, with late points and an open end. */
  private void run(int faultyEpoch, UnaryOperator<List<Record>> fault) {
    double[] watermarks = {20, 40, 61.5, 80, 90.5};
    for (int epoch = 1; epoch <= watermarks.length; epoch++) {
      double late = epoch == 4 ? 5 : (epoch - 1) * 20.0;
      job.commit(
          300,
          late,
          watermarks[epoch - 1],
          watermarks[epoch - 1],
          epoch == faultyEpoch ? fault : NO_FAULT);
    }
    job.commit(40, 89, 92, 91.5);
  }

  @Test
  void tablesThatAreRightAreWell() {
    run(0, NO_FAULT);
    AuditReport report = audit(AuditRequest.everything());
    assertThat(report.differences()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.watermarkMs()).isEqualTo(job.watermarkMs());
    AuditReport.Counts counts = report.counts();
    assertThat(counts.accepted()).isEqualTo(1540);
    assertThat(counts.stored()).isLessThan(1540).isGreaterThan(1500);
    assertThat(counts.minutes()).isGreaterThan(85);
    assertThat(counts.openMinutes()).isBetween(1L, 2L);
    assertThat(counts.seriesHours()).isEqualTo(9);
    assertThat(counts.seriesMinutes()).isGreaterThan(500);
    assertThat(counts.epochs()).isEqualTo(6);
  }

  @Test
  void theHourBeforeTheWatermarkIsTheDefault() {
    run(1, rows -> without(rows, row -> isOf(row, 10)));
    AuditReport report = audit(AuditRequest.lastHour());
    assertThat(report.from()).isEqualTo(minute(31));
    assertThat(report.counts().minutes()).isLessThan(65);
    assertThat(report.differences()).isEmpty();
    assertThat(stages()).contains(AuditStage.STORE);
  }

  @Test
  void aLostRowIsFoundWithItsEpoch() {
    run(2, rows -> withoutOne(rows, 10));
    assertFirst(AuditStage.STORE, 2);
    assertThat(stages()).containsOnly(AuditStage.STORE, AuditStage.ONE_MINUTE);
  }

  @Test
  void aDoubledFileIsFoundWithItsCommit() throws Exception {
    run(0, NO_FAULT);
    append(firstFileOf(10));
    AuditDifference first = firstDifference();
    assertThat(first.stage()).isEqualTo(AuditStage.STORE);
    assertThat(first.epoch().orElseThrow().snapshotId())
        .isEqualTo(tables.rollups().currentSnapshot().snapshotId());
  }

  @Test
  void aDoubledMinuteFileIsFound() throws Exception {
    run(0, NO_FAULT);
    append(firstFileOf(60));
    assertThat(stages()).containsOnly(AuditStage.ONE_MINUTE, AuditStage.ONE_HOUR);
  }

  @Test
  void aChangedMinuteIsFoundInBothTiersThatKnowIt() {
    run(
        2,
        rows -> {
          Record changed = rows.stream().filter(row -> isOf(row, 60)).findFirst().orElseThrow();
          changed.setField("sum", Math.nextUp((Double) changed.getField("sum")));
          return rows;
        });
    assertFirst(AuditStage.ONE_MINUTE, 2);
    assertThat(stages()).containsExactly(AuditStage.ONE_MINUTE, AuditStage.ONE_HOUR);
    assertThat(firstDifference().found()).contains("1 series differ").contains("sum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"min", "max", "last", "last_ms"})
  void everyColumnOfAGaugeCounts(String column) {
    run(
        1,
        rows -> {
          Record changed =
              rows.stream()
                  .filter(row -> isOf(row, 60) && row.getField("last") != null)
                  .findFirst()
                  .orElseThrow();
          Object value = changed.getField(column);
          changed.setField(
              column, value instanceof Integer ms ? (Object) (ms + 1) : (Object) 0.123);
          return rows;
        });
    assertFirst(AuditStage.ONE_MINUTE, 1);
    assertThat(firstDifference().found()).contains(column.equals("last_ms") ? "last" : column);
  }

  @Test
  void sketchesAreComparedWhenAsked() {
    run(
        2,
        rows -> {
          List<Record> distributions =
              rows.stream()
                  .filter(row -> isOf(row, 60) && row.getField("type").equals("distribution"))
                  .toList();
          distributions
              .get(0)
              .setField(
                  "sketch", ((ByteBuffer) distributions.get(1).getField("sketch")).duplicate());
          return rows;
        });
    assertThat(audit(AuditRequest.everything()).differences()).isEmpty();
    AuditRequest deep =
        new AuditRequest(
            Optional.of(Instant.EPOCH),
            Optional.empty(),
            AuditRequest.MAIN,
            AuditRequest.Sketches.BYTES);
    assertThat(audit(deep).differences().get(0).found()).endsWith("sketch");
  }

  @Test
  void pointsThatNeverArriveAreFound() {
    run(3, rows -> withoutOne(rows, LedgerRows.RECEIVED));
    assertFirst(AuditStage.ADMIT, 3);
  }

  @Test
  void pointsThatNeverLeaveTheirWindowAreFound() {
    run(
        3,
        rows -> {
          Record closed = ledger(rows, LedgerRows.CLOSED);
          return without(
              rows,
              row -> row == closed || (isOf(row, 10) && minuteOf(row).equals(minuteOf(closed))));
        });
    assertFirst(AuditStage.ROLL_UP, 3);
  }

  @Test
  void anEpochCommittedTwiceIsFound() {
    run(0, NO_FAULT);
    tables.commit(AuditRequest.MAIN, List.of(), job.summary());
    AuditDifference first = firstDifference();
    assertThat(first.stage()).isEqualTo(AuditStage.COMMIT);
    assertThat(first.found()).contains("committed twice");
    assertThat(first.epoch().orElseThrow().checkpoint()).isEqualTo(6);
  }

  @Test
  void aMissingEpochIsFound() {
    run(0, NO_FAULT);
    job.skipCheckpoint();
    job.commit(0, 92, 93, 92);
    AuditDifference first = firstDifference();
    assertThat(first.stage()).isEqualTo(AuditStage.COMMIT);
    assertThat(first.found())
        .isEqualTo(
            "epoch 8-12345678 names 7-12345678 as the one before it, and the branch has 6-12345678"
                + " there");
    assertThat(first.epoch().orElseThrow().checkpoint()).isEqualTo(8);
  }

  @Test
  void maintenanceBetweenEpochsIsNone() {
    run(0, NO_FAULT);
    tables.commitWithoutEpoch();
    job.commit(10, 92, 93, 92);
    assertThat(audit(AuditRequest.everything()).differences()).isEmpty();
  }

  @Test
  void aBranchIsAuditedByItself() {
    job.commit(100, 0, 20, 20);
    tables.rollups().manageSnapshots().createBranch("fixed").commit();
    job.commit(100, 20, 40, 40, rows -> withoutOne(rows, 10));
    assertThat(stages()).contains(AuditStage.STORE);
    AuditRequest branch =
        new AuditRequest(
            Optional.of(Instant.EPOCH), Optional.empty(), "fixed", AuditRequest.Sketches.COUNTS);
    assertThat(audit(branch).differences()).isEmpty();
    assertThat(audit(branch).epoch().checkpoint()).isEqualTo(1);
    AuditRequest absent =
        new AuditRequest(
            Optional.empty(), Optional.empty(), "absent", AuditRequest.Sketches.COUNTS);
    assertThatThrownBy(() -> audit(absent))
        .isInstanceOf(GatewayException.class)
        .hasMessage("there is no branch absent yet");
  }

  @Test
  void daysThatRetentionDroppedAreLeftOut() {
    run(2, rows -> withoutOne(rows, 10));
    tables
        .rollups()
        .updateProperties()
        .set(RollupsTable.keptFromProperty(10), "2026-03-02")
        .commit();
    AuditReport report = audit(AuditRequest.everything());
    assertThat(report.differences()).isEmpty();
    assertThat(report.notes()).hasSize(2).allMatch(note -> note.contains("2026-03-02T00:00:00Z"));
    assertThat(report.counts().seriesHours()).isEqualTo(9);
  }

  @Test
  void theLinesForPeopleSayAll() {
    run(2, rows -> withoutOne(rows, 10));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int code =
        AuditCommandLine.run(
            AuditRequest.everything(),
            AuditCommandLine.Form.TEXT,
            tables.properties(),
            new PrintStream(text, true, StandardCharsets.UTF_8),
            System.err);
    assertThat(code).isEqualTo(1);
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains("epoch       checkpoint 6 of lineage lineage-1")
        .contains("DIFFERENCE  roll up->store: org acme, 2026-03-01T10:")
        .contains("first at checkpoint 2 of lineage lineage-1");
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    AuditCommandLine.run(
        AuditRequest.everything(),
        AuditCommandLine.Form.JSON,
        tables.properties(),
        new PrintStream(json, true, StandardCharsets.UTF_8),
        System.err);
    assertThat(json.toString(StandardCharsets.UTF_8))
        .startsWith("{\"well\":false,")
        .contains("\"stage\":\"roll up->store\",\"org\":\"acme\"");
  }

  @Test
  void withoutAnEpochThereIsNothingToAudit() {
    tables.commitWithoutEpoch();
    assertThatThrownBy(() -> audit(AuditRequest.lastHour()))
        .isInstanceOf(GatewayException.class)
        .hasMessage("no job has committed to the tables: nothing to audit");
  }

  private AuditReport audit(AuditRequest request) {
    return Audit.run(tables.properties(), request);
  }

  private List<AuditStage> stages() {
    return audit(AuditRequest.everything()).differences().stream()
        .map(AuditDifference::stage)
        .toList();
  }

  private AuditDifference firstDifference() {
    return audit(AuditRequest.everything()).differences().get(0);
  }

  private void assertFirst(AuditStage stage, long checkpoint) {
    AuditDifference first = firstDifference();
    assertThat(first.stage()).isEqualTo(stage);
    assertThat(first.org()).contains("acme");
    assertThat(first.epoch().orElseThrow().checkpoint()).as(first.describe()).isEqualTo(checkpoint);
    assertThat(first.epoch().orElseThrow().lineage()).isEqualTo(AuditedJob.LINEAGE);
  }

  private static Instant minute(long minutes) {
    return Instant.ofEpochMilli(AuditedJob.START_MS).plusSeconds(minutes * 60);
  }

  private static Instant minuteOf(Record row) {
    return ((OffsetDateTime) row.getField("window_start"))
        .toInstant()
        .truncatedTo(ChronoUnit.MINUTES);
  }

  private static boolean isOf(Record row, int tier) {
    return row.getField("tier").equals(tier);
  }

  private static Record ledger(List<Record> rows, String label) {
    return rows.stream()
        .filter(row -> isOf(row, LedgerRows.TIER) && row.getField("metric").equals(label))
        .findFirst()
        .orElseThrow();
  }

  private static List<Record> without(List<Record> rows, Predicate<Record> removed) {
    return rows.stream().filter(removed.negate()).toList();
  }

  private static List<Record> withoutOne(List<Record> rows, int tier) {
    Record lost = rows.stream().filter(row -> isOf(row, tier)).findFirst().orElseThrow();
    return without(rows, row -> row == lost);
  }

  private static List<Record> withoutOne(List<Record> rows, String label) {
    Record lost = ledger(rows, label);
    return without(rows, row -> row == lost);
  }

  /** The tier's file of the first epoch, whose windows are all closed in every tier. */
  private DataFile firstFileOf(int tier) throws Exception {
    Table table = tables.rollups();
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (task.partition().get(0, Integer.class) == tier) {
          files.add(task.file().copy());
        }
      }
    }
    return files.stream().min(Comparator.comparing(DataFile::dataSequenceNumber)).orElseThrow();
  }

  /** Adds a file that is there already, as a commit that does not look would. */
  private void append(DataFile file) {
    AppendFiles append = tables.rollups().newAppend();
    append.appendFile(file);
    Map.of("tidemark.test", "doubled").forEach(append::set);
    append.commit();
  }
}
