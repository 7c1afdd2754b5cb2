package tidemark.serde.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;

/** What one definition and one name may have; how many names, see {@link DefinitionSetTest}. */
final class DefinitionLimitsTest {
  private static final DefinitionLimits LIMITS =
      new DefinitionLimits(10, 10, 3, 50, 60, 6, 100_000);

  @Test
  void aRuleMayAskForSoManySeriesOnly() {
    assertThat(with(rule(1, 0, 50)).all()).hasSize(1);
    assertThatThrownBy(() -> with(rule(1, 0, 51)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "max_series of a rule must be at most 50, got 51: keep fewer tags, and ask for fewer");
  }

  @Test
  void aMonitorMayAskForSoManyGroupsOnly() {
    assertThat(with(monitor(60, 60_000, 10_000)).all()).hasSize(1);
    assertThatThrownBy(() -> with(monitor(61, 60_000, 10_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "max_groups of a monitor must be at most 60, got 61: group by fewer tags, and ask for"
                + " fewer");
  }

  @Test
  void aMonitorsWindowMayHaveSoManyStepsOnly() {
    assertThat(with(monitor(1, 120_000, 20_000)).all()).hasSize(1);
    assertThatThrownBy(() -> with(monitor(1, 70_000, 10_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "window of a monitor must be at most 6 steps, got 70 s and steps of 10 s: take a longer"
                + " step, or a shorter window");
  }

  @Test
  void aNameMayHaveSoManyVersionsOnlyAndStillBeRemoved() {
    DefinitionSet three = with(rule(1, 10_000, 5), rule(2, 20_000, 5), rule(3, 30_000, 5));
    assertThatThrownBy(() -> three.with(rule(4, 40_000, 5), 0, LIMITS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "rule r may have 3 versions that ended less than 0 days ago, and version 4 would be one"
                + " more: change it less often, or define it under another name");
    assertThat(three.with(rule(4, 30_000, 5), 0, LIMITS).all()).hasSize(3); // replaces the third
    DefinitionSet ended = three.with(removal(4, 40_000), 0, LIMITS);
    assertThat(ended.all()).hasSize(4);
    assertThatThrownBy(() -> ended.with(removal(5, 50_000), 0, LIMITS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Else a new job that reads years of versions would refuse the newest ones. */
  @Test
  void versionsThatEndedLongBeforeTheRecordDoNotCount() {
    DefinitionSet set = DefinitionSet.empty();
    for (int version = 1; version <= 40; version++) {
      set = set.with(rule(version, 0, 5), version * 50_000L, LIMITS);
    }
    assertThat(set.all()).hasSize(40);
    DefinitionSet all = set;
    assertThat(all.with(rule(41, 0, 5), 2_050_000L, LIMITS).all()).hasSize(41);
    assertThatThrownBy(() -> all.with(rule(41, 0, 5), 2_010_000L, LIMITS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyLimitIsChecked() {
    assertThatThrownBy(() -> new DefinitionLimits(0, 0, 0, 1, 1, 1, 0))
        .hasMessage(
            "versions, series, groups and steps must be limited to at least 1, got 0, 1, 1, 1");
    assertThatThrownBy(() -> new DefinitionLimits(0, 0, 1, 1, 1, 1, -1))
        .hasMessage("versions must be kept for at least 0 ms, got -1");
  }

  private static DefinitionSet with(Definition... definitions) {
    DefinitionSet set = DefinitionSet.empty();
    for (Definition definition : definitions) {
      set = set.with(definition, 0, LIMITS);
    }
    return set;
  }

  private static Definition rule(int version, long fromMs, int maxSeries) {
    return json(
        """
        {"v":1,"kind":"rule","org":"acme","name":"r","version":%d,"from_ms":%d,"metric":"m",
         "keep":[],"types":["gauge"],"tiers":["10s"],"max_series":%d}
        """
            .formatted(version, fromMs, maxSeries));
  }

  private static Definition removal(int version, long fromMs) {
    return new Removal(Definition.Kind.RULE, "acme", "r", version, fromMs);
  }

  private static Definition monitor(int maxGroups, long windowMs, long stepMs) {
    return json(
        """
        {"v":1,"kind":"monitor","org":"acme","name":"m","version":1,"from_ms":0,"metric":"m",
         "type":"gauge","group_by":[],"measure":"max","window_ms":%d,"step_ms":%d,"side":"above",
         "alert":1,"no_data":"ok","new_group_delay_ms":0,"forget_group_ms":86400000,
         "max_groups":%d}
        """
            .formatted(windowMs, stepMs, maxGroups));
  }

  private static Definition json(String text) {
    return DefinitionCodec.ofJson(text.getBytes(StandardCharsets.UTF_8));
  }
}
