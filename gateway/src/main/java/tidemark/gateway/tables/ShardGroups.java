package tidemark.gateway.tables;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;

/**
 * Which tables hold which points of an org, as the shard map and the claims say.
 *
 * @param map newest version
 * @param claims shards by the name of the catalog whose tables hold them
 */
record ShardGroups(ShardMap map, SortedMap<String, ShardNumbers> claims) {
  ShardGroups {
    claims = new TreeMap<>(claims);
  }

  /** Event times of the org's points in those tables; none if they hold no shards. */
  List<ShardMap.Times> timesOf(String org, String name) {
    ShardNumbers shards = claims.get(name);
    return shards == null ? List.of() : map.timesOf(org, shards.numbers());
  }

  /** Event times of the org's points that are in the tables of none of these names. */
  List<ShardMap.Times> timesOutside(String org, Set<String> names) {
    Set<Integer> held = new HashSet<>();
    claims.forEach(
        (name, shards) -> {
          if (names.contains(name)) {
            held.addAll(shards.numbers());
          }
        });
    List<ShardMap.Times> outside = new ArrayList<>();
    long fromMs = Long.MIN_VALUE;
    for (ShardMap.Times inside : map.timesOf(org, held)) {
      if (fromMs < inside.fromMs()) {
        outside.add(new ShardMap.Times(fromMs, inside.fromMs()));
      }
      fromMs = inside.toMs();
    }
    if (fromMs < Long.MAX_VALUE) {
      outside.add(new ShardMap.Times(fromMs, Long.MAX_VALUE));
    }
    return outside;
  }

  boolean hasClaim(String name) {
    return claims.containsKey(name);
  }
}
