package tidemark.serde.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tidemark.serde.catalog.ReplayOrigin.Coarser;
import tidemark.serde.catalog.ReplayOrigin.Rule;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

class ReplayOriginTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final PointSelection ACME =
      new PointSelection(List.of("acme"), List.of(), HOUR_MS, 5 * HOUR_MS);

  @Test
  void itsJsonTellsAll() {
    ReplayOrigin plain = new ReplayOrigin(7, "3-a", "{}", ACME, Coarser.NONE);
    ReplayOrigin asItIs =
        new ReplayOrigin(
            7,
            "3-a",
            "{}",
            ACME,
            Coarser.AS_IT_IS,
            42,
            Set.of(new Rule("acme", "by-host"), new Rule("a/\"b\"", "x")),
            "hash");
    for (ReplayOrigin origin : List.of(plain, asItIs)) {
      assertThat(ReplayOrigin.ofJson(origin.toJson())).isEqualTo(origin);
    }
  }

  /** As branches have them that were made before rules could be replayed. */
  @Test
  void jsonWithoutRulesIsRead() {
    String text =
        "{\"base\":7,\"base_epoch\":\"3-a\",\"offsets\":\"{}\",\"from_ms\":3600000,"
            + "\"to_ms\":18000000,\"orgs\":[\"acme\"],\"coarser\":\"NONE\"}";
    assertThat(ReplayOrigin.ofJson(text))
        .isEqualTo(new ReplayOrigin(7, "3-a", "{}", ACME, Coarser.NONE));
  }

  @Test
  void rowsOfCoarserSeriesAreCoveredByTheRulesThatWereReplayed() {
    ReplayOrigin none = new ReplayOrigin(7, "", "{}", ACME, Coarser.NONE);
    ReplayOrigin asItWas = new ReplayOrigin(7, "", "{}", ACME, Coarser.AS_IT_WAS, 9, Set.of(), "h");
    ReplayOrigin asItIs =
        new ReplayOrigin(
            7, "", "{}", ACME, Coarser.AS_IT_IS, 9, Set.of(new Rule("acme", "kept")), "h");
    assertThat(List.of(none, asItWas, asItIs))
        .allMatch(origin -> origin.covers(10, "acme", "cpu"))
        .noneMatch(origin -> origin.covers(10, "globex", "cpu@kept"));
    assertThat(none.covers(60, "acme", "cpu@kept")).isFalse();
    assertThat(asItWas.covers(60, "acme", "cpu@kept")).isTrue();
    assertThat(asItWas.covers(60, "acme", "cpu@removed")).isTrue();
    assertThat(asItIs.covers(60, "acme", "cpu@kept")).isTrue();
    assertThat(asItIs.covers(60, "acme", "cpu@removed")).isFalse();
  }

  @Test
  void aReplayOfSomeMetricsCoversTheirCoarserSeriesOnly() {
    PointSelection cpu =
        new PointSelection(
            List.of(), List.of(new TextPattern("cpu")), Long.MIN_VALUE, Long.MAX_VALUE);
    ReplayOrigin origin = new ReplayOrigin(7, "", "{}", cpu, Coarser.AS_IT_WAS);
    assertThat(origin.covers(10, "acme", "cpu@sum")).isTrue();
    assertThat(origin.covers(10, "acme", "mem@sum")).isFalse();
  }

  @Test
  void namesOfRulesAreBounded() {
    Set<Rule> many = new HashSet<>();
    for (int i = 0; i <= ReplayOrigin.MAX_RULES; i++) {
      many.add(new Rule("acme", "rule-" + i));
    }
    assertThatThrownBy(() -> new ReplayOrigin(7, "", "{}", ACME, Coarser.AS_IT_IS, 9, many, "h"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a replay by the rules of now may have 5000 of them, got 5001: replay fewer orgs at a time");
  }
}
