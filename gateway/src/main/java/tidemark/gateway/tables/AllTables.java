package tidemark.gateway.tables;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tidemark.gateway.Epoch;
import tidemark.state.selection.ShardMap;

/**
 * The gateway's own tables at one moment, and beside them those of other jobs that count points of
 * the same orgs at other times. What an org's answers are read from is what {@link #of} says.
 *
 * <p>Epoch, lineage and what is said of the feed are always those of the own tables. Never changes;
 * thread-safe. Bound: {@value #MAX_KEPT} lists of files are kept, each as long as those of all
 * tables.
 */
public final class AllTables {
  /** Before the first commit. */
  public static final AllTables EMPTY = only(TableVersion.EMPTY);

  private static final int MAX_KEPT = 16;
  private static final String HEARTBEAT = "heartbeat";

  private final TableVersion own;
  private final OtherVersions others;
  private final Map<Set<String>, TableVersion> joined = new ConcurrentHashMap<>();

  AllTables(TableVersion own, OtherVersions others) {
    this.own = own;
    this.others = others;
  }

  /** Of a gateway that reads no other tables. */
  public static AllTables only(TableVersion own) {
    return new AllTables(own, OtherVersions.NONE);
  }

  public TableVersion own() {
    return own;
  }

  /** Whether both are of the same snapshots of the same tables, by the same shard map. */
  public boolean isSameAs(AllTables other) {
    return own.isSameAs(other.own) && others.equals(other.others);
  }

  /**
   * What an org's answers are read from: the own tables, and those others in which it has or had
   * points. So nothing that happens to other tables changes anything for it.
   */
  public TableVersion of(String org) {
    SortedMap<String, TableVersion> its = others.versionsOf(org);
    if (its.isEmpty()) {
      return own;
    }
    if (joined.size() >= MAX_KEPT) {
      joined.clear();
    }
    return joined.computeIfAbsent(Set.copyOf(its.keySet()), names -> own.with(its.values()));
  }

  /**
   * The last complete millisecond of an org's windows: they are closed in all tables that have
   * points of them, and in none that is not read.
   *
   * @param ownWatermarkMs the last complete millisecond of the own job; of others it is that of
   *     their last commit
   */
  public long watermarkMs(String org, long ownWatermarkMs) {
    if (others.groups().isEmpty()) {
      return ownWatermarkMs;
    }
    ShardGroups groups = others.groups().get();
    List<OrgShare> shares = new ArrayList<>();
    shares.add(new OrgShare(ownTimes(groups, org), Epoch.closedToMs(ownWatermarkMs)));
    others
        .versions()
        .forEach(
            (name, version) ->
                shares.add(
                    new OrgShare(
                        groups.timesOf(org, name), Epoch.closedToMs(version.watermarkMs()))));
    if (groups.hasClaim(others.own())) {
      shares.add(new OrgShare(groups.timesOutside(org, read()), Epoch.closedToMs(0)));
    }
    long closedToMs = OrgShare.closedToMs(shares);
    return closedToMs == Long.MAX_VALUE ? closedToMs : closedToMs - 1;
  }

  /** A job without a claim counts every point. */
  private List<ShardMap.Times> ownTimes(ShardGroups groups, String org) {
    return groups.hasClaim(others.own())
        ? groups.timesOf(org, others.own())
        : List.of(new ShardMap.Times(Long.MIN_VALUE, Long.MAX_VALUE));
  }

  private Set<String> read() {
    Set<String> names = new HashSet<>(others.versions().keySet());
    names.add(others.own());
    return names;
  }

  /**
   * What the org's watermark rests on: {@code heartbeat} if that of all its tables does, else what
   * the first of the others says.
   */
  public String watermarkKind(String org) {
    return Stream.concat(Stream.of(own), others.versionsOf(org).values().stream())
        .map(version -> version.epoch().map(Epoch::watermarkKind).orElse("unknown"))
        .filter(kind -> !kind.equals(HEARTBEAT))
        .findFirst()
        .orElse(HEARTBEAT);
  }

  /** Whether the watermarks of all others in which the org has or had points are proven. */
  public boolean areOthersProven(String org) {
    return others.versionsOf(org).values().stream()
        .allMatch(
            version ->
                version.epoch().map(Epoch::watermarkKind).filter(HEARTBEAT::equals).isPresent());
  }
}
