package tidemark.gameday;

import java.util.List;

/**
 * Holds verdicts against stalls: while a partition has no heartbeats, windows that are over are
 * told INCOMPLETE with its name and no other, and nothing else is told of them.
 */
final class StallJudge {
  static final String SILENT = "stalls without an INCOMPLETE";
  static final String MISNAMED = "INCOMPLETEs of a stall that name another partition";
  static final String HASTY = "verdicts on windows that a stall held";

  private final BeatLog beats;
  private final Findings findings;

  StallJudge(BeatLog beats, Findings findings) {
    this.beats = beats;
    this.findings = findings;
  }

  void judge(List<VerdictLog.Told> told) {
    for (BeatLog.Stall stall : beats.stalls()) {
      int incomplete = 0;
      for (VerdictLog.Told each : told) {
        if (each.arrivedMs() < stall.fromMs() || each.arrivedMs() >= stall.untilMs()) {
          continue;
        }
        if (each.isIncomplete()) {
          incomplete++;
          requireName(each, stall);
        } else if (each.isFinal() && each.verdict().windowEndMs() > stall.promisedMs()) {
          findings.fault(HASTY, "%s of %s".formatted(each, stall));
        }
      }
      if (incomplete == 0) {
        findings.fault(SILENT, stall.toString());
      }
    }
  }

  private void requireName(VerdictLog.Told told, BeatLog.Stall stall) {
    List<String> holding = List.of(VerdictLog.partitionName(stall.partition()));
    if (!told.verdict().evidence().holding().equals(holding)) {
      findings.fault(MISNAMED, "wanted %s, found %s".formatted(holding, told.verdict()));
    }
  }
}
