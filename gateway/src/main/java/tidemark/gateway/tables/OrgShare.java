package tidemark.gateway.tables;

import java.util.Collection;
import java.util.List;
import tidemark.state.selection.ShardMap;

/**
 * What one job has of an org's points, and how far it is.
 *
 * @param times event times of the org's points that the job counts, rising
 * @param closedToMs its windows that end at or before it are closed
 */
record OrgShare(List<ShardMap.Times> times, long closedToMs) {
  /** Length of the longest windows; all others lie within one of them. */
  private static final long LONGEST_MS = 3_600_000;

  OrgShare {
    times = List.copyOf(times);
  }

  /**
   * Windows of an org that end at or before it are closed in all of the shares that have points of
   * them: the earliest time that a share has and has not closed. A share's time goes on to the end
   * of the longest window that it ends in: as long as that is open, the row is not written.
   *
   * @return {@link Long#MAX_VALUE} if nothing is open
   */
  static long closedToMs(Collection<OrgShare> shares) {
    return shares.stream().mapToLong(OrgShare::firstOpenMs).min().orElse(Long.MAX_VALUE);
  }

  private long firstOpenMs() {
    for (ShardMap.Times part : times) {
      if (closedToMs < endOfWindow(part.toMs())) {
        return Math.max(closedToMs, part.fromMs());
      }
    }
    return Long.MAX_VALUE;
  }

  /** Of the longest window that the last millisecond before a time is in. */
  private static long endOfWindow(long toMs) {
    long shortOfMs = Math.floorMod(-toMs, LONGEST_MS);
    return toMs > Long.MAX_VALUE - shortOfMs ? Long.MAX_VALUE : toMs + shortOfMs;
  }
}
