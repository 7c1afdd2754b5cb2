package tidemark.serde.feed;

import java.util.UUID;

/**
 * One task's life between two starts, which writes to the feed.
 *
 * <p>Let {@code w} have been restored from checkpoint {@code r}. A row that it sent after the
 * barrier of checkpoint {@code n} and before the next one is
 *
 * <ul>
 *   <li>stored, once the branch holds an epoch of the job's lineage with a checkpoint above {@code
 *       n};
 *   <li>dead, if a writer of the same lineage that started later, and whose key groups overlap, was
 *       restored from a checkpoint at or below {@code n}: that one sends the row again;
 *   <li>hot otherwise.
 * </ul>
 *
 * @param job Flink's job id: commits name it beside their lineage
 * @param id random, of this start of this task
 * @param startedMs wall clock when it started; orders the starts of one lineage, so the clocks of
 *     the machines must differ by less than a restart takes
 * @param restored checkpoint that it was restored from, 0 for none
 * @param firstKeyGroup first of the key groups that it writes
 * @param lastKeyGroup last of them, inclusive
 */
public record FeedWriter(
    UUID job, UUID id, long startedMs, long restored, int firstKeyGroup, int lastKeyGroup) {
  /**
   * What is added to the key groups of the chain that rolls up coarser series, which has the same
   * ones again: its rows are others.
   */
  public static final int COARSER = 1 << 15;

  public FeedWriter {
    if (restored < 0) {
      throw new IllegalArgumentException(
          "a restored checkpoint must be at least 0, got " + restored);
    }
    if (firstKeyGroup < 0 || lastKeyGroup < firstKeyGroup || lastKeyGroup > 0xFFFF) {
      throw new IllegalArgumentException(
          "key groups must be a range within 0 to 65535, got %d to %d"
              .formatted(firstKeyGroup, lastKeyGroup));
    }
  }

  /** Whether both write a key group. */
  public boolean overlaps(FeedWriter other) {
    return firstKeyGroup <= other.lastKeyGroup && other.firstKeyGroup <= lastKeyGroup;
  }

  /** Whether rows that the other sent after the barrier of that checkpoint are dead. */
  public boolean supersedes(FeedWriter other, long after) {
    return startedMs > other.startedMs && restored <= after && overlaps(other);
  }
}
