package tidemark.operators;

import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.serde.partial.EpochReport;

/**
 * Counts of one task since the last barrier. Nothing of it needs state: after a restore the source
 * reads everything since the restored barrier again, and it is counted again from zero.
 */
public final class EpochLedger {
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private final SortedMap<String, EpochReport.Position> positions = new TreeMap<>();

  public void count(String label, long more) {
    if (more != 0) {
      counts.merge(label, more, Math::addExact);
    }
  }

  /**
   * An archive's records may come by org: the furthest counts.
   *
   * @param newestMs latest broker time of the partition's records so far; {@link Long#MIN_VALUE} if
   *     only heartbeats were read
   */
  public void read(String partition, long nextOffset, boolean hasHeartbeats, long newestMs) {
    EpochReport.Position before = positions.get(partition);
    long furthest = before == null ? nextOffset : Math.max(before.nextOffset(), nextOffset);
    positions.put(partition, new EpochReport.Position(furthest, hasHeartbeats, newestMs));
  }

  public boolean isEmpty() {
    return counts.isEmpty() && positions.isEmpty();
  }

  /** The counts so far, which start again from zero. */
  public EpochReport drain() {
    EpochReport report = new EpochReport(counts, positions);
    counts.clear();
    positions.clear();
    return report;
  }
}
