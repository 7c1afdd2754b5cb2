package tidemark.cli.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;

final class JobCeilingsTest {
  private static final long DAY_MS = 86_400_000L;

  @Test
  void whatIsWithinTheDefaultsIsNotRefused() {
    JobCeilings ceilings = new JobCeilings(DefinitionSet.empty(), 0);
    assertThat(ceilings.refusal(rule("a", 1, 1_000_000))).isEmpty();
    assertThat(ceilings.refusal(monitor("24h", "1m", 100_000))).isEmpty();
  }

  @Test
  void whatIsBeyondOneIsRefusedWithTheReason() {
    JobCeilings ceilings = new JobCeilings(DefinitionSet.empty(), 0);
    assertThat(ceilings.refusal(rule("a", 1, 1_000_001)))
        .hasValue(
            "max_series of a rule must be at most 1000000, got 1000001: keep fewer tags, and ask"
                + " for fewer");
    assertThat(ceilings.refusal(monitor("1h", "1m", 100_001)).orElseThrow())
        .startsWith("max_groups of a monitor must be at most 100000, got 100001");
    assertThat(ceilings.refusal(monitor("24h", "50s", 1)).orElseThrow())
        .startsWith(
            "window of a monitor must be at most 1440 steps, got 86400 s and steps of 50 s");
  }

  @Test
  void oneFileMayNotHoldMoreNamesThanAnOrgMayHave() {
    JobCeilings ceilings = new JobCeilings(DefinitionSet.empty(), 0);
    for (int i = 0; i < 200; i++) {
      assertThat(ceilings.refusal(rule("r" + i, 1, 1))).isEmpty();
    }
    assertThat(ceilings.refusal(rule("r200", 1, 1)))
        .hasValue("org acme may have 200 rules, and r200 would be one more: remove another first");
  }

  @Test
  void versionsOfTheLastWeeksCountAndOlderOnesDoNot() {
    DefinitionSet known = DefinitionSet.empty();
    for (int version = 1; version <= 1_000; version++) {
      known = known.with(rule("a", version, 1), version * 60_000L);
    }
    assertThat(new JobCeilings(known, 1_001 * 60_000L).refusal(rule("a", 1_001, 1)).orElseThrow())
        .startsWith("rule a may have 1000 versions that ended less than 41 days ago, and version");
    assertThat(new JobCeilings(known, 42 * DAY_MS).refusal(rule("a", 1_001, 1))).isEmpty();
  }

  private static Definition rule(String name, int version, int maxSeries) {
    return only(
            "rules", "{name: %s, metric: m, keep: [a], max_series: %d}".formatted(name, maxSeries))
        .as(version, 0);
  }

  private static Definition monitor(String window, String step, int maxGroups) {
    return only(
            "monitors",
            "{name: m, metric: m, type: gauge, measure: max, window: %s, step: %s, alert: 1, max_groups: %d}"
                .formatted(window, step, maxGroups))
        .as(1, 0);
  }

  private static WantedDefinition only(String list, String entry) {
    return DefinitionFile.parse("org: acme%n%s:%n- %s%n".formatted(list, entry), "f")
        .wanted()
        .get(0);
  }
}
