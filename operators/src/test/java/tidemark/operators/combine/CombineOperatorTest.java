package tidemark.operators.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tidemark.operators.TestPartials.gauge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.IntakeBatch;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.TestPartials;
import tidemark.operators.TestPartials.LedgerKey;
import tidemark.operators.TestPartials.Point;
import tidemark.operators.TestPartials.Row;
import tidemark.operators.TestRecords;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.LedgerRows;
import tidemark.state.Aggregate;
import tidemark.state.DistributionAggregate;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.SketchBuffer;
import tidemark.state.SumParts;

class CombineOperatorTest {
  private static final KeyGroups KEY_GROUPS = new KeyGroups(16);
  private static final byte[] KEY = TestRecords.key(MetricType.GAUGE, "acme", "unused");

  private OneInputStreamOperatorTestHarness<IntakeBatch, PartialBatch> harness;
  private IntakeBatch batch;
  private MetricNames names;

  @BeforeEach
  void open() throws Exception {
    open(new CombineConfig(1_000, 1_000L, 1 << 15));
  }

  private void open(CombineConfig config) throws Exception {
    if (harness != null) {
      harness.close();
    }
    harness =
        new OneInputStreamOperatorTestHarness<>(new CombineOperator(config, KEY_GROUPS, 10_000L));
    harness.setup(new PartialBatchSerializer());
    harness.setProcessingTime(0L);
    harness.open();
    batch = new IntakeBatch();
    names = new MetricNames(3);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void pointsWaitAndGoBeforeTheBarrier() throws Exception {
    List<Point> points =
        List.of(gauge(7L, 1_000L, 3.0), gauge(7L, 2_000L, 5.0), gauge(7L, 10_000L, 8.0));
    process(points);
    assertThat(sent()).isEmpty();

    harness.prepareSnapshotPreBarrier(1L);

    assertThat(rows()).hasSize(2);
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .isEqualTo(TestPartials.expected(10, points));
    harness.snapshot(1L, 1L);
  }

  @Test
  void aBarrierThatLeavesPartialsBehindFails() throws Exception {
    process(List.of(gauge(7L, 1_000L, 3.0)));
    assertThatThrownBy(() -> harness.snapshot(4L, 4L))
        .hasRootCauseMessage("1 partials are left behind the barrier of checkpoint 4");
  }

  @Test
  void onlyAWatermarkThatEndsAWindowFlushesAndItComesBehind() throws Exception {
    harness.processWatermark(12_000L);
    harness.getOutput().clear();
    process(List.of(gauge(7L, 15_000L, 3.0)));

    harness.processWatermark(19_998L);
    assertThat(harness.getOutput()).containsExactly(new Watermark(19_998L));

    harness.processWatermark(19_999L);
    List<Object> output = new ArrayList<>(harness.getOutput());
    assertThat(output).hasSize(3);
    assertThat(output.get(1)).isInstanceOf(StreamRecord.class);
    assertThat(output.get(2)).isEqualTo(new Watermark(19_999L));

    process(List.of(gauge(7L, 25_000L, 3.0)));
    harness.processWatermark(Long.MAX_VALUE);
    assertThat(rows()).hasSize(2);
  }

  /** Whoever is told that time has come to there has every late point that was read before. */
  @Test
  void latePointsComeBeforeTheNextWatermarkOfAnyTime() throws Exception {
    harness.processWatermark(12_000L);
    process(
        List.of(
            gauge(7L, 15_000L, 1.0),
            gauge(8L, 9_999L, 2.0),
            gauge(8L, 9_000L, 3.0),
            gauge(9L, 10_000L, 4.0)));
    harness.getOutput().clear();

    harness.processWatermark(13_000L);
    List<Object> output = new ArrayList<>(harness.getOutput());
    assertThat(output).hasSize(2).last().isEqualTo(new Watermark(13_000L));
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .isEqualTo(
            TestPartials.expected(10, List.of(gauge(8L, 9_999L, 2.0), gauge(8L, 9_000L, 3.0))));

    harness.getOutput().clear();
    harness.processWatermark(14_000L);
    assertThat(harness.getOutput()).containsExactly(new Watermark(14_000L));
  }

  @Test
  void latePointsAreCombinedAndTheirTableIsBounded() throws Exception {
    open(new CombineConfig(3, 1_000L, 1 << 15));
    harness.processWatermark(20_000L);
    process(List.of(gauge(1L, 0L, 1.0), gauge(2L, 0L, 1.0), gauge(1L, 5L, 1.0)));
    assertThat(sent()).isEmpty();
    assertThatThrownBy(() -> harness.snapshot(4L, 4L))
        .hasRootCauseMessage("2 partials are left behind the barrier of checkpoint 4");
    process(List.of(gauge(3L, 0L, 1.0)));
    assertThat(rows()).hasSize(3);
  }

  @Test
  void aFullTableIsSent() throws Exception {
    open(new CombineConfig(3, 1_000L, 1 << 15));
    process(List.of(gauge(1L, 0L, 1.0), gauge(2L, 0L, 1.0), gauge(1L, 5L, 1.0)));
    assertThat(sent()).isEmpty();
    process(List.of(gauge(3L, 0L, 1.0)));
    assertThat(rows()).hasSize(3);
  }

  @Test
  void theIntervalFlushesAgainAndAgain() throws Exception {
    for (int second = 1; second <= 3; second++) {
      process(List.of(gauge(7L, 1_000L, 3.0)));
      harness.setProcessingTime(second * 1_000L - 1);
      assertThat(rows()).hasSize(second - 1);
      harness.setProcessingTime(second * 1_000L);
      assertThat(rows()).hasSize(second);
    }
  }

  @Test
  void largeBatchesAreSplit() throws Exception {
    open(new CombineConfig(10_000, 1_000L, 1024));
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      points.add(gauge(i, 1_000L, i)); // all of key group 0
    }
    process(points);
    harness.prepareSnapshotPreBarrier(1L);
    assertThat(sent()).hasSizeGreaterThan(17); // 1,000 rows of 19 bytes
    assertThat(sent()).allSatisfy(one -> assertThat(one.length()).isLessThan(1024 + 200));
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .isEqualTo(TestPartials.expected(10, points));
  }

