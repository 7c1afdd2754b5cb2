package tidemark.gameday;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/**
 * Judges verdicts by a recomputation from the points that were sent.
 *
 * <p>The last word on each window must be what all its points say, and there must be one for each
 * window of each known group and no other. Each proven verdict on the way must count all points
 * that were sent before the heartbeats of its watermark, and of the late ones that were sent until
 * it came any that make its value: which of them had been read by then, only their number tells. An
 * early alert must not be contradicted by the last word.
 */
final class VerdictJudge {
  static final String MISSING = "windows without a last word";
  static final String EXTRA = "windows that must not be judged";
  static final String DIFFERENT = "last words that are not what the points say";
  static final String FALSE = "proven verdicts that contradict points sent before";
  static final String EARLY = "early alerts contradicted";
  static final String UNNAMED = "verdicts with a wrong name";

  private final PointLog points;
  private final BeatLog beats;
  private final int partitions;
  private final Timeline timeline;
  private final Findings findings;
  private final Map<Long, int[]> cuts = new HashMap<>();
  private final LateSubsets subsets;
  private long windows;
  private long proven;
  private long estimated;
  private long early;

  /** Whom a verdict is about. */
  private record Subject(String org, String monitor, int version) {}

  VerdictJudge(
      PointLog points, BeatLog beats, int partitions, Timeline timeline, Findings findings) {
    this.points = points;
    this.beats = beats;
    this.partitions = partitions;
    this.timeline = timeline;
    this.findings = findings;
    this.subsets = new LateSubsets(points);
  }

  /** Windows that had to be judged, and were compared. */
  long windows() {
    return windows;
  }

  /** Proven verdicts of complete windows that were held against what had been sent. */
  long proven() {
    return proven;
  }

  /** Verdicts of complete windows that do not claim to be proven: their last word counts only. */
  long estimated() {
    return estimated;
  }

  long early() {
    return early;
  }

  /** Proven verdicts with so many late points that only their number was held against it. */
  long undecided() {
    return subsets.undecided();
  }

  /** Proven or early words that the points contradict. */
  long faults() {
    return findings.count(FALSE) + findings.count(EARLY);
  }

  void judge(List<VerdictLog.Told> told) {
    Map<Subject, Map<List<String>, Map<Long, List<VerdictLog.Told>>>> all = new HashMap<>();
    for (VerdictLog.Told each : told) {
      Verdict verdict = each.verdict();
      requireName(verdict);
      all.computeIfAbsent(
              new Subject(
                  verdict.subject().org(),
                  verdict.subject().monitor(),
                  verdict.subject().version()),
              subject -> new HashMap<>())
          .computeIfAbsent(verdict.subject().group(), group -> new TreeMap<>())
          .computeIfAbsent(verdict.windowEndMs(), endMs -> new ArrayList<>())
          .add(each);
    }
    for (Timeline.Span<Monitor> span : timeline.monitors()) {
      Monitor monitor = span.definition();
      Map<List<String>, Map<Long, List<VerdictLog.Told>>> ofVersion =
          all.remove(new Subject(monitor.org(), monitor.name(), monitor.version()));
      judge(new WatchedPoints(span, points), ofVersion == null ? Map.of() : ofVersion);
    }
    all.forEach(
        (subject, groups) ->
            groups.values().forEach(group -> group.values().forEach(this::refuseFinal)));
  }

  /** One id is one window of one group. */
  private void requireName(Verdict verdict) {
    if (!verdict.id().equals(verdict.subject().verdictId(verdict.windowEndMs()))) {
      findings.fault(UNNAMED, verdict.toString());
    }
  }

  private void judge(
      WatchedPoints watched, Map<List<String>, Map<Long, List<VerdictLog.Told>>> told) {
    Set<List<String>> groups = new HashSet<>(watched.groups());
    groups.addAll(told.keySet());
    for (List<String> group : groups) {
      judgeGroup(watched, group, told.getOrDefault(group, new TreeMap<>()));
    }
  }

