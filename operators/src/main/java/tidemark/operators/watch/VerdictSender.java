package tidemark.operators.watch;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import tidemark.serde.flink.JudgedWindow;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.verdict.VerdictCodec;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.MonitorWindows;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/**
 * Makes verdicts of what was judged, with what they rest on, and sends them on in batches, each of
 * one key group. Counts them. Not thread-safe.
 */
final class VerdictSender {
  private final WatchConfig settings;
  private final Consumer<PartialBatch> verdicts;
  private final Consumer<Alert> alerts;
  private final VerdictCodec codec = new VerdictCodec();
  private final PartialBatch batch = new PartialBatch(1 << 12);

  private IntakeStatus status = IntakeStatus.empty();
  private String offsets = status.offsetsJson();
  private long watermarkMs = Long.MIN_VALUE;
  private long firstWatermarkMs = Long.MIN_VALUE;
  private Completeness completeness = Completeness.ESTIMATED;

  private final Counter verdictsSent;
  private final Counter alertsSent;
  private final Counter verdictsLate;
  private final Counter verdictsEarly;
  private final Counter verdictsIncomplete;
  private final Counter amendments;

  VerdictSender(
      WatchConfig settings,
      Consumer<PartialBatch> verdicts,
      Consumer<Alert> alerts,
      MetricGroup metrics) {
    this.settings = settings;
    this.verdicts = verdicts;
    this.alerts = alerts;
    verdictsSent = metrics.counter("verdictsSent");
    alertsSent = metrics.counter("alertsSent");
    verdictsLate = metrics.counter("verdictsLate");
    verdictsEarly = metrics.counter("verdictsEarly");
    verdictsIncomplete = metrics.counter("verdictsIncomplete");
    amendments = metrics.counter("amendments");
  }

  IntakeStatus status() {
    return status;
  }

  void useStatus(IntakeStatus newStatus) {
    status = newStatus;
    offsets = newStatus.offsetsJson();
    prove();
  }

  /**
   * @param firstMs the first watermark that the job ever saw: what was before it may be missing
   */
  void useWatermark(long newWatermarkMs, long firstMs) {
    watermarkMs = newWatermarkMs;
    firstWatermarkMs = firstMs;
    prove();
  }

  private void prove() {
    completeness = status.proves(watermarkMs) ? Completeness.PROVEN : Completeness.ESTIMATED;
  }

  /** What is special about a verdict, but for being late. */
  enum Occasion {
    COMPLETE,
    EARLY,
    AMENDED,
    INCOMPLETE
  }

  /**
   * Sends a verdict, and an alert if it changes the status.
   *
   * @param before status that it changes, or not; no alert follows from an incomplete window
   */
  void send(
      WatchedGroup group,
      MonitorWindows windows,
      long endMs,
      JudgedWindow window,
      VerdictStatus before,
      Occasion occasion) {
    boolean isHeld = occasion == Occasion.INCOMPLETE;
    Evidence evidence =
        new Evidence(
            watermarkMs,
            windows.startOf(endMs) > firstWatermarkMs ? completeness : Completeness.ESTIMATED,
            offsets,
            isHeld ? List.copyOf(status.stalled()) : List.of());
    Verdict verdict =
        new Verdict(
            group.subject.verdictId(endMs),
            window.revision(),
            group.subject,
            windows.startOf(endMs),
            endMs,
            window.judgement().status(),
            window.value(),
            window.points(),
            evidence,
            marks(endMs, occasion));
    append(group.keyGroup, verdict);
    count(verdict);
    if (!isHeld && verdict.status() != before) {
      alertsSent.inc();
      alerts.accept(new Alert(verdict, before));
    }
  }

  private Set<VerdictMark> marks(long endMs, Occasion occasion) {
    Set<VerdictMark> marks = EnumSet.noneOf(VerdictMark.class);
    if (occasion == Occasion.EARLY) {
      marks.add(VerdictMark.EARLY);
    }
    if (occasion == Occasion.AMENDED) {
      marks.add(VerdictMark.AMENDED);
    }
    boolean isOld =
        status.nowMs() != IntakeStatus.UNKNOWN && status.nowMs() - endMs > settings.lateAfterMs();
    if (isOld && occasion != Occasion.INCOMPLETE) {
      marks.add(VerdictMark.LATE);
    }
    return marks;
  }

  private void count(Verdict verdict) {
    verdictsSent.inc();
    if (verdict.status() == VerdictStatus.INCOMPLETE) {
      verdictsIncomplete.inc();
    }
    for (VerdictMark mark : verdict.marks()) {
      switch (mark) {
        case EARLY -> verdictsEarly.inc();
        case LATE -> verdictsLate.inc();
        case AMENDED -> amendments.inc();
      }
    }
  }

  private void append(int keyGroup, Verdict verdict) {
    if (batch.isEmpty() || batch.keyGroup() != keyGroup) {
      flush();
      batch.reset(PartialBatch.Kind.VERDICTS, keyGroup, PartialBatch.OPEN);
    }
    codec.append(verdict, batch);
    if (batch.length() >= settings.batchBytes()) {
      flush();
    }
  }

  /** To be called before anything else is sent on that must come behind. */
  void flush() {
    if (!batch.isEmpty()) {
      verdicts.accept(batch);
      batch.setLength(0);
    }
  }
}