  @Test
  void theLedgerIsReportedOncePerBarrier() throws Exception {
    process(List.of(gauge(7L, 1_000L, 3.0)));
    batch.ledger().count(EpochReport.POINTS_ACCEPTED, 1);
    batch.ledger().read("points/3", 42L, true, Long.MIN_VALUE);
    harness.prepareSnapshotPreBarrier(1L);
    assertThat(reports())
        .containsExactly(
            new EpochReport(
                new TreeMap<>(Map.of(EpochReport.POINTS_ACCEPTED, 1L)),
                new TreeMap<>(Map.of("points/3", new EpochReport.Position(42L, true)))));
    harness.prepareSnapshotPreBarrier(2L);
    assertThat(reports()).hasSize(1);
  }

  @Test
  void theAcceptedPointsAreSentOncePerBarrier() throws Exception {
    process(List.of(gauge(7L, 1_000L, 3.0)));
    batch.accepted().useNames(names);
    batch.accepted().count(0, 61_000L, 5);
    harness.prepareSnapshotPreBarrier(1L);
    Map<LedgerKey, Long> expected =
        Map.of(new LedgerKey(LedgerRows.ACCEPTED, TestPartials.ORG, 60_000L), 5L);
    assertThat(TestPartials.ledger(sent())).isEqualTo(expected);
    harness.prepareSnapshotPreBarrier(2L);
    assertThat(TestPartials.ledger(sent())).isEqualTo(expected);
  }

  @Test
  void theEndOfInputFlushesAndReports() throws Exception {
    process(List.of(gauge(7L, 1_000L, 3.0)));
    batch.ledger().count(EpochReport.POINTS_ACCEPTED, 1);
    harness.endInput();
    assertThat(rows()).hasSize(1);
    assertThat(reports()).hasSize(1);
  }

