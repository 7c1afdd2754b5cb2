package tidemark.operators.watch;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tidemark.operators.watch.WatchHarness.Point;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchBuffer;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.VerdictStatus;

/**
 * What the stage must say, recomputed from lists of points: no panes, no state, no increments.
 *
 * <p>What was said lies here only to number revisions, to freeze what is beyond the horizon and to
 * know which windows are open.
 */
final class WatchModel {
  private static final long NONE = Long.MIN_VALUE;

  /** One thing to be said: a verdict without its evidence. */
  record Word(
      SeriesIdentity series,
      long endMs,
      VerdictStatus status,
      double value,
      long points,
      int revision,
      String mark) {}

  /** A change of state. */
  record Change(SeriesIdentity series, long endMs, VerdictStatus before, VerdictStatus after) {}

  /** What was said of a window, and the level that the next one's recovery looks at. */
  private record Said(Word word, VerdictStatus level) {
    boolean isFinal() {
      return word.mark.isEmpty() || word.mark.equals("AMENDED");
    }
  }

  /** All that there is of a group. */
  private static final class Group {
    final SeriesIdentity series;
    final Monitor monitor;
    final boolean isWhole;
    final List<Point> points = new ArrayList<>();
    final TreeMap<Long, Said> said = new TreeMap<>();
    long beginMs = NONE;
    long openFromMs = NONE; // windows that end at it or before were complete already
    boolean isChanged;
    boolean hasPlace; // among those that its monitor may have

    Group(SeriesIdentity series, Monitor monitor) {
      this.series = series;
      this.monitor = monitor;
      isWhole = monitor.groupBy().isEmpty();
    }
  }

  private final long amendForMs;
  private final Map<SeriesIdentity, Group> groups = new HashMap<>();
  private final Map<String, Long> toldHeldMs = new HashMap<>();
  private final Map<SeriesIdentity, Long> refusedToMs = new HashMap<>();
  private final Map<String, Long> freedEndMs = new HashMap<>();
  private final Map<String, Long> met = new TreeMap<>();
  private DefinitionSet definitions = DefinitionSet.empty();
  private long watermarkMs = NONE;
  private final List<Word> words = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private long evaluations;

  WatchModel(long amendForMs) {
    this.amendForMs = amendForMs;
  }

  long watermarkMs() {
    return watermarkMs;
  }

  long evaluations() {
    return evaluations;
  }

  List<Word> words() {
    List<Word> taken = new ArrayList<>(words);
    words.clear();
    return taken;
  }

  List<Change> changes() {
    List<Change> taken = new ArrayList<>(changes);
    changes.clear();
    return taken;
  }

  /** How often it came to what a test is about. */
  Map<String, Long> met() {
    return met;
  }

  // ---- input

  void restarted() {
    toldHeldMs.clear();
    freedEndMs.clear();
  }

  void define(DefinitionSet set) {
    definitions = set;
    for (Definition definition : set.all()) {
      if (definition instanceof Monitor monitor && monitor.groupBy().isEmpty()) {
        SeriesIdentity whole =
            monitor.gathered(new SeriesIdentity(monitor.org(), "any", List.of()));
        if (!groups.containsKey(whole)) {
          Group group = new Group(whole, monitor);
          groups.put(whole, group);
          if (watermarkMs != NONE) {
            group.beginMs = Math.max(monitor.fromMs(), watermarkMs + 1);
            group.openFromMs = lastEnd(group, watermarkMs + 1);
          }
        }
      }
    }
  }

  /** Points that come together; those of one series and 10 s are one row. */
  void rows(List<Point> points, Map<SeriesIdentity, Monitor> monitors) {
    Map<SeriesIdentity, Map<Long, List<Point>>> rows = new HashMap<>();
    for (Point point : points) {
      rows.computeIfAbsent(point.series(), series -> new HashMap<>())
          .computeIfAbsent(point.paneMs(), pane -> new ArrayList<>())
          .add(point);
    }
    for (Point point : points) { // a row comes where the first of its points does
      List<Point> row = rows.get(point.series()).remove(point.paneMs());
      if (row != null) {
        row(point.series(), monitors.get(point.series()), point.paneMs(), row);
      }
    }
  }

