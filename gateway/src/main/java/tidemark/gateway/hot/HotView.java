package tidemark.gateway.hot;

import java.util.List;
import java.util.OptionalLong;

/**
 * The hot rows that count beside one pinned version.
 *
 * @param ranges which rows; empty if none, or if the feed cannot be used
 * @param watermarkMs the last complete millisecond: windows whose last millisecond is at or before
 *     it are all here or stored; empty if unknown
 * @param state whether the feed is whole
 */
public record HotView(List<Range> ranges, OptionalLong watermarkMs, State state) {
  /** No feed. */
  public static final HotView NONE = new HotView(List.of(), OptionalLong.empty(), State.OFF);

  /** Whether hot rows can be shown. */
  public enum State {
    /** The gateway was not told of a feed. */
    OFF,
    /** Rows before the first record read may be missing; stored rows only, until a commit. */
    CATCHING_UP,
    /**
     * Hot rows exceeded their memory, or the tables were set back to before what was dropped;
     * stored rows only, until commits have caught up.
     */
    OVERFLOWN,
    /** A record could not be read; stored rows only. */
    BROKEN,
    /** Everything is here. */
    LIVE
  }

  /**
   * Rows of one writer in one table of the engine.
   *
   * @param table that holds rows sent after one barrier
   * @param writer number in its column {@code writer}
   * @param after the barrier
   */
  public record Range(String table, int writer, long after) {}

  public HotView {
    ranges = List.copyOf(ranges);
  }
}
