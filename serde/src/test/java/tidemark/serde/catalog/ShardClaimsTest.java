package tidemark.serde.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;

/** In a real catalog. */
class ShardClaimsTest {
  @TempDir private Path folder;

  private TableCatalog open() {
    return new TableCatalog(
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file:" + folder.resolve("warehouse")));
  }

  @Test
  void aClaimIsSeenByAnotherProcess() throws IOException {
    try (TableCatalog writing = open();
        TableCatalog reading = open()) {
      assertThat(ShardClaims.all(reading.shards())).isEmpty();
      ShardClaims.claim(writing.shards(), tables("north"), shards("0-31,64"));
      ShardClaims.claim(writing.shards(), tables("south"), shards("32-63"));

      assertThat(ShardClaims.all(reading.shards()))
          .isEqualTo(Map.of("north", shards("0-31,64"), "south", shards("32-63")));
    }
  }

  @Test
  void aClaimMayBeRepeatedAndChangesNothing() throws IOException {
    try (TableCatalog catalog = open()) {
      Table table = catalog.shards();
      ShardClaims.claim(table, tables("north"), shards("0-3"));
      String before = metadata(table);
      ShardClaims.claim(table, tables("north"), shards("0,1,2,3"));

      assertThat(metadata(table)).isEqualTo(before);
      assertThat(ShardClaims.all(table)).isEqualTo(Map.of("north", shards("0-3")));
    }
  }

  @Test
  void aClaimDoesNotChange() throws IOException {
    try (TableCatalog catalog = open()) {
      Table table = catalog.shards();
      ShardClaims.claim(table, tables("north"), shards("0-3"));
      for (String other : List.of("0-4", "0-2", "9")) {
        assertThatThrownBy(() -> ShardClaims.claim(table, tables("north"), shards(other)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "the tables of north hold shards 0-3 and cannot change them, got %s: move orgs to"
                    + " another shard instead",
                other);
      }
      assertThat(ShardClaims.all(table)).isEqualTo(Map.of("north", shards("0-3")));
    }
  }

  @Test
  void whatOneHasNoOtherGets() throws IOException {
    try (TableCatalog catalog = open();
        TableCatalog other = open()) {
      Table seenBefore = other.shards();
      ShardClaims.claim(catalog.shards(), tables("north"), shards("0-3"));
      assertThatThrownBy(() -> ShardClaims.claim(seenBefore, tables("south"), shards("3-5")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "shards 3-5 overlap with 0-3, which the tables of north hold: name others for south");
      assertThat(ShardClaims.all(catalog.shards())).isEqualTo(Map.of("north", shards("0-3")));
    }
  }

  /** Claims and versions are changes of one table. */
  @Test
  void claimsAndVersionsLeaveEachOtherAlone() throws IOException {
    ShardMap first = ShardMap.first(4);
    try (TableCatalog catalog = open();
        TableCatalog other = open()) {
      Table seenBefore = other.shards();
      assertThat(ShardMaps.add(catalog.shards(), first)).isTrue();
      ShardClaims.claim(seenBefore, tables("north"), shards("0-3"));
      ShardMap second = first.with(new ShardMap.Move("acme", 4, 1_000L));
      assertThat(ShardMaps.add(catalog.shards(), second)).isTrue();
      ShardClaims.claim(seenBefore, tables("south"), shards("4"));

      assertThat(ShardMaps.newest(catalog.shards())).contains(second);
      assertThat(ShardClaims.all(catalog.shards())).containsOnlyKeys("north", "south");
    }
  }

  @Test
  void ofThoseWhoClaimAShardAtOnceOneIsTaken()
      throws IOException, InterruptedException, ExecutionException {
    int writers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try (TableCatalog catalog = open()) {
      catalog.shards();
      for (int round = 0; round < 5; round++) {
        CyclicBarrier together = new CyclicBarrier(writers);
        List<Callable<String>> attempts = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          String name = "round-%d-writer-%d".formatted(round, writer);
          // each has a shard of its own, too, so that it is not the text that decides
          ShardNumbers wanted = shards("%d,%d".formatted(round, 100 + 10 * round + writer));
          attempts.add(() -> claimed(together, name, wanted));
        }
        List<String> taken = new ArrayList<>();
        for (Future<String> outcome : threads.invokeAll(attempts)) {
          if (!outcome.get().isEmpty()) {
            taken.add(outcome.get());
          }
        }
        String thisRound = "round-%d-".formatted(round);
        assertThat(taken).hasSize(1);
        assertThat(ShardClaims.all(catalog.shards()).keySet())
            .filteredOn(name -> name.startsWith(thisRound))
            .isEqualTo(taken);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The name if it was taken, empty text if it was refused. */
  private String claimed(CyclicBarrier together, String name, ShardNumbers wanted)
      throws Exception {
    try (TableCatalog own = open()) {
      Table table = own.shards();
      together.await();
      ShardClaims.claim(table, tables(name), wanted);
      return name;
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("overlap with");
      return "";
    }
  }

  @Test
  void tablesHaveAWarehouseOfTheirOwn() throws IOException {
    try (TableCatalog catalog = open()) {
      Table table = catalog.shards();
      ShardClaims.claim(table, tables("north"), shards("0-3"));
      CatalogAddress inTheSame =
          new CatalogAddress("jdbc:sqlite:unused", "south", tables("north").warehouse());
      assertThatThrownBy(() -> ShardClaims.claim(table, inTheSame, shards("4")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "warehouse s3://bucket/north is that of the tables of north, whose maintenance would"
                  + " remove the files of south: name another");
    }
  }

  private static CatalogAddress tables(String name) {
    return new CatalogAddress("jdbc:sqlite:unused", name, "s3://bucket/" + name);
  }

  private static ShardNumbers shards(String text) {
    return ShardNumbers.parse(text, "shards");
  }

  private static String metadata(Table table) {
    table.refresh();
    return ((HasTableOperations) table).operations().current().metadataFileLocation();
  }
}