  private void row(SeriesIdentity series, Monitor monitor, long paneMs, List<Point> row) {
    if (watermarkMs != NONE && paneMs < keptFromMs(monitor)) {
      return;
    }
    Group known = groups.get(series);
    if (!monitor.groupBy().isEmpty() && (known == null || !known.hasPlace)) {
      if (isFull(series, monitor)) {
        refusedToMs.merge(series, paneMs + 10_000L, Math::max);
        met.merge("row refused", 1L, Long::sum);
        return;
      }
      met.merge(known == null ? "group comes" : "group comes back", 1L, Long::sum);
    }
    Group group = groups.computeIfAbsent(series, absent -> new Group(absent, monitor));
    if (group.points.isEmpty() && !group.isWhole && watermarkMs != NONE) {
      group.openFromMs = lastEnd(group, watermarkMs + 1);
    }
    if (!group.hasPlace && refusedToMs.containsKey(series)) {
      group.beginMs = refusedToMs.get(series);
      met.merge("group begins behind what was refused", 1L, Long::sum);
    }
    group.hasPlace = true;
    group.points.addAll(row);
    group.isChanged = true;
  }

  private long keptFromMs(Monitor monitor) {
    return floor(watermarkMs - amendForMs - monitor.windowMs(), 10_000L);
  }

  /** Whether the groups that have a place in a key group are as many as it may have. */
  private boolean isFull(SeriesIdentity series, Monitor monitor) {
    int keyGroup = WatchHarness.KEY_GROUPS.groupOf(series.hash()[0]);
    long places =
        groups.values().stream()
            .filter(group -> group.hasPlace && group.series.metric().equals(series.metric()))
            .filter(group -> WatchHarness.KEY_GROUPS.groupOf(group.series.hash()[0]) == keyGroup)
            .count();
    double share = (double) monitor.maxGroups() / WatchHarness.MAX_PARALLELISM;
    return places
        >= Math.min(monitor.maxGroups(), (long) Math.ceil(share + 4 * Math.sqrt(share) + 4));
  }

  /** A watermark that completes a window frees the places of groups that are long forgotten. */
  private void freePlaces() {
    Map<String, Long> freed = new HashMap<>();
    for (Group group : groups.values()) {
      String metric = group.series.metric();
      long endMs = lastEnd(group, watermarkMs + 1);
      if (endMs <= freedEndMs.getOrDefault(metric, NONE)) {
        continue;
      }
      freed.put(metric, endMs);
      if (!group.hasPlace) {
        continue;
      }
      long lastMs = group.points.stream().mapToLong(Point::paneMs).max().orElseThrow();
      group.hasPlace =
          lastMs + 10_000L + group.monitor.forgetGroupMs() >= keptFromMs(group.monitor);
    }
    freedEndMs.putAll(freed);
  }

  // ---- what must be said

  void watermark(long reachedMs) {
    boolean isFirst = watermarkMs == NONE;
    long frozenMs = (isFirst ? reachedMs : watermarkMs) - amendForMs;
    watermarkMs = Math.max(watermarkMs, reachedMs);
    for (Group group : groups.values()) {
      if (isFirst) {
        begin(group, frozenMs);
      }
      evaluate(group, frozenMs);
    }
    freePlaces();
  }

  void barrier() {
    if (watermarkMs != NONE) {
      groups.values().stream()
          .filter(group -> group.isChanged)
          .forEach(group -> evaluate(group, watermarkMs - amendForMs));
    }
  }

  private void begin(Group group, long frozenMs) {
    if (group.isWhole && group.openFromMs == NONE) {
      long knownMs = watermarkMs + 1;
      for (Point point : group.points) {
        knownMs = Math.min(knownMs, point.paneMs());
      }
      group.beginMs = Math.max(knownMs, frozenMs - group.monitor.windowMs());
      group.openFromMs = floor(frozenMs, group.monitor.stepMs());
    } else if (!group.isWhole) {
      group.openFromMs = floor(frozenMs, group.monitor.stepMs());
    }
  }

  private void evaluate(Group group, long frozenMs) {
    long stepMs = group.monitor.stepMs();
    long lastEndMs = lastEnd(group, watermarkMs + 1);
    long fromMs = group.openFromMs;
    if (group.isChanged) {
      fromMs = Math.min(fromMs, floor(frozenMs, stepMs));
    }
    for (long endMs = fromMs + stepMs; endMs <= lastEndMs; endMs += stepMs) {
      if (isJudged(group, endMs)) {
        judge(group, endMs, endMs <= group.openFromMs);
      }
    }
    group.openFromMs = Math.max(group.openFromMs, lastEndMs);
    if (group.isChanged) {
      early(group);
    }
    group.isChanged = false;
  }

