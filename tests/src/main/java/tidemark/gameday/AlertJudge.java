package tidemark.gameday;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictStatus;

/**
 * Holds alerts against verdicts: each tells a verdict that was told, and changes the status of that
 * window's earlier revision or of the window before; and no verdict changes it without an alert.
 * Where a restart told a window twice, any of what was told of it may have been the one before.
 */
final class AlertJudge {
  static final String ALONE = "alerts without their verdict";
  static final String UNFOUNDED = "alerts that change nothing that was told";
  static final String UNTOLD = "changes of state without an alert";

  private final Findings findings;
  private final Map<String, Long> stepsMs = new HashMap<>();
  private final Map<String, List<Verdict>> byId = new HashMap<>();

  AlertJudge(Timeline timeline, Findings findings) {
    this.findings = findings;
    for (Timeline.Span<Monitor> span : timeline.monitors()) {
      Monitor monitor = span.definition();
      stepsMs.put(key(monitor.org(), monitor.name(), monitor.version()), monitor.stepMs());
    }
  }

  private static String key(String org, String monitor, int version) {
    return org + "/" + monitor + "/" + version;
  }

  void judge(List<VerdictLog.Told> told, List<VerdictLog.ToldAlert> alerts) {
    told.stream()
        .map(VerdictLog.Told::verdict)
        .filter(verdict -> verdict.status() != VerdictStatus.INCOMPLETE)
        .forEach(
            verdict -> byId.computeIfAbsent(verdict.id(), id -> new ArrayList<>()).add(verdict));
    Set<List<Object>> alerted = new HashSet<>();
    for (VerdictLog.ToldAlert alert : alerts) {
      Verdict verdict = alert.verdict();
      alerted.add(List.of(verdict.id(), verdict.revision(), verdict.status()));
      if (byId.getOrDefault(verdict.id(), List.of()).stream()
          .noneMatch(other -> isSame(verdict, other))) {
        findings.fault(ALONE, verdict.toString());
      } else if (alert.before() == verdict.status() || !befores(verdict).contains(alert.before())) {
        findings.fault(
            UNFOUNDED,
            "from %s, not of %s: %s".formatted(alert.before(), befores(verdict), verdict));
      }
    }
    byId.values()
        .forEach(
            ofWindow ->
                ofWindow.forEach(
                    verdict -> {
                      if (!befores(verdict).contains(verdict.status())
                          && !alerted.contains(
                              List.of(verdict.id(), verdict.revision(), verdict.status()))) {
                        findings.fault(UNTOLD, "%s: %s".formatted(befores(verdict), verdict));
                      }
                    }));
  }

  private static boolean isSame(Verdict a, Verdict b) {
    return a.revision() == b.revision()
        && a.status() == b.status()
        && a.points() == b.points()
        && Double.compare(a.value(), b.value()) == 0;
  }

  /** What may have stood there before a verdict. */
  private Set<VerdictStatus> befores(Verdict verdict) {
    Set<VerdictStatus> befores = EnumSet.noneOf(VerdictStatus.class);
    byId.getOrDefault(verdict.id(), List.of()).stream()
        .filter(other -> other.revision() < verdict.revision())
        .forEach(other -> befores.add(other.status()));
    Long stepMs =
        stepsMs.get(
            key(verdict.subject().org(), verdict.subject().monitor(), verdict.subject().version()));
    if (stepMs == null) {
      return befores; // of no monitor that there was; another judge tells that
    }
    List<Verdict> ofWindowBefore =
        byId.getOrDefault(verdict.subject().verdictId(verdict.windowEndMs() - stepMs), List.of());
    ofWindowBefore.forEach(other -> befores.add(other.status()));
    if (ofWindowBefore.isEmpty()) {
      befores.add(VerdictStatus.OK);
    }
    return befores;
  }
}
