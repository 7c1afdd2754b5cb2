package tidemark.state.selection;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Event times of one org, as ranges that do not touch. Asked once a point at most, so it is two
 * comparisons for one range, and a short loop for more.
 */
public final class OrgTimes implements Serializable {
  /** All of them. */
  public static final OrgTimes ALWAYS = new OrgTimes(new long[] {Long.MIN_VALUE, Long.MAX_VALUE});

  /** None of them. */
  public static final OrgTimes NEVER = new OrgTimes(new long[0]);

  private static final long serialVersionUID = 1L;

  private final long[] bounds; // first and last time of each range, both inclusive

  private OrgTimes(long[] bounds) {
    this.bounds = bounds;
  }

  /**
   * @param times rising, none touching the next
   */
  static OrgTimes of(List<ShardMap.Times> times) {
    long[] bounds = new long[times.size() * 2];
    for (int i = 0; i < times.size(); i++) {
      long toMs = times.get(i).toMs();
      bounds[2 * i] = times.get(i).fromMs();
      bounds[2 * i + 1] = toMs == Long.MAX_VALUE ? toMs : toMs - 1;
    }
    return new OrgTimes(bounds);
  }

  public boolean isNever() {
    return bounds.length == 0;
  }

  public boolean isAlways() {
    return equals(ALWAYS);
  }

  /** Earliest of them, epoch ms; {@link Long#MAX_VALUE} if there is none. */
  public long firstMs() {
    return isNever() ? Long.MAX_VALUE : bounds[0];
  }

  /** Latest of them, epoch ms; {@link Long#MIN_VALUE} if there is none. */
  public long lastMs() {
    return isNever() ? Long.MIN_VALUE : bounds[bounds.length - 1];
  }

  /** Whether not every time from the first to the last is one of them. */
  public boolean hasGaps() {
    return bounds.length > 2;
  }

  public boolean takes(long timeMs) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (timeMs >= bounds[i] && timeMs <= bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Whether any time from the first to the second, both inclusive, is one of them. */
  public boolean takesAny(long firstMs, long lastMs) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (firstMs <= bounds[i + 1] && lastMs >= bounds[i]) {
        return true;
      }
    }
    return false;
  }

  /** Whether every time from the first, inclusive, to the second, exclusive, is one of them. */
  public boolean takesAll(long fromMs, long toMs) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (fromMs >= bounds[i] && toMs - 1 <= bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OrgTimes times && Arrays.equals(bounds, times.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return Arrays.toString(bounds);
  }
}