  @Test
  void refusedSeriesAndPointsAreLeftOut() throws Exception {
    batch.begin(TestRecords.of(1L, "native", "", new byte[0]));
    addSeries(MetricType.GAUGE);
    batch.points().addPoint(1_000L, 1.0);
    addSeries(MetricType.GAUGE);
    batch.points().addPoint(1_000L, 2.0);
    batch.points().addPoint(1_001L, 3.0); // behind the end that admission set
    batch.setNames(names);
    batch.reserveSeries();
    batch.refuse(0);
    batch.admit(1, 7L, names.number(MetricType.GAUGE, "acme", "cpu"), 2);
    harness.processElement(new StreamRecord<>(batch));
    harness.prepareSnapshotPreBarrier(1L);
    assertThat(rows())
        .extracting(Row::aggregate)
        .containsExactly(Aggregate.of(MetricType.GAUGE, 1_000L, 2.0));
  }

  @Test
  void histogramsEnterWithTheirBinsAndTheirError() throws Exception {
    batch.begin(TestRecords.of(1L, "otlp", "acme", new byte[0]));
    addSeries(MetricType.DISTRIBUTION);
    var histograms = batch.points().histograms();
    histograms.addBin(100, 4, false);
    histograms.addBin(-7, 2, true);
    histograms.add(12_345L, 9, 3, 10.5, -2.0, 3.5, 0.04);
    histograms.addBin(5, 8, false);
    histograms.add(12_345L, 8, 0, 99.0, 1.0, 2.0, 0.5);
    batch.points().histogramAdded();
    histograms.drop(1);
    batch.setNames(names);
    batch.reserveSeries();
    batch.admit(0, 7L, names.number(MetricType.DISTRIBUTION, "acme", "lat"), 0);
    harness.processElement(new StreamRecord<>(batch));
    harness.prepareSnapshotPreBarrier(1L);

    SketchBuffer sketch = new SketchBuffer();
    sketch.addZeros(3);
    sketch.addBin(100, 4, false);
    sketch.addBin(-7, 2, true);
    assertThat(rows())
        .extracting(Row::aggregate)
        .containsExactly(
            new DistributionAggregate(9, SumParts.of(10.5), -2.0, 3.5, sketch.toBytes(), 0.04));
  }

  @Test
  void entriesKeepTheirNamesWhenAdmissionStartsNewNumbers() throws Exception {
    process(List.of(new Point(MetricType.GAUGE, "old", 7L, 1_000L, 3.0)));
    names = new MetricNames(4);
    process(List.of(new Point(MetricType.GAUGE, "new", 8L, 1_000L, 3.0)));
    harness.prepareSnapshotPreBarrier(1L);
    assertThat(rows()).extracting(row -> row.key().metric()).containsExactly("old", "new");
  }

