package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WantedRowsTest {
  @Test
  void aRuleTakesThePointsOfItsTimeAndStoresItsTiers() {
    PointLog log = new PointLog();
    int one = log.addSeries(GameSamples.ONE);
    int other = log.addSeries(GameSamples.OTHER);
    log.add(one, 19_999, 1, 0, 0); // before the rule
    log.add(one, 21_000, 2, 0, 0);
    log.add(other, 22_000, 4, 0, 0);
    log.add(other, 31_000, 8, 0, 0);
    Timeline timeline = new Timeline(List.of(new Timeline.Written(GameSamples.rule(1, 0), 15_000)));

    SentRows rows = new WantedRows(log, timeline).rows();

    assertThat(rows.all().keySet().stream().filter(WantedRows::isCoarser))
        .containsExactlyInAnyOrder(all(10, 20_000), all(10, 30_000), all(60, 0));
    assertThat(rows.all().get(all(10, 20_000)).sum().intValueExact()).isEqualTo(2 + 4);
    assertThat(rows.all().get(all(60, 0)).sum().intValueExact()).isEqualTo(2 + 4 + 8);
    assertThat(rows.all().keySet().stream().filter(key -> !WantedRows.isCoarser(key))).hasSize(8);
  }

  private static RowKey all(int tier, long startMs) {
    return new RowKey(tier, "acme", "cpu@all", "gauge", "", startMs);
  }

  @Test
  void patternsAndConditionsAreThoseOfTheDocuments() {
    assertThat(Matching.matches("gameday.*.1", "gameday.gauge.1")).isTrue();
    assertThat(Matching.matches("gameday.*.1", "gamedayXgauge.1")).isFalse();
    assertThat(Matching.matches("*", "")).isTrue();
    assertThat(Matching.tagsWith(Series.ofNumber(12), "zone"::equals)).containsExactly("zone:z2");
  }
}
