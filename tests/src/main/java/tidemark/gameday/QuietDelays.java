package tidemark.gameday;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tidemark.state.monitor.VerdictMark;

/**
 * How long after its window's end a verdict was in its topic, in phases in which nothing was
 * broken: of each window the first verdict that was told of it as a complete one.
 */
final class QuietDelays {
  /**
   * A phase.
   *
   * @param fromMs by the clock
   * @param untilMs of the last windows that count; what follows is needed to tell them
   */
  record Phase(long fromMs, long untilMs) {}

  private static final long HEARTBEAT_INTERVAL_MS = 1_000;
  private static final long WANTED_MS = 2_000;

  /** What is asked for: so long after the window's end, plus the interval of heartbeats. */
  static final long BOUND_MS = WANTED_MS + HEARTBEAT_INTERVAL_MS;

  /** And what the injector keeps back, which no job can know of. */
  static final long BOUND_WITH_DELAY_MS = BOUND_MS + LiveLoad.HEARTBEAT_DELAY_MS;

  private final long[] sortedMs;

  QuietDelays(List<VerdictLog.Told> told, List<Phase> phases) {
    Map<String, Long> firstMs = new HashMap<>();
    for (VerdictLog.Told each : told) {
      long endMs = each.verdict().windowEndMs();
      boolean isQuiet =
          phases.stream().anyMatch(phase -> phase.fromMs() <= endMs && endMs <= phase.untilMs());
      if (isQuiet && each.isFinal() && !each.verdict().is(VerdictMark.AMENDED)) {
        firstMs.merge(each.verdict().id(), each.arrivedMs() - endMs, Math::min);
      }
    }
    List<Long> delaysMs = new ArrayList<>(firstMs.values());
    sortedMs = delaysMs.stream().mapToLong(delay -> delay).sorted().toArray();
  }

  /** A line for a person. */
  String text() {
    return sortedMs.length == 0
        ? "none measured"
        : String.format(
            Locale.ROOT,
            "median %.2f s, 99 %% %.2f s, longest %.2f s of %,d",
            atShare(0.5),
            atShare(0.99),
            atShare(1),
            sortedMs.length);
  }

  /** How many of them were there in time, in percent. */
  String withinText(long boundMs) {
    long within = 0;
    for (long delayMs : sortedMs) {
      within += delayMs <= boundMs ? 1 : 0;
    }
    return sortedMs.length == 0
        ? "none measured"
        : String.format(Locale.ROOT, "%.2f %%", 100.0 * within / sortedMs.length);
  }

  private double atShare(double share) {
    return sortedMs[(int) (share * (sortedMs.length - 1))] / 1e3;
  }
}
