package tidemark.state.monitor;

import java.util.BitSet;
import tidemark.state.definition.Monitor;

/**
 * When a group had points: the starts of its 10 s panes, exact behind a floor and summed up before
 * it. From this follows whether the group is known at a time.
 *
 * <p>A group's life begins with a pane and lasts until no pane has followed for the time after
 * which it is forgotten; a pane after that begins another life. More panes only ever make lives
 * longer. Times are epoch ms, pane starts multiples of 10 s. Memory: a bit for each 10 s between
 * floor and the latest pane. Mutable; not thread-safe.
 */
public final class PaneTimes {
  /** No time at all. */
  public static final long NONE = Long.MIN_VALUE;

  private static final long PANE_MS = Monitor.PANE_MS;

  private long lifeStartMs; // of the life that the last pane before the floor was in
  private long lastBeforeMs; // start of that pane
  private long floorMs; // panes that start before it are only known by the two above
  private long baseMs; // of bit 0; at the floor or after it
  private BitSet panes;

  private PaneTimes(long lifeStartMs, long lastBeforeMs, long floorMs, long baseMs, BitSet panes) {
    this.lifeStartMs = lifeStartMs;
    this.lastBeforeMs = lastBeforeMs;
    this.floorMs = floorMs;
    this.baseMs = baseMs;
    this.panes = panes;
  }

  public static PaneTimes empty() {
    return new PaneTimes(NONE, NONE, NONE, 0, new BitSet());
  }

  /** What {@link #toLongs} gave. */
  public static PaneTimes ofLongs(long[] longs) {
    if (longs.length < 4) {
      throw new IllegalArgumentException(
          "times of panes must be at least 4 numbers, got " + longs.length);
    }
    long[] bits = new long[longs.length - 4];
    System.arraycopy(longs, 4, bits, 0, bits.length);
    return new PaneTimes(longs[0], longs[1], longs[2], longs[3], BitSet.valueOf(bits));
  }

  /**
   * Life start, last pane before the floor, floor, base, then a bit for each pane from the base.
   */
  public long[] toLongs() {
    long[] bits = panes.toLongArray();
    long[] longs = new long[4 + bits.length];
    longs[0] = lifeStartMs;
    longs[1] = lastBeforeMs;
    longs[2] = floorMs;
    longs[3] = baseMs;
    System.arraycopy(bits, 0, longs, 4, bits.length);
    return longs;
  }

  /** Whether there never was a pane. */
  public boolean isEmpty() {
    return panes.isEmpty() && lastBeforeMs == NONE;
  }

  /** Panes that start before it are no longer told apart; {@link #NONE} at first. */
  public long floorMs() {
    return floorMs;
  }

  /**
   * Adds a pane at or after the floor.
   *
   * @return whether it is new
   */
  public boolean add(long paneMs) {
    if (paneMs < floorMs || Math.floorMod(paneMs, PANE_MS) != 0) {
      throw new IllegalArgumentException(
          "a pane must start at a multiple of 10 s from %d ms on, got %d"
              .formatted(floorMs, paneMs));
    }
    if (panes.isEmpty()) {
      baseMs = paneMs;
    } else if (paneMs < baseMs) {
      rebase(paneMs);
    }
    int bit = Math.toIntExact((paneMs - baseMs) / PANE_MS);
    boolean isNew = !panes.get(bit);
    panes.set(bit);
    return isNew;
  }

  private void rebase(long newBaseMs) {
    int shift = Math.toIntExact((baseMs - newBaseMs) / PANE_MS);
    BitSet moved = new BitSet();
    panes.stream().forEach(bit -> moved.set(bit + shift));
    panes = moved;
    baseMs = newBaseMs;
  }

  /** Start of the first pane that is told apart; {@link #NONE} if there is none. */
  public long firstMs() {
    return panes.isEmpty() ? NONE : baseMs + panes.nextSetBit(0) * PANE_MS;
  }

  /** Start of the last pane; {@link #NONE} if there is none. */
  public long lastMs() {
    return panes.isEmpty() ? lastBeforeMs : baseMs + (panes.length() - 1) * PANE_MS;
  }

  /**
   * Sums up the panes that start before that time, and takes no more of them.
   *
   * @param forgetMs silence after which a life is over
   */
  public void raiseFloor(long ms, long forgetMs) {
    long newFloorMs = ms - Math.floorMod(ms, PANE_MS);
    if (newFloorMs <= floorMs) {
      return;
    }
    floorMs = newFloorMs;
    if (panes.isEmpty() || firstMs() >= floorMs) {
      return;
    }
    int dropped = (int) Math.min(panes.length(), (floorMs - baseMs) / PANE_MS);
    int last = panes.previousSetBit(dropped - 1);
    lifeStartMs = lifeStartOf(last, forgetMs);
    lastBeforeMs = baseMs + last * PANE_MS;
    panes = panes.get(dropped, panes.length());
    baseMs += dropped * PANE_MS;
  }

  /**
   * Start of the life that a group is in when a window ends; {@link #NONE} if it is not known then.
   * Costs a look at each pane of the life.
   *
   * @param endMs after the floor
   * @param forgetMs silence after which a life is over
   */
  public long lifeStartAt(long endMs, long forgetMs) {
    int before =
        panes.isEmpty() || endMs <= baseMs
            ? -1
            : (int) Math.min(panes.length(), (endMs - baseMs) / PANE_MS);
    int last = before < 0 ? -1 : panes.previousSetBit(before - 1);
    if (last < 0) {
      return lastBeforeMs != NONE && isWithin(lastBeforeMs, endMs, forgetMs) ? lifeStartMs : NONE;
    }
    return isWithin(baseMs + last * PANE_MS, endMs, forgetMs) ? lifeStartOf(last, forgetMs) : NONE;
  }

  /** Start of the life that the pane of that bit belongs to. */
  private long lifeStartOf(int bit, long forgetMs) {
    int first = bit;
    for (int previous = before(first); previous >= 0; previous = before(first)) {
      if (!isWithin(baseMs + previous * PANE_MS, baseMs + first * PANE_MS, forgetMs)) {
        return baseMs + first * PANE_MS;
      }
      first = previous;
    }
    long firstMs = baseMs + first * PANE_MS;
    return lastBeforeMs != NONE && isWithin(lastBeforeMs, firstMs, forgetMs)
        ? lifeStartMs
        : firstMs;
  }

  private int before(int bit) {
    return bit == 0 ? -1 : panes.previousSetBit(bit - 1);
  }

  /** Whether a pane's end is at most so far behind a time. */
  private static boolean isWithin(long paneMs, long timeMs, long forgetMs) {
    return timeMs - (paneMs + PANE_MS) <= forgetMs;
  }
}
