package tidemark.serde.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

final class DefinitionSetTest {
  private static final String ORG = "acme";

  private static AggregationRule rule(String name, int version, long fromMs, String metric) {
    return new AggregationRule(
        ORG,
        name,
        version,
        fromMs,
        new SeriesFilter(new TextPattern(metric), List.of()),
        TagChoice.KEEP,
        new TreeSet<>(),
        Set.of(MetricType.COUNTER),
        new TreeSet<>(Set.of(10)),
        false,
        100);
  }

  private static Removal removal(String name, int version, long fromMs) {
    return new Removal(Definition.Kind.RULE, ORG, name, version, fromMs);
  }

  private static DefinitionLimits limits(int rules, int monitors) {
    int any = Integer.MAX_VALUE;
    return new DefinitionLimits(rules, monitors, any, any, any, any, 0);
  }

  private static int versionAt(DefinitionSet set, String name, long ms) {
    return set.ruleAt(ORG, name, ms).map(Definition::version).orElse(0);
  }

  @Test
  void countsFromTheLaterOfItsTimeAndTheNextTenSecondsAfterTheBroker() {
    assertThat(from(0, 0)).isEqualTo(10_000);
    assertThat(from(0, 9_999)).isEqualTo(10_000);
    assertThat(from(0, 10_000)).isEqualTo(20_000);
    assertThat(from(10_000, 10_000)).isEqualTo(20_000);
    assertThat(from(20_000, 10_000)).isEqualTo(20_000);
    assertThat(from(60_000, 10_000)).isEqualTo(60_000);
  }

  private static long from(long fromMs, long brokerTimeMs) {
    DefinitionSet set = DefinitionSet.empty().with(rule("a", 1, fromMs, "m"), brokerTimeMs);
    return set.all().get(0).fromMs();
  }

