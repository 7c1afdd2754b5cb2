package tidemark.gateway.tables;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import tidemark.gateway.hot.Committed;
import tidemark.serde.catalog.EpochLog;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.table.EpochKeys;

/** Reads from a branch's markers which jobs' rows of the feed count. */
final class CommittedBy {
  private CommittedBy() {}

  /**
   * Walks from a head to the oldest snapshot kept.
   *
   * <p>The newest marker names the lineage that the branch follows. A job of it whose newest marker
   * lies behind a fence of another one was succeeded: what it sent after the checkpoint that the
   * other was restored from is sent again.
   */
  static Committed of(Iterable<Snapshot> ancestors) {
    Optional<EpochMarker> newest = EpochLog.nearest(ancestors);
    if (newest.isEmpty()) {
      return Committed.NOTHING;
    }
    String lineage = newest.get().lineage();
    Map<UUID, Long> deadFrom = new HashMap<>();
    Map<UUID, Long> fences = new HashMap<>();
    for (Snapshot snapshot : ancestors) {
      Optional<EpochMarker> marker = EpochMarker.of(snapshot);
      if (marker.isPresent() && marker.get().lineage().equals(lineage)) {
        add(marker.get(), deadFrom, fences);
      }
    }
    return new Committed(lineage, newest.get().checkpoint(), deadFrom);
  }

  private static void add(EpochMarker marker, Map<UUID, Long> deadFrom, Map<UUID, Long> fences) {
    String text = marker.summary().getOrDefault(EpochKeys.JOB, "");
    if (text.length() != 32) {
      return;
    }
    UUID job = jobId(text);
    deadFrom.computeIfAbsent(
        job,
        found ->
            fences.entrySet().stream()
                .filter(fence -> !fence.getKey().equals(found))
                .mapToLong(Map.Entry::getValue)
                .min()
                .orElse(Long.MAX_VALUE));
    if (marker.isFence()) {
      long restored = Long.parseLong(marker.summary().get(EpochKeys.FENCE));
      fences.merge(job, restored, Math::min);
    }
  }

  /** Flink writes job ids as 32 hexadecimal digits. */
  static UUID jobId(String hex) {
    return new UUID(
        Long.parseUnsignedLong(hex.substring(0, 16), 16),
        Long.parseUnsignedLong(hex.substring(16), 16));
  }
}
