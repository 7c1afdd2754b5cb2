package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static tidemark.gateway.Rows.WINDOW;
import static tidemark.gateway.Rows.points;
import static tidemark.gateway.Rows.rollup;
import static tidemark.gateway.Rows.series;
import static tidemark.gateway.Rows.utc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.Rows.Point;
import tidemark.gateway.Rows.RowKey;
import tidemark.state.MetricType;
import tidemark.state.SketchBuffer;

class SqlReaderTest {
  private static final RowKey COUNTER = RowKey.of("requests", 1, MetricType.COUNTER);
  private static final RowKey GAUGE = RowKey.of("load", 2, MetricType.GAUGE);
  private static final RowKey LATENCY = RowKey.of("latency", 3, MetricType.DISTRIBUTION);

  private static final double[] ALTERNATING = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  private static final double[] RISING = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  private static final double[] CONSTANT = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
  private static final double[] DOUBLING = {0, 2, 4, 8, 16, 32, 64, 128, 256, 512};

  @TempDir private Path directory;
  private StoredTables tables;

  @BeforeEach
  void createTables() {
    tables = StoredTables.local(directory);
  }

  @AfterEach
  void closeTables() {
    tables.close();
  }

  @Test
  void goldenSeriesGiveTheirGoldenNumbers() {
    List<double[]> inputs = List.of(ALTERNATING, RISING, CONSTANT, DOUBLING);
    List<Record> rows = new ArrayList<>();
    List<Point> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      List<Point> points = points(inputs.get(i));
      all.addAll(points);
      rows.add(rollup(RowKey.of("c", i, MetricType.COUNTER), points));
      // Split in two, as if half of them had come late.
      rows.add(rollup(RowKey.of("g", i, MetricType.GAUGE), points.subList(3, 10)));
      rows.add(rollup(RowKey.of("g", i, MetricType.GAUGE), points.subList(0, 3)));
    }
    rows.add(rollup(LATENCY, all.subList(0, 17)));
    rows.add(rollup(LATENCY, all.subList(17, 40)));
    tables.commit(1, rows, List.of());