  @Test
  void eachVersionIsInForceUntilTheNext() {
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 60_000, "m"), 0)
            .with(rule("a", 2, 120_000, "n"), 1)
            .with(removal("a", 3, 180_000), 2)
            .with(rule("a", 7, 240_000, "o"), 3);
    assertThat(versionAt(set, "a", 59_999)).isZero();
    assertThat(versionAt(set, "a", 60_000)).isEqualTo(1);
    assertThat(versionAt(set, "a", 119_999)).isEqualTo(1);
    assertThat(versionAt(set, "a", 120_000)).isEqualTo(2);
    assertThat(versionAt(set, "a", 180_000)).isZero();
    assertThat(versionAt(set, "a", 240_000)).isEqualTo(7);
    assertThat(set.rulesOf(ORG)).extracting(Definition::version).containsExactly(1, 2, 7);
    assertThat(set.all()).hasSize(4);
    assertThat(set.all().stream().map(set::inForceUntilMs))
        .containsExactly(120_000L, 180_000L, 240_000L, Long.MAX_VALUE);
  }

  @Test
  void aVersionThatBeginsEarlierReplacesThoseBehindIt() {
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 60_000, "m"), 0)
            .with(rule("a", 2, 120_000, "n"), 0)
            .with(rule("a", 3, 180_000, "o"), 0)
            .with(rule("a", 4, 120_000, "p"), 0);
    assertThat(set.all()).extracting(Definition::version).containsExactly(1, 4);
    assertThat(set.inForceUntilMs(set.all().get(0))).isEqualTo(120_000);
    DefinitionSet ended = set.with(removal("a", 5, 0), 0);
    assertThat(ended.all()).containsExactly(removal("a", 5, 10_000));
  }

  @Test
  void whatIsKnownIsIgnoredAndNotChanged() {
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 60_000, "m"), 0)
            .with(rule("a", 3, 120_000, "n"), 0);
    assertThat(set.with(rule("a", 3, 120_000, "n"), 500_000)).isEqualTo(set);
    assertThat(set.with(rule("a", 1, 60_000, "m"), 500_000)).isEqualTo(set);
    assertThat(set.with(rule("a", 2, 180_000, "o"), 0)).isEqualTo(set);
    assertThatThrownBy(() -> set.with(rule("a", 3, 120_000, "x"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "version 3 of rule a of org acme is known with another content: write it as a later"
                + " version");
    assertThatThrownBy(() -> set.with(removal("a", 1, 120_000), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesBeyondTheLimitAreRefusedAndRemovedOnesGiveRoom() {
    DefinitionLimits limits = limits(2, 1);
    DefinitionSet two =
        DefinitionSet.empty()
            .with(rule("a", 1, 0, "m"), 0, limits)
            .with(rule("b", 1, 0, "m"), 0, limits);
    assertThatThrownBy(() -> two.with(rule("c", 1, 0, "m"), 0, limits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("org acme may have 2 rules, and c would be one more: remove another first");
    assertThat(two.with(rule("b", 2, 0, "n"), 0, limits).all()).hasSize(2);
    RandomDefinitions random = new RandomDefinitions(1);
    assertThat(two.with(random.monitor(ORG, "c", 1, 0), 0, limits).monitorsOf(ORG)).hasSize(1);
    assertThat(two.with(random.rule("other", "c", 1, 0), 0, limits).rulesOf("other")).hasSize(1);
    DefinitionSet less = two.with(removal("a", 2, 60_000), 0, limits);
    assertThat(less.with(rule("c", 1, 0, "m"), 50_000, limits).rulesAt(ORG, 60_000))
        .extracting(Definition::name)
        .containsExactly("b", "c");
    assertThatThrownBy(
            () ->
                less.with(rule("c", 1, 0, "m"), 50_000, limits)
                    .with(rule("a", 3, 90_000, "m"), 50_000, limits))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Else an org could have any number of rules in force, each to be removed in a thousand years.
   */
  @Test
  void aNameThatIsRemovedLaterCountsUntilThen() {
    DefinitionLimits limits = limits(1, 0);
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 0, "m"), 0, limits)
            .with(removal("a", 2, 60_000), 0, limits);
    assertThatThrownBy(() -> set.with(rule("b", 1, 90_000, "m"), 49_999, limits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may have 1 rules, and b would be one more");
    assertThat(set.with(rule("a", 3, 0, "n"), 49_999, limits).rulesOf(ORG)).hasSize(2);
    assertThat(set.with(rule("b", 1, 0, "m"), 50_000, limits).rulesAt(ORG, 60_000))
        .extracting(Definition::name)
        .containsExactly("b");
  }

  @Test
  void rulesAndMonitorsShareNamesButNothingElse() {
    RandomDefinitions random = new RandomDefinitions(3);
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 0, "m"), 0)
            .with(random.monitor(ORG, "a", 1, 20_000), 0)
            .with(removal("a", 2, 40_000), 0);
    assertThat(set.rulesAt(ORG, 30_000)).hasSize(1);
    assertThat(set.monitorsAt(ORG, 10_000)).isEmpty();
    assertThat(set.monitorsAt(ORG, 50_000)).hasSize(1);
    assertThat(set.monitorAt(ORG, "a", 50_000)).isPresent();
    assertThat(set.rulesAt(ORG, 50_000)).isEmpty();
    assertThat(set.monitorAt("other", "a", 50_000)).isEmpty();
  }

  @Test
  void orgsDifferByWhateverAnyOfTheirNamesHolds() {
    AggregationRule other = new RandomDefinitions(1).rule("globex", "a", 1, 0);
    DefinitionSet first = DefinitionSet.empty().with(rule("a", 1, 0, "cpu"), 0).with(other, 0);
    assertThat(first.orgsThatDiffer(DefinitionSet.ofBytes(first.toBytes()))).isEmpty();
    assertThat(first.orgsThatDiffer(DefinitionSet.empty())).containsExactly(ORG, "globex");
    assertThat(DefinitionSet.empty().orgsThatDiffer(first)).containsExactly(ORG, "globex");
    assertThat(first.orgsThatDiffer(first.with(rule("a", 2, 90_000, "cpu"), 0)))
        .containsExactly(ORG);
    assertThat(first.orgsThatDiffer(first.with(removal("a", 2, 90_000), 0))).containsExactly(ORG);
    DefinitionSet pruned = first.with(removal("a", 2, 90_000), 0).withoutEndedBefore(90_000);
    assertThat(first.orgsThatDiffer(pruned)).containsExactly(ORG);
  }

  @Test
  void pruningDropsWhatIsOver() {
    DefinitionSet set =
        DefinitionSet.empty()
            .with(rule("a", 1, 60_000, "m"), 0)
            .with(rule("a", 2, 120_000, "n"), 0)
            .with(removal("a", 3, 180_000), 0);
    assertThat(set.withoutEndedBefore(119_999)).isEqualTo(set);
    assertThat(set.withoutEndedBefore(120_000).all())
        .extracting(Definition::version)
        .containsExactly(2, 3);
    assertThat(set.withoutEndedBefore(179_999).all()).hasSize(2);
    assertThat(set.withoutEndedBefore(180_000)).isEqualTo(DefinitionSet.empty());
  }

  /** A model that keeps every record, and asks for each window anew. */
  @Test
  void answersAreThoseOfAllRecordsInTheirOrder() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Definition> records = new ArrayList<>();
      List<Long> brokerTimes = new ArrayList<>();
      DefinitionSet whole = DefinitionSet.empty();
      DefinitionSet pruned = DefinitionSet.empty();
      long brokerMs = 0;
      for (int version = 1; version <= 30; version++) {
        brokerMs += random.nextInt(20_000);
        long fromMs = random.nextInt(4) == 0 ? 0 : brokerMs + 10_000L * random.nextInt(10);
        Definition record =
            random.nextInt(4) == 0
                ? removal("a", version, fromMs)
                : rule("a", version, fromMs, "m");
        records.add(record);
        brokerTimes.add(brokerMs);
        whole = whole.with(record, brokerMs);
        pruned = pruned.with(record, brokerMs).withoutEndedBefore(brokerMs);
        assertThat(DefinitionSet.ofBytes(pruned.toBytes())).isEqualTo(pruned);
        for (long ms = brokerMs / 10_000 * 10_000; ms < brokerMs + 200_000; ms += 10_000) {
          int expected = modelVersionAt(records, brokerTimes, ms);
          assertThat(versionAt(whole, "a", ms)).as("seed %d at %d", seed, ms).isEqualTo(expected);
          if (ms >= brokerMs) {
            assertThat(versionAt(pruned, "a", ms))
                .as("seed %d at %d", seed, ms)
                .isEqualTo(expected);
          }
        }
      }
      assertThat(pruned.all().size()).isLessThan(15);
    }
  }

  /** The last record that begins by then decides, for its content and for whether it ends. */
  private static int modelVersionAt(List<Definition> records, List<Long> brokerTimes, long ms) {
    for (int i = records.size() - 1; i >= 0; i--) {
      long nextMs = (brokerTimes.get(i) / 10_000 + 1) * 10_000;
      if (Math.max(records.get(i).fromMs(), nextMs) <= ms) {
        return records.get(i) instanceof Removal ? 0 : records.get(i).version();
      }
    }
    return 0;
  }

  @Test
  void bytesComeBackAndBrokenOnesAreRefused() {
    DefinitionSet set = DefinitionSet.empty();
    for (long seed = 0; seed < 200; seed++) {
      set = set.with(new RandomDefinitions(seed).next().withFrom(seed * 10_000), seed);
    }
    byte[] bytes = set.toBytes();
    assertThat(DefinitionSet.ofBytes(bytes)).isEqualTo(set);
    assertThat(DefinitionSet.ofBytes(DefinitionSet.empty().toBytes()))
        .isEqualTo(DefinitionSet.empty());
    for (int length : new int[] {0, 1, 4, 5, 8, 9, 100, bytes.length - 1, bytes.length + 1}) {
      assertThatThrownBy(() -> DefinitionSet.ofBytes(Arrays.copyOf(bytes, length)))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] later = bytes.clone();
    later[0] = 2;
    assertThatThrownBy(() -> DefinitionSet.ofBytes(later))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("format of a definition set must be 1, found 2");
  }

  @Test
  void layoutOfTheBytesIsFrozen() {
    byte[] json = DefinitionCodec.toJson(removal("a", 1, 10_000));
    byte[] bytes = DefinitionSet.empty().with(removal("a", 1, 0), 5).toBytes();
    assertThat(bytes).hasSize(9 + json.length).endsWith(json);
    assertThat(Arrays.copyOf(bytes, 9)).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, json.length);
    assertThat(DefinitionSet.ofBytes(bytes).ruleAt(ORG, "a", 10_000)).isEqualTo(Optional.empty());
  }

  @Test
  void limitsMustNotBeNegative() {
    assertThatThrownBy(() -> limits(1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an org must be allowed at least 0 rules and monitors, got 1 and -1");
  }
}
