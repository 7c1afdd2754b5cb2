package tidemark.gateway;

import java.util.Optional;
import org.apache.iceberg.Snapshot;
import tidemark.serde.catalog.EpochMarker;

/**
 * A commit that an audit names.
 *
 * @param lineage empty if no job made it
 * @param checkpoint 0 if no job made it
 */
public record AuditEpoch(long snapshotId, String lineage, long checkpoint) {

  static AuditEpoch of(EpochMarker marker) {
    return new AuditEpoch(marker.snapshotId(), marker.lineage(), marker.checkpoint());
  }

  static AuditEpoch of(Snapshot snapshot) {
    Optional<EpochMarker> marker = EpochMarker.of(snapshot);
    return marker.map(AuditEpoch::of).orElse(new AuditEpoch(snapshot.snapshotId(), "", 0));
  }

  /** In the words of a line for people. */
  public String describe() {
    return lineage.isEmpty()
        ? "snapshot %d, which is no epoch".formatted(snapshotId)
        : "checkpoint %d of lineage %s (snapshot %d)".formatted(checkpoint, lineage, snapshotId);
  }
}