  @Test
  void announcementsGoWithTheNextFlushToTheirKeyGroup() throws Exception {
    SeriesEntry entry =
        new SeriesEntry(
            -1L,
            5L,
            MetricType.GAUGE,
            new SeriesIdentity("acme", "cpu", List.of("host:a")),
            0L,
            0L);
    batch.announcements().add(entry);
    process(List.of(gauge(-1L, 1_000L, 3.0)));
    assertThat(batch.announcements()).isEmpty();
    assertThat(sent()).isEmpty();

    harness.setProcessingTime(1_000L);

    List<SeriesEntry> announced = new ArrayList<>();
    for (PartialBatch one : sent()) {
      assertThat(one.keyGroup()).isEqualTo(15);
      if (one.kind() == PartialBatch.Kind.SERIES) {
        SeriesCodec.read(one, announced::add);
      }
    }
    assertThat(announced).containsExactly(entry);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rowsAreWhatThePointsComeTo(long seed) throws Exception {
    open(new CombineConfig(64, 1_000L, 1024));
    Random random = new Random(seed);
    List<Point> points = new ArrayList<>();
    for (int record = 1; record <= 50; record++) {
      List<Point> some = TestPartials.random(random, random.nextInt(100), 40, 0L, 60_000L);
      points.addAll(some);
      process(some);
      if (random.nextInt(5) == 0) {
        harness.setProcessingTime(record * 1_000L);
      }
    }
    harness.prepareSnapshotPreBarrier(1L);
    assertThat(rows()).hasSizeLessThan(points.size());
    assertThat(rows())
        .allSatisfy(
            row -> assertThat(row.keyGroup()).isEqualTo(KEY_GROUPS.groupOf(row.key().seriesId())));
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .as("seed %s", seed)
        .isEqualTo(TestPartials.expected(10, points));
  }

  @Test
  void aTableThatCombinesNothingIsPassedByForAWhile() throws Exception {
    open(new CombineConfig(64, 1_000L, 1024));
    process(gauges(0, 64)); // fills the table without a series met twice
    for (int i = 0; i < 10; i++) {
      process(List.of(gauge(7L, 1_000L + i, 1.0)));
    }
    assertThatThrownBy(() -> harness.snapshot(4L, 4L))
        .hasRootCauseMessage("10 partials are left behind the barrier of checkpoint 4");
  }

  @Test
  void aTableIsTriedAgain() throws Exception {
    open(new CombineConfig(64, 1_000L, 1024));
    List<Point> points = new ArrayList<>(gauges(0, 64));
    process(points);
    List<Point> direct = gauges(64, 32 * 64);
    process(direct);
    points.addAll(direct);
    for (int i = 0; i < 10; i++) {
      Point point = gauge(7L, 11_000L + i, 1.0);
      process(List.of(point));
      points.add(point);
    }
    harness.prepareSnapshotPreBarrier(1L);
    harness.snapshot(1L, 1L);
    assertThat(rows()).hasSize(64 + 32 * 64 + 1); // the ten are one again
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .isEqualTo(TestPartials.expected(10, points));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whichWayPointsGoShowsInNoMergedRow(long seed) throws Exception {
    open(new CombineConfig(32, 1_000L, 1024));
    Random random = new Random(seed);
    List<Point> points = new ArrayList<>();
    for (int record = 1; record <= 60; record++) {
      int series = random.nextInt(3) == 0 ? 5 : 1_000_000; // few that repeat, or hardly any
      List<Point> some = TestPartials.random(random, random.nextInt(100), series, 0L, 60_000L);
      points.addAll(some);
      process(some);
      if (random.nextInt(10) == 0) {
        harness.setProcessingTime(record * 1_000L);
      }
      if (random.nextInt(4) == 0) {
        harness.processWatermark(record * 1_000L - 1);
      }
    }
    harness.prepareSnapshotPreBarrier(1L);
    harness.snapshot(1L, 1L);
    assertThat(TestPartials.merged(openAsTier10(rows())))
        .as("seed %s", seed)
        .isEqualTo(TestPartials.expected(10, points));
  }

  private static List<Point> gauges(long firstSeries, int count) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(gauge(firstSeries + i, 1_000L, i));
    }
    return points;
  }

  private void addSeries(MetricType type) {
    batch.points().addSeries(type, KEY, 0, KEY.length);
  }

  /** One record; neighbours of one series are one series of it. */
  private void process(List<Point> points) throws Exception {
    batch.begin(TestRecords.of(1L, "native", "", new byte[0]));
    List<Point> first = new ArrayList<>();
    for (Point point : points) {
      Point before = first.isEmpty() ? null : first.get(first.size() - 1);
      if (before == null
          || before.seriesId() != point.seriesId()
          || before.type() != point.type()) {
        addSeries(point.type());
        first.add(point);
      }
      batch.points().addPoint(point.timestampMs(), point.value());
    }
    batch.setNames(names);
    batch.reserveSeries();
    for (int series = 0; series < first.size(); series++) {
      Point point = first.get(series);
      batch.admit(
          series,
          point.seriesId(),
          names.number(point.type(), TestPartials.ORG, point.metric()),
          batch.points().firstPoint(series + 1));
    }
    harness.processElement(new StreamRecord<>(batch));
  }

  private List<PartialBatch> sent() {
    return harness.extractOutputValues();
  }

  private List<Row> rows() {
    return TestPartials.rows(sent());
  }

  private List<EpochReport> reports() {
    return sent().stream()
        .filter(one -> one.kind() == PartialBatch.Kind.REPORT)
        .map(one -> EpochReport.ofBytes(one.bytes(), one.length()))
        .toList();
  }

  /** The rows as if the 10 s tier had closed them. */
  private static List<Row> openAsTier10(List<Row> rows) {
    return rows.stream()
        .map(
            row -> {
              assertThat(row.key().tierSeconds()).isEqualTo(PartialBatch.OPEN);
              var key = row.key();
              return new Row(
                  new TestPartials.RowKey(
                      10, key.metric(), key.type(), key.seriesId(), key.windowStartMs()),
                  row.keyGroup(),
                  row.aggregate());
            })
        .toList();
  }
}
