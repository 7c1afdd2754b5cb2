package tidemark.operators.archive;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tidemark.serde.archive.RecordFacts;
import tidemark.serde.catalog.ShardLookup;
import tidemark.state.selection.OrgTimes;
import tidemark.state.selection.ShardShare;

/**
 * Tells which records are another shard's, and before each barrier that they still were.
 *
 * <p>The map is read when a task starts. If a later version gives it any point of a record that it
 * went past, it restarts from the last barrier, and then reads the newest. A record that names no
 * org, or of which no time can be told, is kept by everyone whose points it may hold.
 *
 * <p>Memory: some 100 bytes for each org between two barriers. Not thread-safe.
 */
final class PassedRecords {
  private final ShardLookup lookup;
  private ShardShare share;
  private final Map<String, OrgTimes> timesOfOrg = new HashMap<>();
  private final Map<String, long[]> passed = new HashMap<>(); // earliest and latest by org

  PassedRecords(ShardLookup lookup) throws IOException {
    this.lookup = lookup;
    share = lookup.newest();
  }

  /** Whether a record is none of the job's; it is remembered then. */
  boolean passes(RecordFacts facts) {
    if (share.isAll() || facts.isHeartbeat() || facts.org().isEmpty()) {
      return false;
    }
    OrgTimes times = timesOfOrg.computeIfAbsent(facts.org(), share::timesOf);
    if (times.takesAny(facts.earliestMs(), facts.latestMs())) {
      return false;
    }
    long[] range =
        passed.computeIfAbsent(facts.org(), org -> new long[] {Long.MAX_VALUE, Long.MIN_VALUE});
    range[0] = Math.min(range[0], facts.earliestMs());
    range[1] = Math.max(range[1], facts.latestMs());
    return true;
  }

  /**
   * Looks at the newest map.
   *
   * @throws IllegalStateException if it gives the job what it has passed since the last call
   */
  void requireOthers() throws IOException {
    if (share.isAll()) {
      return;
    }
    ShardShare newest = lookup.newest();
    passed.forEach(
        (org, range) -> {
          if (newest.timesOf(org).takesAny(range[0], range[1])) {
            throw new IllegalStateException(
                "records of org %s were passed by version %d of the shard map, and by version %d they are this archive's: it reads them again from its last checkpoint"
                    .formatted(org, share.map().version(), newest.map().version()));
          }
        });
    passed.clear();
    timesOfOrg.clear();
    share = newest;
  }
}
