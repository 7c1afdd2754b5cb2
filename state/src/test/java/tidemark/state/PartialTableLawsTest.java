package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tables hold what the reference aggregates say, however points are spread over them and merged.
 */
class PartialTableLawsTest {
  private static final int SEEDS = 10_000;
  private static final long WINDOW_MS = 10_000;

  @ParameterizedTest
  @EnumSource
  void tablesAgreeWithTheReference(MetricType type) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<PartialTable> tables = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        tables.add(new PartialTable(2));
      }
      Map<String, Aggregate> expected = new HashMap<>();
      double[] values = AwkwardValues.next(random, 20);
      for (int from = 0, to; from < values.length; from = to) {
        to = Math.min(values.length, from + 1 + random.nextInt(4));
        long windowStartMs = random.nextInt(2) * WINDOW_MS;
        long seriesId = random.nextInt(3) - 1L;
        long[] timestampsMs = new long[values.length];
        for (int i = from; i < to; i++) {
          timestampsMs[i] = windowStartMs + random.nextInt(3);
          expected.merge(
              key(seriesId, windowStartMs),
              Aggregate.of(type, timestampsMs[i], values[i]),
              Aggregate::merge);
          values[i] += 0.0; // admission writes -0.0 as 0.0
        }
        PartialTable table = tables.get(random.nextInt(tables.size()));
        int entry = table.entry(seriesId, 7, type, windowStartMs);
        switch (type) {
          case COUNTER -> table.addDeltas(entry, values, from, to);
          case GAUGE -> table.addReadings(entry, timestampsMs, values, from, to);
          case DISTRIBUTION -> table.addSamples(entry, values, from, to);
        }
      }
      PartialTable merged = MergeTrees.merge(tables, PartialTableLawsTest::mergeInto, random);
      assertThat(contents(merged)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static PartialTable mergeInto(PartialTable target, PartialTable source) {
    PartialRow row = new PartialRow();
    for (int i = 0; i < source.size(); i++) {
      source.read(i, row);
      target.merge(row);
    }
    return target;
  }

  private static Map<String, Aggregate> contents(PartialTable table) {
    Map<String, Aggregate> contents = new HashMap<>();
    PartialRow row = new PartialRow();
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      contents.put(key(row.seriesId, row.windowStartMs), aggregate(row));
    }
    return contents;
  }

  private static Aggregate aggregate(PartialRow row) {
    SumParts sum = new SumParts(row.sum, row.low, row.rest);
    return switch (row.type) {
      case COUNTER -> new CounterAggregate(row.count, sum);
      case GAUGE ->
          new GaugeAggregate(row.count, sum, row.min, row.max, row.lastTimestampMs, row.last);
      case DISTRIBUTION -> {
        int end = row.sketchOffset + row.sketchLength;
        byte[] sketch = Arrays.copyOfRange(row.sketch, row.sketchOffset, end);
        yield new DistributionAggregate(row.count, sum, row.min, row.max, sketch, row.sketchError);
      }
    };
  }

  private static String key(long seriesId, long windowStartMs) {
    return seriesId + "@" + windowStartMs;
  }
}
