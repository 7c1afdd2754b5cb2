package tidemark.jobs;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.operators.store.ShardGuard;
import tidemark.operators.store.StoreConfig;
import tidemark.operators.store.StoreOptions;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardLookup;
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
    try (TableCatalog maps = new TableCatalog(address(options, store))) {
      Optional<Table> found = maps.shardsIfThere();
      ShardMap map =
          found
              .flatMap(ShardMaps::newest)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s is %s, but catalog %s has no shard map: make one by ./tidemark shards init"
                              .formatted(ShardOptions.SERVED.key(), served, name)));
      if (store.branch().equals(SnapshotRef.MAIN_BRANCH)) {
        requireAllOfBefore(found.orElseThrow(), store, shards, map);
        ShardClaims.claim(found.orElseThrow(), store.catalog(), shards);
      }
      return new ShardGuard(new ShardShare(map, shards), name, maxFutureMs);
    }
  }

  /**
   * The share of a job that counts again what stands in tables: by the newest map, since a move
   * only ever changes what was still to come.
   *
   * @return what the options say, or else the tables' claim; every point if there is neither
   */
  static ShardShare ofTables(ReadableConfig options, StoreConfig store) throws IOException {
    String served = options.get(ShardOptions.SERVED);
    CatalogAddress address = address(options, store);
    try (TableCatalog maps = new TableCatalog(address)) {
      Optional<Table> table = maps.shardsIfThere();
      ShardNumbers claimed =
          table.map(claims -> ShardClaims.all(claims).get(store.catalogName())).orElse(null);
      if (served.isEmpty() && claimed == null) {
        return ShardShare.ALL;
      }
      return new ShardLookup(address, served.isEmpty() ? claimed.text() : served).newest();
    }
  }

  /** How a task of the job finds its share. */
  static ShardLookup lookup(ReadableConfig options, StoreConfig store) throws IOException {
    ShardLookup lookup = new ShardLookup(address(options, store), options.get(ShardOptions.SERVED));
    lookup.newest(); // a text or a map that is not right is told to whoever submits
    return lookup;
  }

  /** Where the map is, for a job that has no tables of its own. */
  static CatalogAddress maps(ReadableConfig options) {
    String warehouse = RangeOptions.required(options, StoreOptions.WAREHOUSE);
    return new CatalogAddress(
        RangeOptions.required(options, StoreOptions.CATALOG_URI),
        options.get(ShardOptions.CATALOG_NAME),
        warehouse.replaceFirst("/+$", ""));
  }

  private static CatalogAddress address(ReadableConfig options, StoreConfig store) {
    return new CatalogAddress(
        store.catalogUri(), options.get(ShardOptions.CATALOG_NAME), store.warehouse());
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
