package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same points give the same bits in any order and grouping: 10,000 seeds for each type. */
class AggregateLawsTest {
  private static final int SEEDS = 10_000;

  @ParameterizedTest
  @EnumSource
  void orderAndGroupingChangeNothing(MetricType type) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<Aggregate> points = points(type, random);
      Aggregate first = MergeTrees.merge(points, Aggregate::merge, random);
      Aggregate second = MergeTrees.merge(points, Aggregate::merge, random);
      // Not through AssertJ's description: it would be made 10,000 times.
      if (!first.equals(second) || first.hashCode() != second.hashCode()) {
        throw new AssertionError(
            "seed %d: %s merged as %s and as %s".formatted(seed, points, first, second));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aggregatesSayWhatARecomputationSays(MetricType type) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      double[] values = AwkwardValues.next(random, 12);
      long[] timestampsMs = random.longs(values.length, 0, 3).toArray();
      BigDecimal exact = BigDecimal.ZERO;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      int last = 0;
      List<Aggregate> points = new ArrayList<>();
      for (int i = 0; i < values.length; i++) {
        exact = exact.add(new BigDecimal(values[i]));
        min = Math.min(min, values[i] + 0.0);
        max = Math.max(max, values[i] + 0.0);
        if (timestampsMs[i] > timestampsMs[last]
            || (timestampsMs[i] == timestampsMs[last] && values[i] > values[last])) {
          last = i;
        }
        points.add(Aggregate.of(type, timestampsMs[i], values[i]));
      }
      Aggregate merged = MergeTrees.merge(points, Aggregate::merge, random);
      String input = "seed " + seed;
      assertThat(merged.type()).as(input).isEqualTo(type);
      assertThat(merged.count()).as(input).isEqualTo(values.length);
      assertThat(merged.sum().sum()).as(input).isEqualTo(exact.doubleValue() + 0.0);
      if (merged instanceof GaugeAggregate gauge) {
        assertThat(List.of(gauge.min(), gauge.max(), gauge.last()))
            .as(input)
            .isEqualTo(List.of(min, max, values[last] + 0.0));
        assertThat(gauge.lastTimestampMs()).as(input).isEqualTo(timestampsMs[last]);
      } else if (merged instanceof DistributionAggregate distribution) {
        assertThat(List.of(distribution.quantile(0), distribution.quantile(1)))
            .as(input)
            .isEqualTo(List.of(min, max));
        assertThat(SketchBuffer.ofBytes(distribution.sketch()).count())
            .as(input)
            .isEqualTo(values.length);
      }
    }
  }

  private static List<Aggregate> points(MetricType type, Random random) {
    List<Aggregate> points = new ArrayList<>();
    for (double value : AwkwardValues.next(random, 12)) {
      points.add(Aggregate.of(type, random.nextInt(3), value));
    }
    return points;
  }
}