  private long lastEnd(Group group, long timeMs) {
    return floor(
        Math.min(timeMs, definitions.inForceUntilMs(group.monitor)), group.monitor.stepMs());
  }

  private static long floor(long timeMs, long stepMs) {
    return timeMs - Math.floorMod(timeMs, stepMs);
  }

  private boolean isJudged(Group group, long endMs) {
    Monitor monitor = group.monitor;
    long startMs = endMs - monitor.windowMs();
    if (startMs < monitor.fromMs()
        || endMs > definitions.inForceUntilMs(monitor)
        || startMs < group.beginMs) {
      return false;
    }
    if (group.isWhole) {
      return true;
    }
    TreeSet<Long> panes = new TreeSet<>();
    group.points.stream().map(Point::paneMs).filter(pane -> pane < endMs).forEach(panes::add);
    long lifeMs = NONE;
    long silentSinceMs = NONE;
    for (long pane : panes) {
      if (silentSinceMs == NONE || pane - silentSinceMs > monitor.forgetGroupMs()) {
        lifeMs = pane;
      }
      silentSinceMs = pane + 10_000L;
    }
    return silentSinceMs != NONE
        && endMs - silentSinceMs <= monitor.forgetGroupMs()
        && endMs > lifeMs + monitor.newGroupDelayMs();
  }

  private void judge(Group group, long endMs, boolean isAgain) {
    evaluations++;
    List<Point> window = window(group, endMs);
    double value = window.isEmpty() ? Double.NaN : value(group.monitor.measure(), window);
    Said before = group.said.get(endMs - group.monitor.stepMs());
    if (before != null && !before.isFinal()) {
      throw new IllegalStateException("the window before is not complete");
    }
    VerdictStatus level = before == null ? VerdictStatus.OK : before.level;
    VerdictStatus status;
    if (!window.isEmpty()) {
      status = status(group.monitor.thresholds(), value, level);
      level = status;
    } else {
      switch (group.monitor.noData()) {
        case REPORT -> status = VerdictStatus.NO_DATA;
        case OK -> status = level = VerdictStatus.OK;
        case ALERT -> status = level = VerdictStatus.ALERT;
        default -> status = before == null ? VerdictStatus.NO_DATA : before.word.status;
      }
    }
    Said old = group.said.get(endMs);
    if (old != null
        && old.isFinal()
        && old.word.status == status
        && Double.compare(old.word.value, value) == 0
        && old.word.points == window.size()) {
      group.said.put(endMs, new Said(old.word, level));
      return;
    }
    int revision = old == null ? 0 : old.word.revision + 1;
    Word word =
        new Word(
            group.series, endMs, status, value, window.size(), revision, isAgain ? "AMENDED" : "");
    VerdictStatus known =
        old != null && old.word.status != VerdictStatus.INCOMPLETE
            ? old.word.status
            : before == null ? VerdictStatus.OK : before.word.status;
    say(group, word, level, known);
  }

  private void say(Group group, Word word, VerdictStatus level, VerdictStatus known) {
    group.said.put(word.endMs, new Said(word, level));
    words.add(word);
    if (known != word.status && word.status != VerdictStatus.INCOMPLETE) {
      changes.add(new Change(group.series, word.endMs, known, word.status));
    }
  }

  private void early(Group group) {
    Monitor monitor = group.monitor;
    boolean isAbove = monitor.thresholds().side() == Monitor.Side.ABOVE;
    boolean isMonotone =
        switch (monitor.measure().function()) {
          case COUNT, MAX -> isAbove;
          case MIN -> !isAbove;
          default -> false;
        };
    long endMs = floor(watermarkMs + 1, monitor.stepMs()) + monitor.stepMs();
    if (group.isWhole) {
      while (endMs - monitor.windowMs() < Math.max(group.beginMs, monitor.fromMs())) {
        endMs += monitor.stepMs();
      }
    }
    List<Point> window = window(group, endMs);
    if (!isMonotone || window.isEmpty() || !isJudged(group, endMs)) {
      return;
    }
    double value = value(monitor.measure(), window);
    Said old = group.said.get(endMs);
    boolean isBad =
        isAbove ? value > monitor.thresholds().alert() : value < monitor.thresholds().alert();
    if (!isBad || (old != null && old.word.status == VerdictStatus.ALERT)) {
      return;
    }
    int revision = old == null ? 0 : old.word.revision + 1;
    Said before = group.said.get(endMs - monitor.stepMs());
    say(
        group,
        new Word(group.series, endMs, VerdictStatus.ALERT, value, window.size(), revision, "EARLY"),
        VerdictStatus.ALERT,
        before == null ? VerdictStatus.OK : before.word.status);
  }

