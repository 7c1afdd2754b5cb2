package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.Point;
import tidemark.gateway.Rows.RowKey;
import tidemark.state.MetricType;
import tidemark.state.SketchBuffer;

/**
 * However points are split into partial rows, the merged row has the bits of the whole: against
 * {@code BigDecimal} for sums and sketches-java for percentiles.
 */
class MergeLawsTest {
  private static final int KEYS = 600;
  private static final double[] AWKWARD = {
    0, 1, -1, 1e16, -1e16, 0.1, -0.1, 1e-300, -1e-300, 1e280, -1e280, Double.MIN_VALUE, 3, 7e15
  };

  @TempDir private Path directory;

  @Test
  void mergedRowsEqualTheWhole() {
    long seed = 20260301;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<List<Point>> wholes = new ArrayList<>();
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      List<Point> whole = points(random);
      wholes.add(whole);
      for (List<Point> part : split(whole, random)) {
        rows.add(Rows.rollup(key(i), part));
      }
    }
    Collections.shuffle(rows, random);

    try (StoredTables tables = StoredTables.local(directory)) {
      int third = rows.size() / 3;
      tables.commit(1, rows.subList(0, third), List.of());
      tables.commit(2, rows.subList(third, 2 * third), List.of());
      tables.commit(3, rows.subList(2 * third, rows.size()), List.of());
      try (SqlReader reader = SqlReader.open(tables.properties())) {
        check(reader, wholes);
      }
    }
  }

  private static void check(SqlReader reader, List<List<Point>> wholes) {
    List<List<Object>> merged =
        reader
            .query(
                "SELECT count, sum, min, max, last, last_at, sketch,"
                    + " sketch IS NOT NULL FROM points ORDER BY series_id")
            .rows();
    List<List<Object>> percentiles =
        reader
            .query(
                "SELECT percentile(sketch, 0), percentile(sketch, 0.5), percentile(sketch, 0.99)"
                    + " FROM points GROUP BY series_id ORDER BY series_id")
            .rows();
    assertThat(merged).hasSize(wholes.size());
    for (int i = 0; i < wholes.size(); i++) {
      List<Point> whole = wholes.get(i);
      Record expected = Rows.rollup(key(i), whole);
      List<Object> row = merged.get(i);
      assertThat(row.get(0)).as("count of %s", i).isEqualTo((long) whole.size());
      assertThat(row.get(1)).as("sum of %s", i).isEqualTo(Rows.exactSum(whole).doubleValue());
      checkExtremes(key(i).type(), whole, row);
      if (key(i).type() == MetricType.DISTRIBUTION) {
        ByteBuffer sketch = (ByteBuffer) expected.getField("sketch");
        assertThat(ByteBuffer.wrap((byte[]) row.get(6))).as("sketch of %s", i).isEqualTo(sketch);
        checkPercentiles(whole, percentiles.get(i));
      } else {
        assertThat(row.get(6)).isNull();
        assertThat(percentiles.get(i)).containsOnlyNulls();
      }
    }
  }

  private static void checkExtremes(MetricType type, List<Point> whole, List<Object> row) {
    if (type == MetricType.COUNTER) {
      assertThat(row.subList(2, 6)).containsOnlyNulls();
      return;
    }
    assertThat(row.get(2)).isEqualTo(whole.stream().mapToDouble(Point::value).min().orElseThrow());
    assertThat(row.get(3)).isEqualTo(whole.stream().mapToDouble(Point::value).max().orElseThrow());
    if (type == MetricType.GAUGE) {
      Point last = Rows.last(whole);
      assertThat(row.get(4)).isEqualTo(last.value());
      assertThat(row.get(5)).isEqualTo(Rows.utc(Rows.WINDOW.plusMillis(last.offsetMs())));
    }
  }

  private static void checkPercentiles(List<Point> whole, List<Object> percentiles) {
    DDSketch official =
        new DDSketch(
            new LogarithmicMapping(SketchBuffer.GAMMA, 0),
            () -> new CollapsingLowestDenseStore(SketchBuffer.MAX_BINS),
            () -> new CollapsingLowestDenseStore(SketchBuffer.MAX_BINS),
            0);
    whole.forEach(point -> official.accept(point.value()));
    double[] quantiles = {0, 0.5, 0.99};
    for (int i = 0; i < quantiles.length; i++) {
      // The same bin; the number in its middle may be rounded another way.
      assertThat((double) percentiles.get(i))
          .isCloseTo(official.getValueAtQuantile(quantiles[i]), withinPercentage(1e-10));
    }
  }

  private static RowKey key(int i) {
    return RowKey.of("m" + i % 7, i, MetricType.ofCode(1 + i % 3));
  }

  private static List<Point> points(Random random) {
    List<Point> points = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    boolean isSpread = random.nextInt(10) == 0;
    for (int i = 0; i < count; i++) {
      double value =
          isSpread ? AWKWARD[random.nextInt(AWKWARD.length)] : random.nextInt(100) / 10.0 - 2;
      // Few distinct times, so that "last" has ties.
      points.add(new Point(random.nextInt(4), value == 0 ? 0.0 : value));
    }
    return points;
  }

  private static List<List<Point>> split(List<Point> whole, Random random) {
    List<List<Point>> parts = new ArrayList<>();
    for (Point point : whole) {
      int at = random.nextInt(parts.size() + 1);
      if (at == parts.size()) {
        parts.add(new ArrayList<>());
      }
      parts.get(at).add(point);
    }
    return parts;
  }
}
