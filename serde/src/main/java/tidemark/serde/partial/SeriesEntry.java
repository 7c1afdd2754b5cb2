package tidemark.serde.partial;

import java.util.Objects;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/**
 * A series as the index knows it.
 *
 * @param seriesId first half of the identity's hash
 * @param check second half, by which a collision of ids is noticed
 * @param firstSeenMs start of the earliest UTC day known to hold a point, epoch ms
 * @param lastSeenMs start of the latest one, epoch ms
 */
public record SeriesEntry(
    long seriesId,
    long check,
    MetricType type,
    SeriesIdentity identity,
    long firstSeenMs,
    long lastSeenMs) {

  public SeriesEntry {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(identity, "identity");
    if (firstSeenMs > lastSeenMs) {
      throw new IllegalArgumentException(
          "first seen must not be after last seen, got %s and %s"
              .formatted(firstSeenMs, lastSeenMs));
    }
  }

  public SeriesEntry withSeen(long firstMs, long lastMs) {
    return new SeriesEntry(seriesId, check, type, identity, firstMs, lastMs);
  }
}