  /** A partition holds the watermark. */
  void held(long nowMs, long incompleteAfterMs) {
    Map<String, Long> told = new HashMap<>(toldHeldMs);
    for (Group group : groups.values()) {
      Monitor monitor = group.monitor;
      String metric = group.series.metric();
      long endMs = lastEnd(group, nowMs - incompleteAfterMs);
      boolean isOpen = watermarkMs == NONE || endMs > lastEnd(group, watermarkMs + 1);
      if (!isOpen || endMs <= toldHeldMs.getOrDefault(metric, NONE)) {
        continue;
      }
      told.put(metric, endMs);
      if (group.openFromMs == NONE) {
        if (!group.isWhole || endMs - monitor.windowMs() < monitor.fromMs()) {
          continue;
        }
        group.beginMs = endMs - monitor.windowMs();
        group.openFromMs = endMs - monitor.stepMs();
      }
      if (!group.said.containsKey(endMs) && isJudged(group, endMs)) {
        int points = window(group, endMs).size();
        Word word =
            new Word(group.series, endMs, VerdictStatus.INCOMPLETE, Double.NaN, points, 0, "HELD");
        say(group, word, VerdictStatus.OK, VerdictStatus.OK);
      }
    }
    toldHeldMs.putAll(told);
  }

  // ---- values

  private static List<Point> window(Group group, long endMs) {
    long startMs = endMs - group.monitor.windowMs();
    return group.points.stream()
        .filter(point -> point.timestampMs() >= startMs && point.timestampMs() < endMs)
        .toList();
  }

  private static VerdictStatus status(
      Monitor.Thresholds thresholds, double value, VerdictStatus level) {
    double sign = thresholds.side() == Monitor.Side.ABOVE ? 1 : -1;
    double bad = sign * value;
    double alert = sign * thresholds.alert();
    double alertEnd =
        level == VerdictStatus.ALERT
            ? sign * thresholds.alertRecovery().orElse(sign * alert)
            : alert;
    if (bad > alertEnd) {
      return VerdictStatus.ALERT;
    }
    if (thresholds.warn().isEmpty()) {
      return VerdictStatus.OK;
    }
    double warn = sign * thresholds.warn().getAsDouble();
    double warnEnd =
        level == VerdictStatus.OK ? warn : sign * thresholds.warnRecovery().orElse(sign * warn);
    return bad > warnEnd ? VerdictStatus.WARN : VerdictStatus.OK;
  }

  private static double value(Monitor.Measure measure, List<Point> window) {
    List<Double> values = new ArrayList<>(window.stream().map(Point::value).toList());
    double parameter = measure.parameter();
    return switch (measure.function()) {
      case COUNT -> values.size();
      case SUM -> sum(values);
      case AVG -> sum(values) / values.size();
      case MIN -> Collections.min(values);
      case MAX -> Collections.max(values);
      case LAST ->
          Collections.max(
                  window, Comparator.comparingLong(Point::timestampMs).thenComparing(Point::value))
              .value();
      case PERCENTILE -> {
        Collections.sort(values);
        yield inSketch(values.get((int) (parameter * (values.size() - 1))));
      }
      case SHARE_ABOVE ->
          (double) values.stream().filter(value -> inSketch(value) > parameter).count()
              / values.size();
      case SHARE_BELOW ->
          (double) values.stream().filter(value -> inSketch(value) < parameter).count()
              / values.size();
    };
  }

  private static double sum(List<Double> values) {
    return values.stream()
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .doubleValue();
  }

  /** What a sketch takes a value for: the middle of its bin. */
  private static double inSketch(double value) {
    SketchBuffer alone = new SketchBuffer();
    alone.accept(value);
    return alone.quantile(0);
  }
}
