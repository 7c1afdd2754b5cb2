package tidemark.gateway.hot;

import java.util.Map;
import java.util.UUID;

/**
 * What a pinned version of the tables says of the feed.
 *
 * @param lineage that the branch follows; empty if no job ever committed
 * @param checkpoint newest epoch of that lineage, 0 for none: rows sent after an earlier barrier
 *     are stored
 * @param deadFrom by job of that lineage: rows that the job sent after the barrier of this
 *     checkpoint or a later one were taken back, since another job went on from there; {@link
 *     Long#MAX_VALUE} if none did. Rows of other jobs do not count
 */
public record Committed(String lineage, long checkpoint, Map<UUID, Long> deadFrom) {
  /** No job has committed. */
  public static final Committed NOTHING = new Committed("", 0, Map.of());

  public Committed {
    deadFrom = Map.copyOf(deadFrom);
  }
}
