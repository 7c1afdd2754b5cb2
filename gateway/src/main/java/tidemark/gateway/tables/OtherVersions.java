package tidemark.gateway.tables;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of other jobs' tables at one moment.
 *
 * @param own name of the catalog of the gateway's own tables
 * @param groups which tables hold which points; empty if there is no shard map
 * @param versions by the name of each catalog that is read too; {@link TableVersion#EMPTY} if
 *     nothing is known of it yet
 */
record OtherVersions(
    String own, Optional<ShardGroups> groups, SortedMap<String, TableVersion> versions) {
  /** There are none. */
  static final OtherVersions NONE = new OtherVersions("", Optional.empty(), new TreeMap<>());

  OtherVersions {
    versions = new TreeMap<>(versions);
  }

  OtherVersions with(ShardGroups newest) {
    return new OtherVersions(own, Optional.of(newest), versions);
  }

  OtherVersions with(String name, TableVersion version) {
    SortedMap<String, TableVersion> changed = new TreeMap<>(versions);
    changed.put(name, version);
    return new OtherVersions(own, groups, changed);
  }

  /** Of the tables in which the org has or had points at any time. */
  SortedMap<String, TableVersion> versionsOf(String org) {
    SortedMap<String, TableVersion> its = new TreeMap<>();
    if (groups.isPresent()) {
      for (Map.Entry<String, TableVersion> each : versions.entrySet()) {
        if (!groups.get().timesOf(org, each.getKey()).isEmpty()) {
          its.put(each.getKey(), each.getValue());
        }
      }
    }
    return its;
  }
}
