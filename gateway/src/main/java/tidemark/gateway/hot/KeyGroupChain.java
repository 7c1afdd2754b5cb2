package tidemark.gateway.hot;

import tidemark.serde.feed.FeedWriter;

/**
 * The two chains of roll ups of one job. Their tasks write to the feed under key groups of their
 * own, those of the second moved up, so that a start of one never counts as a successor of the
 * other.
 */
enum KeyGroupChain {
  /** Series that points come for: key groups 0 to n - 1. */
  FINER,
  /** Series that rules make of them: {@link #MOVED} to {@link #MOVED} + n - 1. */
  COARSER;

  /** First key group of the second chain, the greatest number that a chain may have. */
  static final int MOVED = 32_768;

  /** Whether a writer is a task of this chain. */
  boolean has(FeedWriter writer) {
    return (this == COARSER) == (writer.firstKeyGroup() >= MOVED);
  }

  /** First key group of a writer, counted from 0 in its chain. */
  static int first(FeedWriter writer) {
    return COARSER.has(writer) ? writer.firstKeyGroup() - MOVED : writer.firstKeyGroup();
  }

  /** How many key groups there are up to a writer's last, counted from 0 in its chain. */
  static int keyGroups(FeedWriter writer) {
    return 1 + (COARSER.has(writer) ? writer.lastKeyGroup() - MOVED : writer.lastKeyGroup());
  }
}
