package tidemark.gameday;

import java.util.List;
import tidemark.state.monitor.VerdictMark;

/** Judges all that the job has stored and told in {@link RulesGame}, and prints what it found. */
final class RulesJudge {
  private final Journal journal;
  private final PointLog points;
  private final BeatLog beats;
  private final int partitions;
  private final VerdictLog log;

  RulesJudge(Journal journal, PointLog points, BeatLog beats, int partitions, VerdictLog log) {
    this.journal = journal;
    this.points = points;
    this.beats = beats;
    this.partitions = partitions;
    this.log = log;
  }

  /** Whether all is as it must be. */
  boolean judge(StoredTables tables, List<QuietDelays.Phase> quiet) {
    Timeline timeline = new Timeline(log.definitions());
    Findings findings = new Findings();
    boolean areRowsGood = judgeRows(tables, timeline, findings);
    List<VerdictLog.Told> told = log.verdicts();
    List<VerdictLog.ToldAlert> alerts = log.alerts();
    journal.step("judging %,d verdicts and %,d alerts".formatted(told.size(), alerts.size()));
    VerdictJudge verdicts = new VerdictJudge(points, beats, partitions, timeline, findings);
    verdicts.judge(told);
    new StallJudge(beats, findings).judge(told);
    new AlertJudge(timeline, findings).judge(told, alerts);
    printVerdicts(told, alerts, verdicts);
    printDelays(new QuietDelays(told, quiet));
    findings.examples().forEach(journal::fault);
    journal.figure("verdict on verdicts and alerts", findings.text());
    return areRowsGood && findings.isEmpty() && verdicts.windows() > 0;
  }

  private boolean judgeRows(StoredTables tables, Timeline timeline, Findings findings) {
    WantedRows wanted = new WantedRows(points, timeline);
    StoredTables.Rows stored = tables.rows(StoredTables.MAIN);
    List<Commit> commits = tables.commits(StoredTables.MAIN);
    Verdict plain = Judge.judge(wanted.rows(), stored, commits, key -> !WantedRows.isCoarser(key));
    Verdict coarser = Judge.judge(wanted.rows(), stored, commits, WantedRows::isCoarser);
    plain.examples().forEach(journal::fault);
    coarser.examples().forEach(journal::fault);
    long laterFromMs =
        timeline.rules().stream()
            .filter(span -> span.definition().name().equals(TwinRules.LATER))
            .mapToLong(Timeline.Span::fromMs)
            .max()
            .orElse(Long.MAX_VALUE);
    long ofTwin = TwinRules.compare(stored, laterFromMs, findings);
    journal.figure("points sent", "%,d".formatted(points.size()));
    journal.figure("points that rules dropped", "%,d".formatted(wanted.dropped()));
    journal.figure("versions of rules in force", timeline.rules().size());
    journal.figure("verdict on plain series", plain.text());
    journal.figure("verdict on coarser series", coarser.text());
    journal.figure(
        "rows of a later rule equal to the first's",
        "%,d compared, %d differ".formatted(ofTwin, findings.count(TwinRules.UNEQUAL)));
    return plain.isGood() && coarser.isGood() && ofTwin > 0;
  }

  private void printVerdicts(
      List<VerdictLog.Told> told, List<VerdictLog.ToldAlert> alerts, VerdictJudge verdicts) {
    journal.figure("verdicts read", "%,d".formatted(told.size()));
    journal.figure("windows judged", "%,d".formatted(verdicts.windows()));
    journal.figure("verdicts proven", "%,d".formatted(verdicts.proven()));
    journal.figure("verdicts estimated", "%,d".formatted(verdicts.estimated()));
    journal.figure(
        "amendments",
        "%,d".formatted(told.stream().filter(t -> t.verdict().is(VerdictMark.AMENDED)).count()));
    journal.figure(
        "INCOMPLETEs",
        "%,d".formatted(told.stream().filter(VerdictLog.Told::isIncomplete).count()));
    journal.figure("early alerts", "%,d".formatted(verdicts.early()));
    journal.figure("false verdicts", verdicts.faults());
    journal.figure(
        "verdicts of which only the number of points was decided",
        "%,d".formatted(verdicts.undecided()));
    journal.figure("alerts read", "%,d".formatted(alerts.size()));
  }

  private void printDelays(QuietDelays delays) {
    journal.figure("verdict in its topic after its window's end, quiet", delays.text());
    journal.figure(
        "within 3 s: 2 s and the heartbeat interval of 1 s",
        delays.withinText(QuietDelays.BOUND_MS));
    journal.figure(
        "within 4 s: and the 1 s that the injector keeps back",
        delays.withinText(QuietDelays.BOUND_WITH_DELAY_MS));
  }
}
