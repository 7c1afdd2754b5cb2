package tidemark.operators.watch;

import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.metrics.Counter;
import tidemark.serde.flink.JudgedWindow;
import tidemark.state.PartialRow;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.Judgement;
import tidemark.state.monitor.MonitorWindows;
import tidemark.state.monitor.PaneTimes;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.WindowValue;
import tidemark.state.selection.OrgTimes;

/**
 * Judges the windows of one group after the other, in order: those that became complete, and again
 * those that late points have changed.
 *
 * <p>A window is judged if it lies wholly in the time in which its version is in force, and in that
 * in which its org belongs to this job's shards: no job has all points of another. It starts at or
 * after the group's begin, and the group is known when it ends: it had a point since it was last
 * forgotten, and the window ends later than the new-group delay after that. The first window of a
 * group may so have begun before the group did. A monitor without groups has one that is always
 * known, from the version's start, but not from before the job's.
 *
 * <p>More points only make more windows judged, so no verdict is ever taken back. Not thread-safe.
 */
final class GroupJudge {
  private static final long NONE = WatchedGroup.NONE;

  private final WatchConfig settings;
  private final WatchStore store;
  private final VerdictSender sender;
  private final Counter windowsJudged;
  private final WindowValue values = new WindowValue();
  private final Map<String, OrgTimes> timesOfOrg = new HashMap<>(); // orgs that have monitors
  private final PartialRow row = new PartialRow();

  GroupJudge(WatchConfig settings, WatchStore store, VerdictSender sender, Counter windowsJudged) {
    this.settings = settings;
    this.store = store;
    this.sender = sender;
    this.windowsJudged = windowsJudged;
  }

  static boolean isWhole(Monitor monitor) {
    return monitor.groupBy().isEmpty();
  }

  /**
   * Judges all windows that the watermark completes and that were not judged, and those that have
   * changed.
   *
   * @param frozenMs windows that end at it or before stay as they are
   */
  void judge(WatchedGroup group, MonitorWindows windows, long watermarkMs, long frozenMs)
      throws Exception {
    begin(group, windows, watermarkMs, frozenMs);
    if (group.nextEndMs == NONE) {
      return;
    }
    long lastEndMs = windows.lastEndAt(watermarkMs);
    long endMs = group.nextEndMs;
    if (group.isTouched()) {
      long againMs = windows.firstEndAfter(Math.max(group.touchedFromMs, frozenMs));
      if (group.times.floorMs() != PaneTimes.NONE) { // without their panes they cannot be judged
        againMs = Math.max(againMs, windows.firstEndStartingAt(group.times.floorMs()));
      }
      endMs = Math.min(endMs, againMs);
    }
    judgeFrom(endMs, lastEndMs, group, windows);
    if (lastEndMs >= group.nextEndMs) {
      group.nextEndMs = lastEndMs + windows.monitor().stepMs();
      group.isDirty = true;
    }
    if (group.isTouched()) {
      group.untouch();
    }
  }

  /** Finds the first window of a group that is here for the first time. */
  private void begin(WatchedGroup group, MonitorWindows windows, long watermarkMs, long frozenMs) {
    long firstPaneMs = group.times.firstMs();
    if (group.nextEndMs != NONE) {
      return;
    }
    if (isWhole(windows.monitor())) {
      long knownMs = firstPaneMs == NONE ? watermarkMs + 1 : Math.min(watermarkMs + 1, firstPaneMs);
      group.beginMs =
          Math.max(
              Math.max(knownMs, windows.monitor().fromMs()),
              frozenMs - windows.monitor().windowMs());
      group.nextEndMs = windows.firstEndStartingAt(group.beginMs);
      group.untouch();
    } else if (firstPaneMs != NONE) {
      group.nextEndMs = windows.firstEndAfter(Math.max(firstPaneMs, frozenMs));
      group.untouch();
    }
  }

