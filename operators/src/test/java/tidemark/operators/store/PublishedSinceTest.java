package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.serde.catalog.PublishRecord;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.table.SeriesTable;

/**
 * Going back to an epoch before a branch was published, with commits as a publishing makes them.
 */
class PublishedSinceTest {
  @TempDir Path folder;
  private StoreFolder store;
  private TableCatalog catalog;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
    catalog = new TableCatalog(store.waiting().catalog());
  }

  @AfterEach
  void close() throws IOException {
    catalog.close();
  }

  /** Turns what "fix" is: published, or not. */
  private void turn() {
    Table table = catalog.rollups();
    PublishRecord record =
        record().orElse(new PublishRecord("fix", 0, 1, 0, List.of(), false, "", "{}", 0, false));
    boolean isUndo = !record.isUndone() && !record.sequences().isEmpty();
    Optional<Long> head =
        isUndo ? Optional.empty() : Optional.of(table.currentSnapshot().snapshotId());
    PublishRecord planned = isUndo ? record : published(record);
    String id = "id" + record.sequences().size();
    assertThat(PublishSettlement.begin(table, planned, id, head)).isTrue();
    Snapshot commit = commit(table, table.newAppend(), isUndo ? "undo" : "a reason");
    PublishSettlement.end(table, planned.withPending(id), planned.with(commit, isUndo));
  }

  /** As a plan to publish has it. */
  private static PublishRecord published(PublishRecord record) {
    return new PublishRecord(
        "fix", 0, 1, 0, record.sequences(), false, "", "{}", record.changedAtMs(), false);
  }

  private static Snapshot commit(Table table, AppendFiles append, String gate) {
    append.set("tidemark.maintenance", "publish");
    append.set("tidemark.publish-branch", "fix");
    append.set("tidemark.publish-gate", gate);
    append.commit();
    table.refresh();
    return table.currentSnapshot();
  }

  private Optional<PublishRecord> record() {
    return PublishRecord.of(catalog.rollups().properties(), "fix");
  }

  /** Two epochs with what is turned before, between and after them; the state of the first. */
  private OperatorSubtaskState epochs(int before, int after) throws Exception {
    try (EpochRun run = EpochRun.fresh(store)) {
      for (int i = 0; i < before; i++) {
        turn();
      }
      OperatorSubtaskState state = run.epoch(1L);
      for (int i = 0; i < after; i++) {
        turn();
      }
      run.epoch(2L);
      return state;
    }
  }

  private void goBack(OperatorSubtaskState state) throws Exception {
    EpochRun.start(store, store.onAhead("rollback"), state, 1L).close();
  }

  private void assertRefused(OperatorSubtaskState state, String... parts) {
    long head = catalog.rollups().currentSnapshot().snapshotId();
    var refused =
        assertThatThrownBy(() -> goBack(state))
            .isInstanceOf(SuppressRestartsException.class)
            .rootCause();
    for (String part : parts) {
      refused.hasMessageContaining(part);
    }
    assertThat(catalog.rollups().currentSnapshot().snapshotId()).isEqualTo(head);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, was published since",
    "0, 3, was published since",
    "1, 2, was published since",
    "2, 1, was published since",
    "1, 1, was published then"
  })
  void whatWouldChangeUnseenIsRefused(int before, int after, String why) throws Exception {
    OperatorSubtaskState state = epochs(before, after);
    assertRefused(state, "branch main cannot go back to epoch 1-", "branch fix " + why);
  }

  @Test
  void theMessageSaysWhatToDo() throws Exception {
    OperatorSubtaskState state = epochs(0, 1);
    assertRefused(
        state,
        "branch fix was published since, which would be taken back unseen; undo that first (tidemark"
            + " publish fix --undo), or set tidemark.store.on-ahead to branch=NAME");
    PublishSettlement.settle(catalog.rollups(), "fix");
    assertRefused(state, "it is settled; resume from a savepoint or checkpoint after it");
    catalog.rollups().updateProperties().remove(PublishRecord.property("fix")).commit();
    assertRefused(state, "nobody knows whether it was undone");
  }

  @Test
  void oneOnItsWayIsRefused() throws Exception {
    OperatorSubtaskState state = epochs(2, 0);
    PublishRecord planned = published(record().orElseThrow());
    Table table = catalog.rollups();
    long head = table.currentSnapshot().snapshotId();
    assertThat(PublishSettlement.begin(table, planned, "id", Optional.of(head))).isTrue();
    assertRefused(state, "branch fix is being published or undone");
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 0", "2, 0", "2, 2", "0, 4"})
  void whatIsTheSameThenAndNowIsNoObstacle(int before, int after) throws Exception {
    OperatorSubtaskState state = epochs(before, after);
    goBack(state);
    Map<String, String> summary = catalog.rollups().currentSnapshot().summary();
    assertThat(summary).containsEntry("tidemark.checkpoint", "1");
  }

  /** A publishing that was undone leaves its series, whatever epochs stand around them. */
  @Test
  void seriesThatAPublishingAddedStay() throws Exception {
    OperatorSubtaskState state;
    String added;
    try (EpochRun run = EpochRun.fresh(store)) {
      run.write(true);
      state = run.barrier(1L);
      run.complete(1L);
      added = addSeries();
      turn();
      run.write(true);
      run.barrier(2L);
      run.complete(2L);
      turn();
    }
    goBack(state);
    assertThat(store.seriesEpochs("main")).as("of epoch 2 they are gone").doesNotContain("2+1");
    List<String> files = seriesFiles();
    assertThat(files).contains(added).hasSize(2);
  }

  private String addSeries() throws IOException {
    DataFile file =
        (DataFile)
            ContentFileParser.fromJson(
                JsonUtil.mapper().readTree(store.seriesFile()), SeriesTable.SPEC);
    Table table = catalog.series();
    commit(table, table.newAppend().appendFile(file), "a reason");
    return file.location();
  }

  private List<String> seriesFiles() throws IOException {
    List<String> files = new ArrayList<>();
    try (var tasks = catalog.series().newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().location()));
    }
    return files;
  }
}
