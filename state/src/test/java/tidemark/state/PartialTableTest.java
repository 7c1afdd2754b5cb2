package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialTableTest {
  private record Key(long seriesId, int name, long windowMs) {}

  /** Grows, is emptied and filled again, in the same order as before and in another. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyRowIsFoundAgainAndStandsWhereItCame(long seed) {
    Random random = new Random(seed);
    PartialTable table = new PartialTable(1 + random.nextInt(20));
    for (int round = 0; round < 12; round++) {
      List<Key> keys = new ArrayList<>();
      int rows = random.nextInt(3) == 0 ? random.nextInt(5) : random.nextInt(3_000);
      for (int i = 0; i < rows; i++) {
        keys.add(new Key(random.nextLong(), random.nextInt(3), random.nextInt(3) * 10_000L));
        if (random.nextInt(10) == 0) { // a neighbour in one thing only
          Key last = keys.get(keys.size() - 1);
          keys.add(new Key(last.seriesId, last.name + 1, last.windowMs));
          keys.add(new Key(last.seriesId, last.name, last.windowMs + 10_000L));
        }
      }
      Map<Key, Long> expected = new LinkedHashMap<>();
      for (int pass = 0; pass < 3 && !keys.isEmpty(); pass++) {
        for (int i = 0; i < keys.size(); i++) {
          if (random.nextInt(1_000) == 0) {
            table.reserve(random.nextInt(4_000));
          }
          Key key = pass == 1 ? keys.get(random.nextInt(keys.size())) : keys.get(i);
          int entry = table.entry(key.seriesId, key.name, MetricType.COUNTER, key.windowMs);
          table.addDeltas(entry, new double[] {1}, 0, 1);
          expected.merge(key, 1L, Long::sum);
        }
      }
      assertThat(counts(table)).as("seed %s, round %s", seed, round).isEqualTo(expected);
      assertThat(new ArrayList<>(counts(table).keySet()))
          .containsExactlyElementsOf(expected.keySet());
      assertThat(table.memoryBytes()).isGreaterThanOrEqualTo(80L * table.size());
      table.clear();
      assertThat(table.size()).isZero();
    }
  }

  private static Map<Key, Long> counts(PartialTable table) {
    Map<Key, Long> counts = new LinkedHashMap<>();
    PartialRow row = new PartialRow();
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      assertThat(row.sum).isEqualTo((double) row.count);
      counts.put(new Key(row.seriesId, row.name, row.windowStartMs), row.count);
    }
    return counts;
  }

  @Test
  void aTableDoesNotGrowWhileThereIsRoomForItsRows() {
    PartialTable table = new PartialTable(1);
    table.reserve(1_000);
    long bytes = table.memoryBytes();
    for (int row = 0; row < 1_000; row++) {
      table.addDeltas(table.entry(row, 1, MetricType.COUNTER, 0), new double[] {1}, 0, 1);
    }

    assertThat(table.memoryBytes()).isEqualTo(bytes);
    table.reserve(10);
    assertThat(table.memoryBytes()).isEqualTo(bytes);
    assertThat(counts(table)).hasSize(1_000);
  }

  @Test
  void nothingOfARowOutlivesItsTable() {
    PartialTable table = new PartialTable(1);
    PartialRow row = new PartialRow();
    int entry = table.entry(1, 1, MetricType.DISTRIBUTION, 0);
    table.addHistogram(entry, 1, 1e16, 5.0, 6.0, 0.5);
    table.sketch(entry).accept(7);
    table.addSamples(entry, new double[] {1, 1e-16}, 0, 2); // needs an exact sum
    table.clear();

    entry = table.entry(1, 1, MetricType.DISTRIBUTION, 0);
    table.addSamples(entry, new double[] {2, 4}, 0, 2);
    table.read(0, row);

    SketchBuffer sketch = new SketchBuffer();
    sketch.accept(2);
    sketch.accept(4);
    assertThat(
            Arrays.copyOfRange(row.sketch, row.sketchOffset, row.sketchOffset + row.sketchLength))
        .isEqualTo(sketch.toBytes());
    Map<String, Double> fields = new HashMap<>();
    fields.put("count", (double) row.count);
    fields.put("sum", row.sum);
    fields.put("low", row.low);
    fields.put("min", row.min);
    fields.put("max", row.max);
    fields.put("error", row.sketchError);
    assertThat(fields)
        .isEqualTo(
            Map.of("count", 2.0, "sum", 6.0, "low", 0.0, "min", 2.0, "max", 4.0, "error", 0.0));
    assertThat(row.rest).isEmpty();
  }

  @Test
  void anEmptyTableHasRoomForOneRowAtLeast() {
    assertThatThrownBy(() -> new PartialTable(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows must be at least 1, got 0");
  }
}
