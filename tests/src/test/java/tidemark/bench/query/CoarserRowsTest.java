package tidemark.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.state.ExactSum;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchBuffer;

/** Against the points themselves: what merging partial rows must give. */
class CoarserRowsTest {
  private static final int SERIES = 50;
  private static final int WINDOWS = 3;
  private static final long WINDOW_MS = 60_000;
  private static final long START_MS = StoredDay.START.toEpochMilli();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void coarserRowsAreMadeOfAllPointsOfTheirService(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<SeriesIdentity> series = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      series.add(new SeriesIdentity(StoredDay.ORG, "m5", StoredDay.tags(i)));
    }
    CoarserRows rows = new CoarserRows(StoredDay.rule(), series, START_MS, WINDOW_MS, WINDOWS);
    Map<List<Long>, List<Double>> points = new TreeMap<>(this::compare);
    for (int i = 0; i < SERIES; i++) {
      long coarser =
          new SeriesIdentity(
                  StoredDay.ORG, "m5@by-service", List.of("service:s" + i % StoredDay.SERVICES))
              .hash()[0];
      for (int window = 0; window < WINDOWS; window++) {
        List<Double> values =
            random.doubles(1 + random.nextInt(20), -10, 1e6).boxed().map(Math::rint).toList();
        long startMs = START_MS + window * WINDOW_MS;
        rows.add(row(series.get(i).hash()[0], startMs, values));
        points.computeIfAbsent(List.of(coarser, startMs), at -> new ArrayList<>()).addAll(values);
      }
    }

    List<List<Long>> found = new ArrayList<>();
    rows.forEach(
        row -> {
          List<Long> at = List.of(row.seriesId, row.windowStartMs);
          found.add(at);
          assertSame(row, points.get(at));
        });
    assertThat(found).containsExactlyElementsOf(points.keySet());
  }

  private int compare(List<Long> one, List<Long> other) {
    int bySeries = Long.compare(one.get(0), other.get(0));
    return bySeries != 0 ? bySeries : Long.compare(one.get(1), other.get(1));
  }

  private static PartialRow row(long seriesId, long startMs, List<Double> values) {
    PartialRow row = new PartialRow();
    ExactSum sum = new ExactSum();
    SketchBuffer sketch = new SketchBuffer();
    values.forEach(sum::add);
    values.forEach(sketch::accept);
    row.type = MetricType.DISTRIBUTION;
    row.seriesId = seriesId;
    row.windowStartMs = startMs;
    row.count = values.size();
    row.sum = sum.value();
    row.low = sum.low();
    row.min = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    row.max = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    row.sketch = sketch.toBytes();
    row.sketchLength = row.sketch.length;
    return row;
  }

  private static void assertSame(PartialRow row, List<Double> values) {
    SketchBuffer sketch = new SketchBuffer();
    values.forEach(sketch::accept);
    BigDecimal sum = values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(row.count).isEqualTo(values.size());
    assertThat(row.sum).isEqualTo(sum.doubleValue());
    assertThat(row.min).isEqualTo(values.stream().min(Double::compare).orElseThrow());
    assertThat(row.max).isEqualTo(values.stream().max(Double::compare).orElseThrow());
    assertThat(row.sketch).isEqualTo(sketch.toBytes());
  }
}
