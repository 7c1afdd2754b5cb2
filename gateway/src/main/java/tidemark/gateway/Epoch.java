package tidemark.gateway;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.serde.table.EpochKeys;

/**
 * What a snapshot reflects: the checkpoint that it was committed with, as its summary says.
 *
 * @param watermarkMs the last complete millisecond: windows whose last millisecond is at or before
 *     it are complete but for late points
 * @param watermarkKind {@code heartbeat} (proven) or {@code estimated}
 * @param summary the whole summary of that snapshot, for counts and offsets
 */
public record Epoch(
    long snapshotId,
    String lineage,
    long checkpoint,
    long watermarkMs,
    String watermarkKind,
    Map<String, String> summary) {

  public Epoch {
    summary = Map.copyOf(summary);
  }

  /**
   * The epoch of a snapshot: its own, or of its nearest ancestor that a job committed, because
   * maintenance rewrites files without adding data.
   */
  public static Optional<Epoch> of(Table table, Snapshot snapshot) {
    Snapshot at = snapshot;
    while (at != null && !at.summary().containsKey(EpochKeys.CHECKPOINT)) {
      at = at.parentId() == null ? null : table.snapshot(at.parentId());
    }
    return Optional.ofNullable(at).map(Epoch::of);
  }

  private static Epoch of(Snapshot snapshot) {
    Map<String, String> summary = snapshot.summary();
    return new Epoch(
        snapshot.snapshotId(),
        summary.getOrDefault(EpochKeys.LINEAGE, "unknown"),
        Long.parseLong(summary.get(EpochKeys.CHECKPOINT)),
        Long.parseLong(summary.getOrDefault(EpochKeys.WATERMARK_MS, "" + Long.MIN_VALUE)),
        summary.getOrDefault(EpochKeys.WATERMARK_KIND, "unknown"),
        summary);
  }

  /**
   * Windows that end at or before it are closed by a watermark, which names the last complete
   * millisecond: heartbeats on the second give one that ends in 999.
   */
  public static long closedToMs(long watermarkMs) {
    return watermarkMs == Long.MAX_VALUE ? watermarkMs : watermarkMs + 1;
  }

  /** A count of this epoch's summary, such as {@link EpochKeys#POINTS_STORED}; 0 if not there. */
  public long count(String key) {
    return Long.parseLong(summary.getOrDefault(key, "0"));
  }

  /** One line for people. */
  public String describe() {
    String watermark =
        watermarkMs <= 0
            ? "none yet"
            : Instant.ofEpochMilli(watermarkMs) + " (" + watermarkKind + ")";
    return "epoch: checkpoint %d of lineage %s, watermark %s"
        .formatted(checkpoint, lineage, watermark);
  }
}