    try (SqlReader reader = open()) {
      assertThat(column(reader, "SELECT sum FROM points WHERE metric = 'c' ORDER BY series_id"))
          .containsExactly(5.0, 45.0, 50.0, 1022.0);
      assertThat(column(reader, "SELECT avg FROM points WHERE metric = 'g' ORDER BY series_id"))
          .containsExactly(0.5, 4.5, 5.0, 102.2);
      assertThat(column(reader, "SELECT last FROM points WHERE metric = 'g' ORDER BY series_id"))
          .containsExactly(1.0, 9.0, 5.0, 512.0);
      assertThat(number(reader, "SELECT percentile(sketch, 0.5) FROM points"))
          .isCloseTo(5, within(5 * SketchBuffer.RELATIVE_ACCURACY));
      assertThat(number(reader, "SELECT percentile(sketch, 0.9) FROM points"))
          .isCloseTo(32, within(32 * SketchBuffer.RELATIVE_ACCURACY));
    }
  }

  @Test
  void sumsThatCancelAreExact() {
    tables.commit(
        1,
        List.of(
            rollup(COUNTER, points(1e16)),
            rollup(COUNTER, points(1)),
            rollup(COUNTER, points(-1e16)),
            rollup(GAUGE, points(1e16, 1)),
            rollup(GAUGE, points(-1e16, Double.MIN_VALUE)),
            rollup(LATENCY, points(1e200, 1, 1e-200)),
            rollup(LATENCY, points(-1e200, 1e-300))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(column(reader, "SELECT sum FROM points ORDER BY series_id"))
          .containsExactly(1.0, 1.0, 1.0);
    }
  }

  @Test
  void partsBelowTheRoundedSumAreKeptWhenRowsMerge() {
    tables.commit(
        1,
        List.of(
            rollup(COUNTER, points(1e200, 1, 1e-200)),
            rollup(COUNTER, points(-1e200)),
            rollup(COUNTER, points(-1))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(number(reader, "SELECT sum FROM points")).isEqualTo(1e-200);
    }
  }

  @Test
  void lastIsTheNewestPointAndOfTwoTheLarger() {
    tables.commit(
        1,
        List.of(
            rollup(GAUGE, List.of(new Point(7000, 3), new Point(9000, 4))),
            rollup(GAUGE, List.of(new Point(9000, 6))),
            rollup(GAUGE, List.of(new Point(9000, 5))),
            rollup(GAUGE, List.of(new Point(8999, 100)))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(reader.query("SELECT last, last_at, min, max, count FROM points").rows())
          .containsExactly(List.of(6.0, utc(WINDOW.plusMillis(9000)), 3.0, 100.0, 5L));
    }
  }

  @Test
  void columnsThatATypeHasNotAreNull() {
    tables.commit(
        1,
        List.of(rollup(COUNTER, points(7)), rollup(GAUGE, points(8)), rollup(LATENCY, points(9))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(
              reader
                  .query(
                      "SELECT type, sum, min, max, last, sketch IS NULL, percentile(sketch, 0) IS NULL"
                          + " FROM points GROUP BY ALL ORDER BY sum")
                  .rows())
          .containsExactly(
              Arrays.asList("counter", 7.0, null, null, null, true, true),
              Arrays.asList("gauge", 8.0, 8.0, 8.0, 8.0, true, true),
              Arrays.asList("distribution", 9.0, 9.0, 9.0, null, false, false));
    }
  }

  @Test
  void tagsAreJoinedAndAMissingSeriesLosesNoRow() {
    tables.commit(
        1,
        List.of(rollup(COUNTER, points(1)), rollup(GAUGE, points(2))),
        List.of(
            series(COUNTER, Map.of("host", "a", "env", "prod")),
            series(
                COUNTER.in(10, WINDOW.plus(Duration.ofDays(1))),
                Map.of("host", "a", "env", "prod"))));

    try (SqlReader reader = open()) {
      assertThat(reader.query("SELECT sum, tags FROM points ORDER BY sum").rows())
          .containsExactly(
              List.of(1.0, Map.of("host", "a", "env", "prod")), List.of(2.0, Map.of()));
      assertThat(reader.query("SELECT sum FROM points WHERE tags['host'] = 'a'").single())
          .isEqualTo(1.0);
      assertThat(reader.query("SELECT series_id, first_seen, last_seen FROM series").rows())
          .containsExactly(List.of(1L, utc(WINDOW), utc(WINDOW.plus(Duration.ofDays(1)))));
    }
  }

  @Test
  void aViewShowsItsTierAlone() {
    tables.commit(
        1,
        List.of(
            rollup(COUNTER, points(1)),
            rollup(COUNTER.in(60, WINDOW), points(1, 2)),
            rollup(COUNTER.in(3600, WINDOW), points(1, 2, 3))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(reader.query("SELECT sum FROM rollups_10s").single()).isEqualTo(1.0);
      assertThat(reader.query("SELECT sum FROM rollups_1m").single()).isEqualTo(3.0);
      assertThat(
              reader
                  .query(
                      "SELECT a.sum + b.sum FROM rollups_1h a, Points b WHERE a.metric = b.metric")
                  .single())
          .isEqualTo(7.0);
    }
  }

  @Test
  void lateRowsOfLaterCommitsMergeWithTheFirst() {
    tables.commit(1, List.of(rollup(LATENCY, points(1, 2, 3))), List.of());
    tables.commit(2, List.of(rollup(LATENCY, points(1000))), List.of());
    tables.commit(
        3,
        List.of(rollup(LATENCY.in(10, WINDOW.minus(Duration.ofDays(30))), points(4))),
        List.of());

    try (SqlReader reader = open()) {
      assertThat(reader.query("SELECT count, sum, max FROM points ORDER BY window_start").rows())
          .containsExactly(List.of(1L, 4.0, 4.0), List.of(4L, 1006.0, 1000.0));
      assertThat(number(reader, "SELECT percentile(sketch, 1) FROM points"))
          .isCloseTo(1000, within(1000 * SketchBuffer.RELATIVE_ACCURACY));
    }
  }

  @Test
  void aReaderStaysAtTheSnapshotItOpened() {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());
    try (SqlReader first = open()) {
      tables.commit(2, List.of(rollup(COUNTER, points(2))), List.of());
      try (SqlReader second = open()) {
        assertThat(first.query("SELECT sum FROM points").single()).isEqualTo(1.0);
        assertThat(second.query("SELECT sum FROM points").single()).isEqualTo(3.0);
        assertThat(first.epoch().orElseThrow().checkpoint()).isEqualTo(1);
        assertThat(second.epoch().orElseThrow().checkpoint()).isEqualTo(2);
      }
    }
  }

  @Test
  void percentileComposesWithGroupingOrderingAndHaving() {
    List<Record> rows = new ArrayList<>();
    for (int seriesId = 0; seriesId < 6; seriesId++) {
      rows.add(
          rollup(
              RowKey.of("m" + seriesId % 3, seriesId, MetricType.DISTRIBUTION),
              points(seriesId + 1)));
    }
    tables.commit(1, rows, List.of());

    try (SqlReader reader = open()) {
      assertThat(
              column(
                  reader,
                  "SELECT metric FROM points GROUP BY metric HAVING percentile(sketch, 1) > 4.5"
                      + " ORDER BY percentile(sketch, 1) DESC"))
          .containsExactly("m2", "m1");
      assertThat(
              number(
                  reader,
                  "SELECT percentile(merge_sketch, 0) FROM (SELECT merge_sketch(sketch) AS merge_sketch FROM points GROUP BY metric)"))
          .isCloseTo(1, within(0.00542));
      assertThatThrownBy(() -> reader.query("SELECT percentile(sketch, 99) FROM points"))
          .isInstanceOf(GatewayException.class)
          .hasMessage("percentile must be between 0 and 1, got 99.0");
    }
  }

  @Test
  void exactSumOverSeriesDoesNotDependOnOrder() {
    List<Record> rows = new ArrayList<>();
    double[] values = {1e16, 1, -1e16, 1e-9};
    for (int seriesId = 0; seriesId < values.length; seriesId++) {
      rows.add(rollup(RowKey.of("m", seriesId, MetricType.GAUGE), points(values[seriesId])));
    }
    tables.commit(1, rows, List.of());

    try (SqlReader reader = open()) {
      assertThat(number(reader, "SELECT exact_sum(sum) FROM points")).isEqualTo(1 + 1e-9);
    }
  }

  @Test
  void anEmptyTierHasColumnsAndNoRows() {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());

    try (SqlReader reader = open()) {
      QueryResult result = reader.query("SELECT * FROM rollups_1h");
      assertThat(result.rows()).isEmpty();
      assertThat(result.columns())
          .isEqualTo(reader.query("SELECT * FROM points").columns())
          .startsWith("org", "metric", "series_id", "type", "window_start", "count", "sum");
    }
  }

  @Test
  void tablesCanBeListedDescribedAndExplained() {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());

    try (SqlReader reader = open()) {
      assertThat(column(reader, "show tables"))
          .containsExactly("points", "rollups_10s", "rollups_1m", "rollups_1h", "series");
      assertThat(column(reader, "describe points")).contains("window_start", "tags");
      assertThat(reader.query("-- plan\nEXPLAIN SELECT 1").columns()).contains("explain_value");
      assertThat(reader.query("EXPLAIN ANALYZE SELECT * FROM points").rows()).isNotEmpty();
    }
  }

  @Test
  void errorsOfTheEngineAreReadable() {
    tables.commit(1, List.of(rollup(COUNTER, points(1))), List.of());

    try (SqlReader reader = open()) {
      assertThatThrownBy(() -> reader.query("SELECT nope FROM points"))
          .isInstanceOf(GatewayException.class)
          .hasMessageStartingWith("Binder Error: Referenced column \"nope\" not found")
          .hasMessageContaining("LINE 1");
      assertThatThrownBy(() -> reader.query("SELECT tidemark_merge_sketches('AAAA') FROM points"))
          .isInstanceOf(GatewayException.class)
          .message()
          .doesNotContain("\tat ");
      assertThat(reader.query("SELECT 1").single()).isEqualTo(1);
    }
  }

  @Test
  void noSnapshotIsSaid() {
    assertThatThrownBy(this::open)
        .isInstanceOf(GatewayException.class)
        .hasMessage("nothing is stored yet: the first rows appear with the job's first checkpoint");
  }

  private SqlReader open() {
    return SqlReader.open(tables.properties());
  }

  private static double number(SqlReader reader, String sql) {
    return (double) reader.query(sql).single();
  }

  private static List<Object> column(SqlReader reader, String sql) {
    return reader.query(sql).rows().stream().map(row -> row.get(0)).toList();
  }
}
