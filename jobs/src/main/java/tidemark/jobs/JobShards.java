package tidemark.jobs;

import java.io.IOException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.operators.store.ShardGuard;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/** Finds out which points a job counts, when it is submitted. */
final class JobShards {
  private JobShards() {}

  /**
   * The share of a main job by the newest map; its tables are claimed for its shards.
   *
   * @param maxFutureMs how far a point may be ahead of its record's broker time
   * @throws IllegalArgumentException if there is no map, or the shards are others'
   */
  static ShardGuard claim(ReadableConfig options, StoreConfig store, long maxFutureMs)
      throws IOException {
    String served = options.get(ShardOptions.SERVED);
    String name = options.get(ShardOptions.CATALOG_NAME);
    if (served.isEmpty()) {
      return new ShardGuard(ShardShare.ALL, name, maxFutureMs);
    }
    ShardNumbers shards = ShardNumbers.parse(served, ShardOptions.SERVED.key());
    CatalogAddress address = new CatalogAddress(store.catalogUri(), name, store.warehouse());
    try (TableCatalog maps = new TableCatalog(address)) {
      Table table = maps.shards();
      ShardMap map =
          ShardMaps.newest(table)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s is %s, but catalog %s has no shard map: make one by ./tidemark shards init"
                              .formatted(ShardOptions.SERVED.key(), served, name)));
      if (store.branch().equals(SnapshotRef.MAIN_BRANCH)) {
        requireAllOfBefore(table, store, shards, map);
        ShardClaims.claim(table, store.catalog(), shards);
      }
      return new ShardGuard(new ShardShare(map, shards), name, maxFutureMs);
    }
  }

  /** A job that counted every point until now goes on with all shards. */
  private static void requireAllOfBefore(
      Table maps, StoreConfig store, ShardNumbers shards, ShardMap map) throws IOException {
    if (ShardClaims.all(maps).containsKey(store.catalogName())
        || shards.containsAll(ShardNumbers.upTo(map.shards()).numbers())) {
      return;
    }
    try (TableCatalog tables = new TableCatalog(store.catalog())) {
      boolean hasEpochs =
          EpochLog.nearest(EpochLog.ancestors(tables.rollups(), SnapshotRef.MAIN_BRANCH))
              .filter(marker -> !marker.epoch().isEmpty())
              .isPresent();
      if (hasEpochs) {
        throw new IllegalArgumentException(
            "the tables of %s hold points of all orgs, so %s must have 0-%d at least, got %s: move orgs to other shards from some time on"
                .formatted(
                    store.catalogName(), ShardOptions.SERVED.key(), map.shards() - 1, shards));
      }
    }
  }
}
