package tidemark.state.selection;

import java.io.Serializable;

/**
 * Which points one job counts: those that a version of the map gives to its shards.
 *
 * @param map of all jobs
 * @param shards of this one
 */
public record ShardShare(ShardMap map, ShardNumbers shards) implements Serializable {
  /** Every point: all orgs are in one shard, and the job has it. */
  public static final ShardShare ALL =
      new ShardShare(ShardMap.first(1), ShardNumbers.parse("0", "shards"));

  public boolean isAll() {
    return equals(ALL);
  }

  /** Which points of an org are counted, by their event times. Costs a walk over all moves. */
  public OrgTimes timesOf(String org) {
    return OrgTimes.of(map.timesOf(org, shards.numbers()));
  }

  /**
   * Earliest event time from which on the job would count other points by another version of the
   * map; {@link Long#MAX_VALUE} if there is none.
   */
  public long differsFromMs(ShardMap other) {
    return map.differsFromMs(other, shards.numbers());
  }
}
