package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SentRowsTest {
  private static final Series COUNTER = Series.ofNumber(0);
  private static final Series GAUGE = Series.ofNumber(1);
  private static final Series DISTRIBUTION = Series.ofNumber(2);

  @Test
  void pointsAddUpInEveryTier() {
    SentRows sent = new SentRows();
    sent.add(GAUGE, 59_000, 0.1);
    sent.add(GAUGE, 61_000, 1e17);
    sent.add(GAUGE, 52_000, -3);

    Map<RowKey, RowValue> rows = sent.all();

    assertThat(rows).hasSize(2 + 2 + 1);
    assertThat(rows.get(key(GAUGE, 10, 50_000)))
        .isEqualTo(
            new RowValue(2, new BigDecimal(0.1).add(new BigDecimal(-3)), -3, 0.1, 0.1, 59_000));
    assertThat(rows.get(key(GAUGE, 3600, 0)))
        .isEqualTo(
            new RowValue(
                3,
                new BigDecimal(0.1).add(new BigDecimal(-3)).add(new BigDecimal(1e17)),
                -3,
                1e17,
                1e17,
                61_000));
    assertThat(sent.points()).isEqualTo(3);
  }

  @Test
  void ofEquallyLateValuesTheLargerIsTheLast() {
    SentRows sent = new SentRows();
    sent.add(GAUGE, 1_000, 2);
    sent.add(GAUGE, 1_000, 3);
    sent.add(GAUGE, 1_000, 1);

    assertThat(sent.all().get(key(GAUGE, 10, 0)).last()).isEqualTo(3);
  }

  @Test
  void aCounterHasCountAndSumOnly() {
    SentRows sent = new SentRows();
    sent.add(COUNTER, 1_000, 2);

    assertThat(sent.all().get(key(COUNTER, 60, 0)))
        .isEqualTo(new RowValue(1, BigDecimal.valueOf(2), 0, 0, 0, 0));
  }

  @Test
  void distributionsKeepTheirSingleValuesInOrder() {
    SentRows sent = new SentRows();
    for (double value : new double[] {5, 1, 4, 2, 3, 6}) {
      sent.add(DISTRIBUTION, (long) (value * 10_000), value);
    }

    assertThat(sent.valuesOfDistributions(3600).get(key(DISTRIBUTION, 3600, 0)))
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(sent.valuesOfDistributions(10)).hasSize(6);
  }

  private static RowKey key(Series series, int tier, long startMs) {
    return new RowKey(
        tier, series.org(), series.metric(), series.type().label(), series.tagText(), startMs);
  }
}
