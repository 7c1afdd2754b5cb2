package tidemark.serde.catalog;

import java.io.IOException;
import java.io.Serializable;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/**
 * How a task finds out anew which points are its job's.
 *
 * @param maps where the shard map is
 * @param served the job's shards, as {@link ShardNumbers} are written; empty if it takes all points
 */
public record ShardLookup(CatalogAddress maps, String served) implements Serializable {

  /**
   * By the newest version of the map.
   *
   * @throws IllegalStateException if there is none
   */
  public ShardShare newest() throws IOException {
    if (served.isEmpty()) {
      return ShardShare.ALL;
    }
    try (TableCatalog catalog = new TableCatalog(maps)) {
      return catalog
          .shardsIfThere()
          .flatMap(ShardMaps::newest)
          .map(map -> new ShardShare(map, ShardNumbers.parse(served, "shards")))
          .orElseThrow(
              () ->
                  new IllegalStateException("catalog %s has no shard map".formatted(maps.name())));
    }
  }
}
