package tidemark.cli.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Definition.Kind;
import tidemark.state.definition.Removal;

final class DefinitionChangeTest {
  private static final long FROM_MS = 600_000;

  private static List<WantedDefinition> wanted(String... namesAndLimits) {
    StringBuilder yaml = new StringBuilder("org: acme\nrules:\n");
    for (String each : namesAndLimits) {
      String[] parts = each.split("=", 2);
      yaml.append(
          "- {name: %s, metric: m, keep: [a], max_series: %s}%n".formatted(parts[0], parts[1]));
    }
    return DefinitionFile.parse(yaml.toString(), "f").wanted();
  }

  private static DefinitionSet with(DefinitionSet set, List<DefinitionChange> changes) {
    DefinitionSet all = set;
    for (DefinitionChange change : changes) {
      all = all.with(change.definition(), 0);
    }
    return all;
  }

  private static List<String> told(List<DefinitionChange> changes) {
    return changes.stream()
        .map(
            change ->
                "%s %d %d %s"
                    .formatted(
                        change.definition().name(),
                        change.definition().version(),
                        change.definition().fromMs(),
                        change.isNew()))
        .toList();
  }

  @Test
  void onlyWhatChangedBecomesTheNextVersion() {
    List<DefinitionChange> first =
        DefinitionChange.toReach(wanted("a=1", "b=2"), DefinitionSet.empty(), FROM_MS);
    assertThat(told(first)).containsExactly("a 1 600000 true", "b 1 600000 true");
    DefinitionSet known = with(DefinitionSet.empty(), first);
    assertThat(told(DefinitionChange.toReach(wanted("b=2", "a=1"), known, 2 * FROM_MS)))
        .containsExactly("b 1 600000 false", "a 1 600000 false");
    List<DefinitionChange> second =
        DefinitionChange.toReach(wanted("a=1", "b=3", "c=1"), known, 2 * FROM_MS);
    assertThat(told(second))
        .containsExactly("a 1 600000 false", "b 2 1200000 true", "c 1 1200000 true");
  }

  @Test
  void aNameThatWasRemovedGoesOnCounting() {
    DefinitionSet known =
        with(
            DefinitionSet.empty(),
            DefinitionChange.toReach(wanted("a=1"), DefinitionSet.empty(), FROM_MS));
    DefinitionChange end = DefinitionChange.toRemove(Kind.RULE, "acme", "a", known, 2 * FROM_MS);
    assertThat(end.definition()).isEqualTo(new Removal(Kind.RULE, "acme", "a", 2, 2 * FROM_MS));
    DefinitionSet removed = with(known, List.of(end));
    assertThat(told(DefinitionChange.toReach(wanted("a=1"), removed, 3 * FROM_MS)))
        .containsExactly("a 3 1800000 true");
  }

  @Test
  void onlyWhatIsThereCanBeRemoved() {
    DefinitionSet known =
        with(
            DefinitionSet.empty(),
            DefinitionChange.toReach(wanted("a=1"), DefinitionSet.empty(), FROM_MS));
    assertThatThrownBy(() -> DefinitionChange.toRemove(Kind.MONITOR, "acme", "a", known, FROM_MS))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessage("org acme has no monitor a: tidemark monitors list tells what there is");
    Definition end = DefinitionChange.toRemove(Kind.RULE, "acme", "a", known, FROM_MS).definition();
    DefinitionSet removed = known.with(end, 0);
    assertThatThrownBy(() -> DefinitionChange.toRemove(Kind.RULE, "acme", "a", removed, FROM_MS))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessage("org acme has no rule a: tidemark rules list tells what there is");
  }

  @Test
  void countsFromTheFirstFullMinuteAfterTheLead() {
    assertThat(DefinitionChange.fromMs(0, 15_000)).isEqualTo(60_000);
    assertThat(DefinitionChange.fromMs(45_000, 15_000)).isEqualTo(60_000);
    assertThat(DefinitionChange.fromMs(45_001, 15_000)).isEqualTo(120_000);
    assertThat(DefinitionChange.fromMs(1_772_323_199_000L, 300_000)).isEqualTo(1_772_323_500_000L);
  }
}