  private void judgeFrom(
      long firstEndMs, long lastEndMs, WatchedGroup group, MonitorWindows windows)
      throws Exception {
    long stepMs = windows.monitor().stepMs();
    if (firstEndMs > lastEndMs) {
      return;
    }
    JudgedWindow before = store.judged(group, firstEndMs - stepMs);
    boolean isAsBefore = true; // what the window before is has not changed
    for (long endMs = firstEndMs; endMs <= lastEndMs; endMs += stepMs) {
      boolean isAgain = endMs < group.nextEndMs;
      if (isAgain && isAsBefore && windows.startOf(endMs) > group.touchedToMs) {
        if (lastEndMs < group.nextEndMs) {
          return;
        }
        endMs = group.nextEndMs;
        isAgain = false;
        before = store.judged(group, endMs - stepMs);
      }
      if (!isAgain && isForgottenForGood(group, windows, endMs)) {
        return;
      }
      JudgedWindow old =
          isAgain || endMs <= group.provisionalEndMs ? store.judged(group, endMs) : null;
      JudgedWindow now = null;
      if (isJudged(group, windows, endMs)) {
        now = judgeWindow(group, windows, endMs, before, old);
        say(group, windows, endMs, before, old, now, isAgain);
      }
      isAsBefore =
          now == null
              ? old == null
              : old != null && !old.isProvisional() && old.judgement().equals(now.judgement());
      before = now;
    }
  }

  private static boolean isForgottenForGood(
      WatchedGroup group, MonitorWindows windows, long endMs) {
    Monitor monitor = windows.monitor();
    return !isWhole(monitor)
        && (group.times.isEmpty()
            || endMs - (group.times.lastMs() + Monitor.PANE_MS) > monitor.forgetGroupMs());
  }

  private boolean isJudged(WatchedGroup group, MonitorWindows windows, long endMs) {
    Monitor monitor = windows.monitor();
    if (!windows.isInForce(endMs)
        || windows.startOf(endMs) < group.beginMs
        || !timesOfOrg
            .computeIfAbsent(monitor.org(), settings.share()::timesOf)
            .takesAll(windows.startOf(endMs), endMs)) {
      return false;
    }
    if (isWhole(monitor)) {
      return true;
    }
    long lifeStartMs = group.times.lifeStartAt(endMs, monitor.forgetGroupMs());
    return lifeStartMs != PaneTimes.NONE && endMs > lifeStartMs + monitor.newGroupDelayMs();
  }

  private JudgedWindow judgeWindow(
      WatchedGroup group,
      MonitorWindows windows,
      long endMs,
      @Nullable JudgedWindow before,
      @Nullable JudgedWindow old)
      throws Exception {
    Monitor monitor = windows.monitor();
    boolean hasPoints = store.window(group, windows.startOf(endMs), endMs, row);
    double value = hasPoints ? values.of(monitor.measure(), row) : WindowValue.NONE;
    Judgement previous = before == null ? Judgement.NEW : before.judgement();
    Judgement judgement =
        Double.isNaN(value)
            ? Judgement.ofNothing(monitor.noData(), previous)
            : Judgement.ofValue(monitor.thresholds(), value, previous);
    windowsJudged.inc();
    int revision = old == null ? 0 : old.revision() + 1;
    return new JudgedWindow(judgement, value, hasPoints ? row.count : 0, revision, false);
  }

  private void say(
      WatchedGroup group,
      MonitorWindows windows,
      long endMs,
      @Nullable JudgedWindow before,
      @Nullable JudgedWindow old,
      JudgedWindow now,
      boolean isAgain)
      throws Exception {
    if (old != null && !old.isProvisional() && saysTheSame(old, now)) {
      if (!old.judgement().equals(now.judgement())) { // what it means for the next one may change
        store.putJudged(group, endMs, now.withRevision(old.revision()));
      }
      return;
    }
    store.putJudged(group, endMs, now);
    boolean isKnown = old != null && old.judgement().status() != VerdictStatus.INCOMPLETE;
    sender.send(
        group,
        windows,
        endMs,
        now,
        isKnown ? old.judgement().status() : statusOf(before),
        isAgain ? VerdictSender.Occasion.AMENDED : VerdictSender.Occasion.COMPLETE);
  }

  private static boolean saysTheSame(JudgedWindow a, JudgedWindow b) {
    return a.judgement().status() == b.judgement().status()
        && Double.compare(a.value(), b.value()) == 0
        && a.points() == b.points();
  }

  private static VerdictStatus statusOf(@Nullable JudgedWindow before) {
    return before == null ? VerdictStatus.OK : before.judgement().status();
  }

