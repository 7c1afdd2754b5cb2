package tidemark.gateway.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tidemark.gateway.rules.RuleSpan;

/**
 * Divides a time range among rules whose series may be read, and the finer series for the rest.
 * Where one ends and the other begins lies between two windows of a tier that both have, so that no
 * window is there in part or twice.
 *
 * @param tiers that may be read, coarsest first
 * @param closedToMs windows that end at or before it are closed, and it is known which rules are in
 *     force for them: later ones are left to the finer series, which are a step ahead
 * @param keptFromMs by tier: windows before it are gone
 */
record RuleRanges(List<Integer> tiers, long closedToMs, Map<Integer, Long> keptFromMs) {

  /** Windows that start in [fromMs, toMs), of a rule's series or of the finer ones. */
  record Range(long fromMs, long toMs, Optional<RuleSpan> rule) {}

  RuleRanges {
    tiers = List.copyOf(tiers);
    keptFromMs = Map.copyOf(keptFromMs);
  }

  /**
   * Disjoint ranges, ascending.
   *
   * @param rules the best first
   */
  List<Range> divide(long fromMs, long toMs, List<RuleSpan> rules) {
    List<Range> ranges = new ArrayList<>();
    divide(fromMs, toMs, rules, ranges);
    return ranges;
  }

  private void divide(long fromMs, long toMs, List<RuleSpan> rules, List<Range> ranges) {
    if (fromMs >= toMs) {
      return;
    }
    if (rules.isEmpty()) {
      ranges.add(new Range(fromMs, toMs, Optional.empty()));
      return;
    }
    List<RuleSpan> others = rules.subList(1, rules.size());
    Optional<Range> own = range(rules.get(0), fromMs, toMs);
    if (own.isEmpty()) {
      divide(fromMs, toMs, others, ranges);
      return;
    }
    divide(fromMs, own.get().fromMs(), others, ranges);
    ranges.add(own.get());
    divide(own.get().toMs(), toMs, others, ranges);
  }

  /** The tiers that may be read of a rule's series, coarsest first. */
  List<Integer> tiersOf(RuleSpan span) {
    return tiers.stream().filter(tier -> span.rule().tiers().contains(tier)).toList();
  }

  private Optional<Range> range(RuleSpan span, long fromMs, long toMs) {
    List<Integer> stored = tiersOf(span);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    int finest = stored.get(stored.size() - 1);
    long begin = span.rule().fromMs();
    if (stored.size() < tiers.size()) {
      // before it, a tier that the rule does not have may be the finest that is left
      long gone = keptFromMs.getOrDefault(finest, Long.MIN_VALUE);
      begin = gone <= begin ? begin : ceil(gone, tiers.get(0));
    }
    boolean isLikeFiner = finest == tiers.get(tiers.size() - 1);
    long first = isLikeFiner || fromMs == Long.MIN_VALUE ? fromMs : ceil(fromMs, finest);
    if (begin > fromMs) {
      Optional<Integer> seam = seam(stored, begin);
      if (seam.isEmpty()) {
        return Optional.empty();
      }
      first = Math.max(first, ceil(begin, seam.get()));
    }
    long last = Math.min(toMs, floor(closedToMs, finest));
    last = isLikeFiner ? last : floor(last, finest);
    if (span.untilMs() < toMs) {
      Optional<Integer> seam = seam(stored, span.untilMs());
      if (seam.isEmpty()) {
        return Optional.empty();
      }
      last = Math.min(last, floor(span.untilMs(), seam.get()));
    }
    return first < last ? Optional.of(new Range(first, last, Optional.of(span))) : Optional.empty();
  }

  /**
   * The finest tier that both series still have around a time; the coarsest of all always is one,
   * since no window of it is divided then.
   */
  private Optional<Integer> seam(List<Integer> stored, long ms) {
    int coarsest = tiers.get(0);
    for (int i = stored.size() - 1; i >= 0; i--) {
      int tier = stored.get(i);
      long keptMs = keptFromMs.getOrDefault(tier, Long.MIN_VALUE);
      if (tier == coarsest || keptMs <= floor(ms, coarsest)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }

  private static long ceil(long ms, int tierSeconds) {
    return ms == Long.MAX_VALUE ? ms : -floor(-ms, tierSeconds);
  }

  private static long floor(long ms, int tierSeconds) {
    long tierMs = tierSeconds * 1000L;
    return ms == Long.MAX_VALUE || ms == Long.MIN_VALUE ? ms : Math.floorDiv(ms, tierMs) * tierMs;
  }
}
