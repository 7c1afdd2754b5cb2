package tidemark.gameday;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import tidemark.state.definition.Monitor;

/**
 * What one version of a monitor looks at: its points by group, and from them alone which windows of
 * which groups must be judged. 4 bytes a point that it looks at. Not thread-safe.
 */
final class WatchedPoints {
  private static final long PANE_MS = 10_000;
  private static final int[] NO_POINTS = {};

  private final Timeline.Span<Monitor> span;
  private final PointLog points;
  private final Map<List<String>, int[]> byGroup = new HashMap<>(); // sorted by time

  WatchedPoints(Timeline.Span<Monitor> span, PointLog points) {
    this.span = span;
    this.points = points;
    Monitor monitor = span.definition();
    List<List<String>> groupOfSeries = new ArrayList<>();
    for (Series one : points.series()) {
      boolean isTaken =
          monitor.org().equals(one.org())
              && monitor.type() == one.type()
              && Matching.takes(monitor.filter(), one);
      groupOfSeries.add(
          isTaken ? Matching.tagsWith(one, key -> monitor.groupBy().contains(key)) : null);
    }
    Map<List<String>, List<Integer>> found = new HashMap<>();
    for (int point = 0; point < points.size(); point++) {
      List<String> group = groupOfSeries.get(points.seriesOf(point));
      if (group != null && span.isInForce(paneOf(points.timeMs(point)))) {
        found.computeIfAbsent(group, key -> new ArrayList<>()).add(point);
      }
    }
    found.forEach(
        (group, some) ->
            byGroup.put(
                group,
                some.stream()
                    .sorted((a, b) -> Long.compare(points.timeMs(a), points.timeMs(b)))
                    .mapToInt(point -> point)
                    .toArray()));
    if (isWhole()) {
      byGroup.putIfAbsent(List.of(), NO_POINTS);
    }
  }

  private static long paneOf(long timeMs) {
    return Math.floorDiv(timeMs, PANE_MS) * PANE_MS;
  }

  private boolean isWhole() {
    return span.definition().groupBy().isEmpty();
  }

  Monitor monitor() {
    return span.definition();
  }

  /** Known at any time. */
  Set<List<String>> groups() {
    return byGroup.keySet();
  }

  /**
   * Ends of the windows of a group that must be judged: they lie wholly in the version's time in
   * force; the group had a point since it was last forgotten, and it is known for longer than the
   * new-group delay. A monitor without groups has one that is always known.
   */
  NavigableSet<Long> judgedEnds(List<String> group) {
    Monitor monitor = monitor();
    if (span.untilMs() == Long.MAX_VALUE) {
      throw new IllegalStateException("a monitor must have ended, got " + span);
    }
    NavigableSet<Long> ends = new TreeSet<>();
    NavigableSet<Long> panes = new TreeSet<>();
    for (int point : byGroup.getOrDefault(group, NO_POINTS)) {
      panes.add(paneOf(points.timeMs(point)));
    }
    long firstMs = span.fromMs() + monitor.windowMs();
    long endMs = -Math.floorDiv(-firstMs, monitor.stepMs()) * monitor.stepMs();
    for (; endMs <= span.untilMs(); endMs += monitor.stepMs()) {
      if (isWhole() || isKnown(panes, endMs)) {
        ends.add(endMs);
      }
    }
    return ends;
  }

  private boolean isKnown(NavigableSet<Long> panes, long endMs) {
    Long last = panes.lower(endMs);
    long forgetMs = monitor().forgetGroupMs();
    if (last == null || endMs - (last + PANE_MS) > forgetMs) {
      return false;
    }
    long lifeMs = last;
    for (Long before = panes.lower(lifeMs);
        before != null && lifeMs - (before + PANE_MS) <= forgetMs;
        before = panes.lower(lifeMs)) {
      lifeMs = before;
    }
    return endMs > lifeMs + monitor().newGroupDelayMs();
  }

  /** The points of a group's window, in the order of time. */
  int[] window(List<String> group, long endMs) {
    int[] all = byGroup.getOrDefault(group, NO_POINTS);
    return Arrays.copyOfRange(all, firstAt(all, endMs - monitor().windowMs()), firstAt(all, endMs));
  }

  /** Index of the first point at that time or later. */
  private int firstAt(int[] all, long timeMs) {
    int low = 0;
    int high = all.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (points.timeMs(all[middle]) < timeMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Those of some points that are wanted, as what the monitor measures. */
  WindowSample sample(int[] some, IntPredicate isWanted) {
    int[] wanted = Arrays.stream(some).filter(isWanted).toArray();
    return WindowSample.of(
        monitor().measure(),
        Arrays.stream(wanted).mapToLong(points::timeMs).toArray(),
        Arrays.stream(wanted).mapToDouble(points::value).toArray());
  }
}