  // ---- before the window's end

  /**
   * Tells an alert of the first open window that no further point can undo. The group was judged up
   * to the watermark.
   */
  void judgeEarly(WatchedGroup group, MonitorWindows windows) throws Exception {
    Monitor monitor = windows.monitor();
    long endMs = group.nextEndMs;
    if (endMs == NONE
        || !WindowValue.onlyGetsWorse(monitor)
        || group.times.lastMs() < windows.startOf(endMs)
        || !isJudged(group, windows, endMs)
        || !store.window(group, windows.startOf(endMs), endMs, row)) {
      return;
    }
    double value = values.of(monitor.measure(), row);
    if (!monitor.thresholds().isBad(value, monitor.thresholds().alert())) {
      return;
    }
    JudgedWindow old = endMs <= group.provisionalEndMs ? store.judged(group, endMs) : null;
    if (old != null && old.judgement().status() == VerdictStatus.ALERT) {
      return;
    }
    Judgement alert = new Judgement(VerdictStatus.ALERT, VerdictStatus.ALERT);
    int revision = old == null ? 0 : old.revision() + 1;
    JudgedWindow now = new JudgedWindow(alert, value, row.count, revision, true);
    VerdictStatus before = statusOf(store.judged(group, endMs - monitor.stepMs()));
    sayBeforeEnd(group, windows, endMs, now, before, VerdictSender.Occasion.EARLY);
  }

  /** Tells that a window which should be complete is held. */
  void tellIncomplete(WatchedGroup group, MonitorWindows windows, long endMs) throws Exception {
    if (group.nextEndMs == NONE && isWhole(windows.monitor())) {
      if (windows.startOf(endMs) < windows.monitor().fromMs()) {
        return;
      }
      group.beginMs = windows.startOf(endMs);
      group.nextEndMs = endMs;
    }
    if (group.nextEndMs == NONE
        || endMs < group.nextEndMs
        || !isJudged(group, windows, endMs)
        || (endMs <= group.provisionalEndMs && store.judged(group, endMs) != null)) {
      return;
    }
    long points = store.window(group, windows.startOf(endMs), endMs, row) ? row.count : 0;
    Judgement held = new Judgement(VerdictStatus.INCOMPLETE, VerdictStatus.OK);
    JudgedWindow now = new JudgedWindow(held, WindowValue.NONE, points, 0, true);
    sayBeforeEnd(group, windows, endMs, now, VerdictStatus.OK, VerdictSender.Occasion.INCOMPLETE);
  }

  private void sayBeforeEnd(
      WatchedGroup group,
      MonitorWindows windows,
      long endMs,
      JudgedWindow now,
      VerdictStatus before,
      VerdictSender.Occasion occasion)
      throws Exception {
    store.putJudged(group, endMs, now);
    group.provisionalEndMs = Math.max(group.provisionalEndMs, endMs);
    sender.send(group, windows, endMs, now, before, occasion);
  }

  // ---- removal

  /** First pane that may still be changed. */
  long floorMs(MonitorWindows windows, long watermarkMs) {
    long floorMs = watermarkMs - settings.amendForMs() - windows.monitor().windowMs();
    return floorMs - Math.floorMod(floorMs, Monitor.PANE_MS);
  }

  /**
   * Removes what lies behind the time in which verdicts are amended.
   *
   * @return whether the group has been silent for so long that nothing of its life is left
   */
  boolean removeOld(WatchedGroup group, MonitorWindows windows, long watermarkMs) throws Exception {
    Monitor monitor = windows.monitor();
    long floorMs = floorMs(windows, watermarkMs);
    group.raiseFloor(floorMs, windows);
    long judgedMs = watermarkMs - settings.amendForMs() - monitor.stepMs() - Monitor.PANE_MS;
    store.removeUpTo(group, monitor.stepMs(), floorMs, judgedMs);
    if (!group.isMember()
        || group.times.lastMs() + Monitor.PANE_MS + monitor.forgetGroupMs() >= floorMs) {
      return false;
    }
    PaneTimes none = PaneTimes.empty();
    none.raiseFloor(floorMs, monitor.forgetGroupMs());
    group.times = none;
    return true;
  }
}
