package tidemark.serde.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import tidemark.state.selection.ShardNumbers;

/**
 * Whose tables hold which shards, as properties of the table of {@link ShardMaps}: {@code
 * tidemark.shards-of.NAME}, where the name is that of a {@link CatalogAddress}, with the shards'
 * numbers, and {@code tidemark.warehouse-of.NAME} with its warehouse.
 *
 * <p>Each name has a warehouse of its own: what one's maintenance does not know, it removes.
 *
 * <p>No shard is claimed twice, and a claim never changes: points that two jobs took for theirs, or
 * none did, could not be told from the tables. What is to change is where an org belongs.
 */
public final class ShardClaims {
  private static final String PROPERTY = "tidemark.shards-of.";
  private static final String WAREHOUSE = "tidemark.warehouse-of.";

  private ShardClaims() {}

  /** Claims by name, as the table was when it was last refreshed. */
  public static SortedMap<String, ShardNumbers> all(Table shards) {
    return all(shards.properties());
  }

  private static SortedMap<String, ShardNumbers> all(Map<String, String> properties) {
    SortedMap<String, ShardNumbers> claims = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PROPERTY)) {
            claims.put(key.substring(PROPERTY.length()), ShardNumbers.parse(value, key));
          }
        });
    return claims;
  }

  /**
   * Claims shards for the tables at an address; nothing changes if they are theirs already.
   *
   * @param shards the table of the map
   * @throws IllegalArgumentException if the tables have others, or others have one of them or the
   *     same warehouse
   */
  public static void claim(Table shards, CatalogAddress tables, ShardNumbers wanted) {
    MetadataChange.commit(
        shards,
        now -> {
          requireFree(all(now.properties()), tables.name(), wanted);
          requireOwnWarehouse(now.properties(), tables);
          return now.properties().containsKey(PROPERTY + tables.name())
              ? Optional.empty()
              : Optional.of(with(now, tables, wanted));
        });
  }

  private static TableMetadata with(TableMetadata now, CatalogAddress tables, ShardNumbers wanted) {
    return TableMetadata.buildFrom(now)
        .setProperties(
            Map.of(
                PROPERTY + tables.name(), wanted.text(),
                WAREHOUSE + tables.name(), tables.warehouse()))
        .build();
  }

  private static void requireOwnWarehouse(Map<String, String> properties, CatalogAddress tables) {
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(WAREHOUSE)
              && !key.equals(WAREHOUSE + tables.name())
              && value.equals(tables.warehouse())) {
            throw new IllegalArgumentException(
                "warehouse %s is that of the tables of %s, whose maintenance would remove the files of %s: name another"
                    .formatted(value, key.substring(WAREHOUSE.length()), tables.name()));
          }
        });
  }

  private static void requireFree(
      SortedMap<String, ShardNumbers> claims, String name, ShardNumbers wanted) {
    ShardNumbers own = claims.get(name);
    if (own != null && !own.equals(wanted)) {
      throw new IllegalArgumentException(
          "the tables of %s hold shards %s and cannot change them, got %s: move orgs to another shard instead"
              .formatted(name, own, wanted));
    }
    claims.forEach(
        (other, theirs) -> {
          if (!other.equals(name) && !theirs.isDisjoint(wanted)) {
            throw new IllegalArgumentException(
                "shards %s overlap with %s, which the tables of %s hold: name others for %s"
                    .formatted(wanted, theirs, other, name));
          }
        });
  }
}
