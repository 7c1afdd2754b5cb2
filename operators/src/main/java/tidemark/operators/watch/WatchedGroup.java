package tidemark.operators.watch;

import tidemark.serde.flink.GroupState;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.MonitorWindows;
import tidemark.state.monitor.PaneTimes;
import tidemark.state.monitor.VerdictSubject;

/**
 * One group of one version of a monitor, in memory: {@link GroupState}, mutable. Times are epoch
 * ms, {@link #NONE} where there is none. Not thread-safe.
 */
final class WatchedGroup {
  static final long NONE = GroupState.NONE;

  final long seriesId;
  final int keyGroup;
  final SeriesIdentity series;
  final VerdictSubject subject;

  PaneTimes times = PaneTimes.empty();
  long beginMs = NONE;
  long nextEndMs = NONE;
  long touchedFromMs = NONE;
  long touchedToMs = NONE;
  long provisionalEndMs = NONE;
  long oldestBlockMs = NONE;
  long oldestJudgedMs = NONE;
  long newestJudgedMs = NONE;

  /** Whether state does not hold it as it is. */
  boolean isDirty;

  /**
   * Whether its rows are refused since there are too many groups; it may be taken later. Not in
   * state: a group that is loaded has not been refused yet, as far as this tells.
   */
  boolean isRefused;

  /** Whether it was put away, and was not judged with the others of its version since. */
  boolean isAway;

  WatchedGroup(long seriesId, int keyGroup, SeriesIdentity series) {
    this.seriesId = seriesId;
    this.keyGroup = keyGroup;
    this.series = series;
    subject = VerdictSubject.ofSeries(series);
  }

  void restore(GroupState state) {
    times = PaneTimes.ofLongs(state.paneTimes());
    beginMs = state.beginMs();
    nextEndMs = state.nextEndMs();
    touchedFromMs = state.touchedFromMs();
    touchedToMs = state.touchedToMs();
    provisionalEndMs = state.provisionalEndMs();
    oldestBlockMs = state.oldestBlockMs();
    oldestJudgedMs = state.oldestJudgedMs();
    newestJudgedMs = state.newestJudgedMs();
  }

  GroupState toState() {
    return new GroupState(
        series,
        beginMs,
        nextEndMs,
        touchedFromMs,
        touchedToMs,
        provisionalEndMs,
        oldestBlockMs,
        oldestJudgedMs,
        newestJudgedMs,
        times.toLongs());
  }

  /** Whether it counts towards the groups that its monitor may have. */
  boolean isMember() {
    return !times.isEmpty();
  }

  /** Whether a watermark may do something to it; all others need not be in memory. */
  boolean matters() {
    return isMember()
        || isTouched()
        || oldestBlockMs != NONE
        || oldestJudgedMs != NONE
        || series.tags().isEmpty();
  }

  /**
   * Moves the next window to where it would be if the group had been judged with all others while
   * it was away; nothing else would have changed.
   */
  void catchUp(WatchedVersion version) {
    if (!isAway || version.windows == null) {
      return;
    }
    isAway = false;
    if (nextEndMs != NONE && version.judgedMs != NONE) {
      nextEndMs =
          Math.max(nextEndMs, version.windows.lastEndAt(version.judgedMs) + version.stepMs());
    }
  }

  /** Takes no more panes that start before that time. */
  void raiseFloor(long floorMs, MonitorWindows windows) {
    if (floorMs > times.floorMs()) {
      times.raiseFloor(floorMs, windows.monitor().forgetGroupMs());
      isDirty = true;
    }
  }

  boolean isTouched() {
    return touchedFromMs != NONE;
  }

  /** Remembers that a pane has changed; a new one may have changed the group's life as well. */
  void touch(long paneMs, boolean isNewPane) {
    touchedFromMs = isTouched() ? Math.min(touchedFromMs, paneMs) : paneMs;
    touchedToMs = isNewPane ? Long.MAX_VALUE : Math.max(touchedToMs, paneMs);
    isDirty = true;
  }

  void untouch() {
    touchedFromMs = NONE;
    touchedToMs = NONE;
    isDirty = true;
  }

  /** Remembers that the last word on the window that ends then is in state. */
  void judged(long endMs) {
    oldestJudgedMs = oldestJudgedMs == NONE ? endMs : Math.min(oldestJudgedMs, endMs);
    newestJudgedMs = Math.max(newestJudgedMs, endMs);
    isDirty = true;
  }
}
