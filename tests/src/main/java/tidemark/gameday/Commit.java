package tidemark.gameday;

import java.util.Map;
import org.apache.iceberg.Snapshot;

/**
 * A snapshot of the rollups table, as far as a game needs it.
 *
 * @param summary all that it says of itself
 */
record Commit(long snapshotId, Map<String, String> summary) {
  private static final String LINEAGE = "tidemark.lineage";
  private static final String CHECKPOINT = "tidemark.checkpoint";
  private static final String WATERMARK_MS = "tidemark.watermark-ms";
  private static final String FENCE = "tidemark.fence";
  private static final String EPOCH = "tidemark.epoch";

  static Commit of(Snapshot snapshot) {
    return new Commit(snapshot.snapshotId(), snapshot.summary());
  }

  /** Whether the job's store made it, and not maintenance. */
  boolean isOfStore() {
    return summary.containsKey(LINEAGE);
  }

  /** Whether it is what one checkpoint covers, and not only the mark of a start. */
  boolean isEpoch() {
    return isOfStore() && !summary.containsKey(FENCE);
  }

  boolean addsFiles() {
    return Long.parseLong(summary.getOrDefault("added-data-files", "0")) > 0;
  }

  String lineage() {
    return summary.getOrDefault(LINEAGE, "");
  }

  /** What may be committed once only. */
  String identity() {
    return summary.get(LINEAGE) + "/" + summary.get(CHECKPOINT);
  }

  /** The epoch, or the checkpoint where a table has no epochs' names. */
  String epoch() {
    return summary.getOrDefault(EPOCH, summary.getOrDefault(CHECKPOINT, ""));
  }

  long watermarkMs() {
    return Long.parseLong(summary.getOrDefault(WATERMARK_MS, Long.toString(Long.MIN_VALUE)));
  }
}
