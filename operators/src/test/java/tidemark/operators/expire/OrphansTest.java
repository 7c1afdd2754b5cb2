package tidemark.operators.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.MaintainedTables;
import tidemark.operators.TestPartials;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.table.RollupsTable;

/** Files that belong to nothing go; those that wait in a savepoint stay, and can be committed. */
class OrphansTest {
  private static final long FAR_FUTURE_MS = Long.MAX_VALUE;

  @TempDir Path folder;
  private MaintainedTables tables;
  private Path states;

  @BeforeEach
  void openTables() throws IOException {
    tables = new MaintainedTables(folder);
    states = Files.createDirectories(folder.resolve("savepoints"));
  }

  @AfterEach
  void closeTables() throws IOException {
    tables.close();
  }

  @Test
  void whatWaitsInASavepointSurvivesAndCommitsAfterwards() throws IOException {
    DataFile committed = file(1);
    DataFile waiting = file(2);
    DataFile orphan = file(3);
    tables.append("main", "l", 0, List.of(committed));
    savepoint("savepoint-1", ContentFileParser.toJson(waiting, RollupsTable.SPEC), false);
    StateFiles stateFiles = stateFiles();
    List<String> removed = removeOrphans(stateFiles);
    assertThat(removed).singleElement().asString().endsWith(StateFiles.nameOf(orphan.location()));
    assertThat(stateFiles.states()).isEqualTo(1);
    assertThat(exists(orphan)).isFalse();
    tables.append("main", "l", 0, List.of(waiting));
    assertThat(tables.rowCount("main")).isEqualTo(committed.recordCount() + waiting.recordCount());
    assertThat(tables.merged("main")).isNotEmpty();
  }

  @Test
  void onceTheSavepointIsGoneItsFilesAreOrphans() throws IOException {
    DataFile waiting = file(1);
    tables.append("main", "l", 0, List.of(file(2)));
    Path savepoint =
        savepoint("savepoint-1", ContentFileParser.toJson(waiting, RollupsTable.SPEC), false);
    StateFiles stateFiles = stateFiles();
    assertThat(removeOrphans(stateFiles)).isEmpty();
    Files.delete(savepoint.resolve("_metadata"));
    assertThat(removeOrphans(stateFiles)).hasSize(1);
    assertThat(exists(waiting)).isFalse();
  }

  @Test
  void youngFilesAndWhatAnySnapshotNeedsStay() throws IOException {
    DataFile old = file(1);
    tables.append("main", "l", 0, List.of(old));
    Table table = tables.rollups();
    table.newDelete().deleteFile(old).commit();
    DataFile young = file(2);
    assertThat(new Orphans(table, 0).remove(Set.of())).isEmpty();
    assertThat(exists(young)).isTrue();
    assertThat(new Orphans(table, FAR_FUTURE_MS).remove(Set.of())).hasSize(1);
    assertThat(exists(old)).as("a snapshot has it").isTrue();
  }

  @Test
  void metadataOfNoSnapshotGoesAndTheTableStillOpens() throws IOException {
    tables.append("main", "l", 0, List.of(file(1)));
    Path stray =
        folder.resolve("warehouse/tidemark/rollups/metadata/00000-of-a-lost-commit.metadata.json");
    Files.write(stray, MaintainedTables.utf8("{}"));
    assertThat(new Orphans(tables.rollups(), FAR_FUTURE_MS).remove(Set.of())).hasSize(1);
    assertThat(stray).doesNotExist();
    assertThat(tables.rowCount("main")).isPositive();
  }

  @Test
  void aStateThatCannotBeReadStopsEverything() throws IOException {
    Path broken = Files.createDirectories(states.resolve("savepoint-2"));
    Files.write(broken.resolve("_metadata"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertThatThrownBy(() -> stateFiles().names()).isInstanceOf(IOException.class);
  }

  @Test
  void aStateWhoseFileIsGoneStopsEverything() throws IOException {
    savepoint("savepoint-1", "x", false);
    Files.delete(states.resolve("savepoint-1").resolve("state"));
    assertThatThrownBy(() -> stateFiles().names()).isInstanceOf(IOException.class);
  }

  @Test
  void compressedStateStopsEverything() throws IOException {
    savepoint("savepoint-1", "x", true);
    assertThatThrownBy(() -> stateFiles().names())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is compressed");
  }

  @Test
  void aFolderThatDoesNotExistIsEmpty() throws IOException {
    StateFiles none = new StateFiles(List.of(folder.resolve("nowhere").toUri().toString()));
    assertThat(none.names()).isEmpty();
    assertThat(none.states()).isZero();
  }

  @Test
  void namesAreFoundWhateverStandsAroundThem() throws IOException {
    Set<String> names = new HashSet<>();
    byte[] text =
        MaintainedTables.utf8(
            "\0\1/warehouse/data/0-1-ab.parquet\"}x/1_b.parquetA/c.parque /.parquet d.parquet\0");
    StateFiles.collect(new ByteArrayInputStream(text), names);
    assertThat(names).containsExactlyInAnyOrder("0-1-ab.parquet", "1_b.parquet", "d.parquet");
  }

  private List<String> removeOrphans(StateFiles stateFiles) throws IOException {
    Orphans orphans = new Orphans(tables.rollups(), FAR_FUTURE_MS);
    return orphans.remove(stateFiles.names());
  }

  private StateFiles stateFiles() {
    return new StateFiles(List.of(states.toUri().toString()));
  }

  private DataFile file(long seed) throws IOException {
    return tables.rollupFile(10, TestPartials.random(new Random(seed), 20, 5, 0, 60_000));
  }

  private static boolean exists(DataFile file) {
    return new FlinkFileIO().newInputFile(file.location()).exists();
  }

  private Path savepoint(String name, String text, boolean isCompressed) throws IOException {
    return TestSavepoint.write(states, name, text, isCompressed);
  }
}
