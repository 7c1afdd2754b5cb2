package tidemark.gateway.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tidemark.gateway.rules.RuleSpan;

/** Which tiers one relation is read from, and for which times from series of rules. */
final class Parts {
  private static final long SIX_HOURS_MS = 6 * 3_600_000L;
  private static final long WEEK_MS = 7 * 86_400_000L;

  private final PointsUse use;
  private final Planner.Context context;
  private final OptionalInt onlyTier;

  Parts(String relation, PointsUse use, Planner.Context context) {
    this.use = use;
    this.context = context;
    onlyTier = onlyTier(relation);
  }

  /**
   * Disjoint parts, ascending in time.
   *
   * @param rules that fit, the best first
   */
  List<Part> of(List<RuleSpan> rules) {
    List<Integer> tiers =
        onlyTier.isPresent() ? List.of(onlyTier.getAsInt()) : Pieces.fitting(use.stepSeconds());
    RuleRanges ranges =
        new RuleRanges(
            tiers,
            Math.min(context.closedToMs(), context.rules().toMs()),
            context.version().keptFromMs());
    List<Part> parts = new ArrayList<>();
    for (RuleRanges.Range range : ranges.divide(use.fromMs(), use.toMs(), rules)) {
      List<Integer> stored = range.rule().map(ranges::tiersOf).orElse(tiers);
      for (Piece piece : pieces(stored, range)) {
        parts.add(new Part(piece, range.rule()));
      }
    }
    return parts;
  }

  private List<Piece> pieces(List<Integer> tiers, RuleRanges.Range range) {
    return onlyTier.isPresent()
        ? Pieces.of(onlyTier.getAsInt(), range.fromMs(), range.toMs())
        : Pieces.coarsest(
            tiers,
            range.fromMs(),
            range.toMs(),
            context.closedToMs(),
            context.version().keptFromMs());
  }

  private OptionalInt onlyTier(String relation) {
    if (Planner.TIERS.containsKey(relation)) {
      return OptionalInt.of(Planner.TIERS.get(relation));
    }
    if (use.resolution().isPresent() || context.resolution().isPresent()) {
      return use.resolution().isPresent() ? use.resolution() : context.resolution();
    }
    return use.isTierFree() ? OptionalInt.empty() : OptionalInt.of(byRange());
  }

  /** What a screen can show: 10 s up to six hours, minutes up to a week, hours beyond. */
  private int byRange() {
    if (use.fromMs() == Long.MIN_VALUE) {
      return 10;
    }
    long lengthMs = Math.min(use.toMs(), context.closedToMs()) - use.fromMs();
    int tier = lengthMs <= SIX_HOURS_MS ? 10 : lengthMs <= WEEK_MS ? 60 : 3600;
    while (tier < 3600
        && use.fromMs() < context.version().keptFromMs().getOrDefault(tier, Long.MIN_VALUE)) {
      tier = tier == 10 ? 60 : 3600;
    }
    return tier;
  }
}
