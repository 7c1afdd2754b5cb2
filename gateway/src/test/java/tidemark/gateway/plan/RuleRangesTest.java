package tidemark.gateway.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tidemark.gateway.rules.RuleSpan;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/**
 * Whatever rules there are and whatever is gone: each 10 s is there once, in a window that its
 * series really has, and what can be read without rules is read with them.
 */
class RuleRangesTest {
  private static final int SEEDS = 5_000;
  private static final long STEP_MS = 10_000;

  /** Two days. */
  private static final int STEPS = 2 * 8_640;

  @Test
  void each10SecondsAreThereOnce() {
    System.out.println("RuleRangesTest seeds 0 to " + (SEEDS - 1));
    int withRules = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Map<Integer, Long> kept = kept(random);
      List<Integer> tiers = Pieces.fitting(List.of(0, 10, 60, 120, 3600).get(random.nextInt(5)));
      long fromMs = random.nextInt(10) == 0 ? Long.MIN_VALUE : time(random);
      long toMs = random.nextInt(10) == 0 ? Long.MAX_VALUE : time(random);
      long closedMs = time(random);
      List<RuleSpan> rules = rules(random);
      RuleRanges ranges = new RuleRanges(tiers, closedMs, kept);
      List<Part> parts = new ArrayList<>();
      for (RuleRanges.Range range : ranges.divide(fromMs, toMs, rules)) {
        List<Integer> own = range.rule().map(ranges::tiersOf).orElse(tiers);
        for (Piece piece : Pieces.coarsest(own, range.fromMs(), range.toMs(), closedMs, kept)) {
          parts.add(new Part(piece, range.rule()));
        }
      }
      List<Piece> plain = Pieces.coarsest(tiers, fromMs, toMs, closedMs, kept);
      String name = "seed " + seed + ": " + parts + " in place of " + plain + ", kept " + kept;
      boolean[] covered = covered(parts, kept, closedMs, name);
      boolean[] expected =
          covered(
              plain.stream().map(piece -> new Part(piece, Optional.empty())).toList(),
              kept,
              closedMs,
              name);
      for (int i = 0; i < STEPS; i++) {
        assertThat(covered[i]).as("step %s of %s", i, name).isEqualTo(expected[i]);
      }
      withRules += parts.stream().anyMatch(part -> part.rule().isPresent()) ? 1 : 0;
    }
    assertThat(withRules).isGreaterThan(SEEDS / 8);
  }

  /** The 10 s that are read. */
  private static boolean[] covered(
      List<Part> parts, Map<Integer, Long> kept, long closedMs, String name) {
    boolean[] covered = new boolean[STEPS];
    for (Part part : parts) {
      long tierMs = part.piece().tierSeconds() * 1000L;
      for (long start = 0; start < STEPS * STEP_MS; start += tierMs) {
        boolean isRead = part.piece().fromMs() <= start && start < part.piece().toMs();
        boolean isThere = start >= kept.getOrDefault(part.piece().tierSeconds(), 0L);
        if (!isRead || !isThere) {
          continue;
        }
        if (part.rule().isPresent()) {
          RuleSpan span = part.rule().get();
          assertThat(span.rule().tiers()).as(name).contains(part.piece().tierSeconds());
          assertThat(start).as(name).isGreaterThanOrEqualTo(span.rule().fromMs());
          assertThat(start + tierMs).as(name).isLessThanOrEqualTo(span.untilMs());
          assertThat(start + tierMs).as(name).isLessThanOrEqualTo(closedMs);
        }
        for (long at = start; at < start + tierMs && at < STEPS * STEP_MS; at += STEP_MS) {
          int step = (int) (at / STEP_MS);
          assertThat(covered[step]).as("twice at %s: %s", at, name).isFalse();
          covered[step] = true;
        }
      }
    }
    return covered;
  }

  private static long time(Random random) {
    long unit = List.of(1L, 1_000L, 10_000L, 60_000L, 3_600_000L).get(random.nextInt(5));
    return random.nextInt((int) (STEPS * STEP_MS)) / unit * unit;
  }

  /** Retention drops whole days, finer tiers before coarser ones. */
  private static Map<Integer, Long> kept(Random random) {
    Map<Integer, Long> kept = new HashMap<>();
    if (random.nextBoolean()) {
      kept.put(10, 86_400_000L);
      if (random.nextBoolean()) {
        kept.put(60, 86_400_000L);
      }
    }
    return kept;
  }

  private static List<RuleSpan> rules(Random random) {
    List<RuleSpan> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      long fromMs = time(random);
      long untilMs = random.nextInt(3) == 0 ? Long.MAX_VALUE : time(random);
      if (fromMs < untilMs) {
        Set<Integer> tiers = new HashSet<>(List.of(10, 60, 3600));
        if (random.nextInt(3) == 0) {
          tiers.remove(List.of(10, 60, 3600).get(random.nextInt(3)));
          tiers.remove(List.of(10, 60, 3600).get(random.nextInt(3)));
        }
        rules.add(new RuleSpan(rule("r" + i, fromMs, tiers), untilMs));
      }
    }
    return rules;
  }

  private static AggregationRule rule(String name, long fromMs, Set<Integer> tiers) {
    return new AggregationRule(
        "acme",
        name,
        1,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        TagChoice.KEEP,
        new TreeSet<>(),
        EnumSet.allOf(MetricType.class),
        new TreeSet<>(tiers),
        false,
        1);
  }
}