  private void judgeGroup(
      WatchedPoints watched, List<String> group, Map<Long, List<VerdictLog.Told>> told) {
    NavigableSet<Long> wanted = watched.judgedEnds(group);
    told.forEach(
        (endMs, ofWindow) -> {
          if (!wanted.contains(endMs)) {
            refuseFinal(ofWindow);
          }
        });
    StatusModel.State before = StatusModel.FIRST;
    long beforeMs = Long.MIN_VALUE;
    for (long endMs : wanted) {
      windows++;
      if (endMs - watched.monitor().stepMs() != beforeMs) {
        before = StatusModel.FIRST;
      }
      List<VerdictLog.Told> ofWindow = told.getOrDefault(endMs, List.of());
      before = judgeWindow(watched, group, endMs, ofWindow, before);
      beforeMs = endMs;
    }
  }

  /** An open window may be told early or held when the version's end is not known yet. */
  private void refuseFinal(List<VerdictLog.Told> ofWindow) {
    ofWindow.stream()
        .filter(VerdictLog.Told::isFinal)
        .findFirst()
        .ifPresent(each -> findings.fault(EXTRA, each.verdict().toString()));
  }

  private StatusModel.State judgeWindow(
      WatchedPoints watched,
      List<String> group,
      long endMs,
      List<VerdictLog.Told> ofWindow,
      StatusModel.State before) {
    int[] inWindow = watched.window(group, endMs);
    Optional<VerdictLog.Told> last = VerdictLog.lastWord(ofWindow);
    if (last.isEmpty() || !last.get().isFinal()) {
      findings.fault(
          MISSING, "%s %s to %d, found %s".formatted(watched.monitor().name(), group, endMs, last));
      return before;
    }
    Verdict word = last.get().verdict();
    WindowSample sample = watched.sample(inWindow, point -> true);
    StatusModel.State state = StatusModel.of(watched.monitor(), word.value(), before);
    if (word.points() != sample.count()
        || !sample.isWorth(word.value())
        || word.status() != state.status()) {
      findings.fault(
          DIFFERENT,
          "wanted %s of %s after %s, found %s"
              .formatted(state.status(), sample.text(), before, word));
    }
    for (VerdictLog.Told each : ofWindow) {
      if (each.isFinal()) {
        judgeOnTheWay(watched, inWindow, each);
      } else if (each.verdict().is(VerdictMark.EARLY)) {
        early++;
        if (word.status() != VerdictStatus.ALERT) {
          findings.fault(EARLY, "%s, and then %s".formatted(each.verdict(), word));
        }
      }
    }
    return state;
  }

  private void judgeOnTheWay(WatchedPoints watched, int[] inWindow, VerdictLog.Told told) {
    Verdict verdict = told.verdict();
    if (verdict.evidence().completeness() != Completeness.PROVEN) {
      estimated++;
      return;
    }
    proven++;
    int[] cut = cut(verdict.evidence().watermarkMs());
    if (cut.length == 0) {
      findings.fault(FALSE, "no heartbeats for its watermark: " + verdict);
      return;
    }
    int lastBeat = beats.lastStartedAt(told.arrivedMs());
    IntPredicate isSentBefore = point -> points.beat(point) <= cut[points.partition(point)];
    IntPredicate isSent = point -> points.beat(point) <= lastBeat;
    boolean isTrue =
        StatusModel.possible(watched.monitor(), verdict.value()).contains(verdict.status())
            && subsets.canBe(
                watched, inWindow, verdict.points(), verdict.value(), isSentBefore, isSent);
    if (!isTrue) {
      findings.fault(
          FALSE,
          "sent before: %s, until it came: %s, found %s"
              .formatted(
                  watched.sample(inWindow, isSentBefore).text(),
                  watched.sample(inWindow, isSent).text(),
                  verdict));
    }
  }

  /** For each partition the beat up to which a watermark has all; empty if it has no ground. */
  private int[] cut(long watermarkMs) {
    return cuts.computeIfAbsent(
        watermarkMs,
        key -> {
          int[] cut = new int[partitions];
          try {
            for (int partition = 0; partition < partitions; partition++) {
              cut[partition] = beats.firstBehind(partition, watermarkMs);
            }
          } catch (IllegalArgumentException e) {
            return new int[0];
          }
          return cut;
        });
  }
}
