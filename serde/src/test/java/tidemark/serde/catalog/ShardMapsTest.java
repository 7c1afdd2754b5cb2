package tidemark.serde.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;

/** In a real catalog. */
class ShardMapsTest {
  @TempDir private Path folder;

  private TableCatalog open() {
    return new TableCatalog(
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file:" + folder.resolve("warehouse")));
  }

  @Test
  void theNewestVersionIsReadByAnotherProcess() throws IOException {
    ShardMap first = ShardMap.first(4);
    ShardMap second =
        first.with(new Move("ä \"org\"", 9, -5)).with(new Move("b", 0, Long.MAX_VALUE));
    second = new ShardMap(2, second.shards(), second.moves());
    try (TableCatalog writing = open();
        TableCatalog reading = open()) {
      assertThat(ShardMaps.newest(reading.shards())).isEmpty();
      assertThat(ShardMaps.add(writing.shards(), first)).isTrue();
      assertThat(ShardMaps.add(writing.shards(), second)).isTrue();

      assertThat(ShardMaps.newest(reading.shards())).contains(second);
    }
  }

  @Test
  void aVersionThatDoesNotFollowIsRefused() throws IOException {
    ShardMap first = ShardMap.first(4);
    try (TableCatalog catalog = open()) {
      assertThat(ShardMaps.add(catalog.shards(), new ShardMap(2, 4, List.of()))).isFalse();
      assertThat(ShardMaps.add(catalog.shards(), first)).isTrue();
      assertThat(ShardMaps.add(catalog.shards(), first)).isFalse();
      assertThat(ShardMaps.newest(catalog.shards())).contains(first);
    }
  }

  @Test
  void ofWritersThatHaveSeenTheSameVersionOneIsTaken()
      throws IOException, InterruptedException, ExecutionException {
    int writers = 4;
    ShardMap map = ShardMap.first(4);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try (TableCatalog catalog = open()) {
      assertThat(ShardMaps.add(catalog.shards(), map)).isTrue();
      for (int version = 2; version <= 4; version++) {
        List<Callable<Boolean>> attempts = new ArrayList<>();
        List<ShardMap> candidates = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
          ShardMap candidate = map.with(new Move("org-" + writer, writer, version));
          candidates.add(candidate);
          attempts.add(
              () -> {
                try (TableCatalog own = open()) {
                  return ShardMaps.add(own.shards(), candidate);
                }
              });
        }
        List<ShardMap> taken = new ArrayList<>();
        List<Future<Boolean>> outcomes = threads.invokeAll(attempts);
        for (int writer = 0; writer < writers; writer++) {
          if (outcomes.get(writer).get()) {
            taken.add(candidates.get(writer));
          }
        }
        assertThat(taken).hasSize(1);
        map = taken.get(0);
        assertThat(ShardMaps.newest(catalog.shards())).contains(map);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
