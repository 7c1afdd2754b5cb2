package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tidemark.gateway.Rows.WINDOW;
import static tidemark.gateway.Rows.points;
import static tidemark.gateway.Rows.rollup;
import static tidemark.gateway.Rows.series;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.RowKey;
import tidemark.serde.table.EpochKeys;
import tidemark.state.MetricType;

class CatalogReaderTest {
  private static final RowKey COUNTER = RowKey.of("requests", 1, MetricType.COUNTER);

  @TempDir private Path directory;

  @Test
  void statusFollowsTheCommits() {
    try (StoredTables tables = StoredTables.local(directory);
        CatalogReader reader = CatalogReader.open(tables.properties())) {
      CatalogStatus empty = reader.status();
      assertThat(empty.epoch()).isEmpty();
      assertThat(empty.fileCount()).isZero();
      assertThat(empty.rollups().rowsByTier()).isEmpty();

      tables.commit(
          7,
          List.of(
              rollup(COUNTER, points(1)),
              rollup(COUNTER, points(2)),
              rollup(COUNTER.in(3600, WINDOW), points(1))),
          List.of(series(COUNTER, Map.of())));
      CatalogStatus status = reader.status();
      assertThat(status.epoch().orElseThrow().checkpoint()).isEqualTo(7);
      assertThat(status.epoch().orElseThrow().count(EpochKeys.POINTS_STORED)).isEqualTo(3);
      assertThat(status.epoch().orElseThrow().count(EpochKeys.POINTS_LATE)).isZero();
      assertThat(status.rollups().rowsByTier()).isEqualTo(Map.of(10, 2L, 3600, 1L));
      assertThat(status.series().rows()).isEqualTo(1);
      assertThat(status.fileCount()).isEqualTo(3);
      assertThat(status.sizeBytes()).isGreaterThan(1000);
      assertThat(reader.status()).isSameAs(status);
    }
  }

  @Test
  void maintenanceKeepsTheEpochOfTheDataItRewrote() {
    try (StoredTables tables = StoredTables.local(directory);
        CatalogReader reader = CatalogReader.open(tables.properties())) {
      tables.commit(3, List.of(rollup(COUNTER, points(1))), List.of());
      tables.commitWithoutEpoch();

      Epoch epoch = reader.status().epoch().orElseThrow();
      assertThat(epoch.describe())
          .isEqualTo(
              "epoch: checkpoint 3 of lineage lineage-1, watermark 2023-11-14T22:13:50Z (heartbeat)");
    }
  }

  @Test
  void aMissingCatalogIsSaidAndNotCreated() {
    Path file = directory.resolve("none.db");
    assertThatThrownBy(
            () ->
                CatalogReader.open(Map.of("uri", "jdbc:sqlite:" + file, "warehouse", "file:///x")))
        .isInstanceOf(GatewayException.class)
        .hasMessage(
            "no catalog at jdbc:sqlite:%s yet: start the job first (./tidemark up, ./tidemark submit)"
                .formatted(file));
    assertThat(file).doesNotExist();
  }

  @Test
  void aCatalogWithoutTablesIsSaid() throws IOException {
    Path file = Files.createFile(directory.resolve("empty.db"));
    Map<String, String> properties = Map.of("uri", "jdbc:sqlite:" + file, "warehouse", "file:///x");
    assertThatThrownBy(
            () -> {
              try (CatalogReader reader = CatalogReader.open(properties)) {
                reader.status();
              }
            })
        .isInstanceOf(GatewayException.class);
  }

  @Test
  void aMissingManifestIsSaid() throws IOException {
    try (StoredTables tables = StoredTables.local(directory);
        CatalogReader reader = CatalogReader.open(tables.properties());
        Stream<Path> paths = Files.walk(directory)) {
      tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());
      for (Path path : paths.filter(path -> path.toString().endsWith("-m0.avro")).toList()) {
        Files.delete(path);
      }
      assertThatThrownBy(reader::status)
          .isInstanceOf(GatewayException.class)
          .hasMessageEndingWith("its snapshot expired meanwhile, ask again");
    }
  }
}
