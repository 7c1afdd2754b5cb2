package tidemark.gateway;

import java.util.Optional;

/**
 * What the tables hold now, for people who watch.
 *
 * @param epoch of the rollups table; empty until the first checkpoint committed
 */
public record CatalogStatus(Optional<Epoch> epoch, TableFiles rollups, TableFiles series) {

  public long sizeBytes() {
    return Math.addExact(rollups.sizeBytes(), series.sizeBytes());
  }

  public int fileCount() {
    return rollups.files().size() + series.files().size();
  }
}
