package tidemark.serde.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.table.RollupsTable;
import tidemark.state.selection.ShardMap;

/**
 * The versions of the shard map, as snapshots of a table that has no rows: so one of two writers
 * who have seen the same version is refused, and everyone who can read tables can read the map.
 *
 * <p>A snapshot's summary has the whole map under {@link #KEY}:
 *
 * <pre>
 * {"version":2,"shards":64,"moves":[{"org":"acme","shard":64,"from_ms":1767225600000}]}
 * </pre>
 */
public final class ShardMaps {
  public static final TableIdentifier ID = TableIdentifier.of(RollupsTable.NAMESPACE, "shards");

  /** Never written: a table must have a column. */
  public static final Schema SCHEMA =
      new Schema(Types.NestedField.optional(1, "unused", Types.IntegerType.get()));

  public static final PartitionSpec SPEC = PartitionSpec.unpartitioned();

  static final String KEY = "tidemark.shard-map";

  private ShardMaps() {}

  /** The newest version as the table is now; empty if none was ever made. */
  public static Optional<ShardMap> newest(Table shards) {
    shards.refresh();
    return Optional.ofNullable(shards.currentSnapshot()).map(ShardMaps::of);
  }

  private static ShardMap of(Snapshot snapshot) {
    return ofJson(snapshot.summary().get(KEY));
  }

  /**
   * Makes a version the newest.
   *
   * @return false if it does not follow the newest version: another came first
   */
  public static boolean add(Table shards, ShardMap map) {
    shards.refresh();
    AppendFiles append = shards.newAppend().set(KEY, toJson(map));
    append.validateWith(ancestors -> version(ancestors) == map.version() - 1);
    try {
      append.commit();
      return true;
    } catch (ValidationException e) {
      return false;
    }
  }

  private static int version(Iterable<Snapshot> ancestors) {
    for (Snapshot newest : ancestors) {
      return of(newest).version();
    }
    return 0;
  }

  static String toJson(ShardMap map) {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("version", map.version());
    json.put("shards", map.shards());
    var moves = json.putArray("moves");
    for (ShardMap.Move move : map.moves()) {
      moves
          .addObject()
          .put("org", move.org())
          .put("shard", move.shard())
          .put("from_ms", move.fromMs());
    }
    return json.toString();
  }

  static ShardMap ofJson(String text) {
    JsonNode json;
    try {
      json = JsonUtil.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a shard map must be JSON, got " + text, e);
    }
    List<ShardMap.Move> moves = new ArrayList<>();
    for (JsonNode move : json.path("moves")) {
      moves.add(
          new ShardMap.Move(
              move.path("org").asText(),
              move.path("shard").asInt(),
              move.path("from_ms").asLong()));
    }
    return new ShardMap(json.path("version").asInt(), json.path("shards").asInt(), moves);
  }
}
