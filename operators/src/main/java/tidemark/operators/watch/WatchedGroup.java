package tidemark.operators.watch;

import tidemark.serde.flink.GroupState;
import tidemark.state.SeriesIdentity;
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

  /** Whether its rows are refused since there are too many groups; it may be taken later. */
  boolean isRefused;

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
