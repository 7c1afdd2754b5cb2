package tidemark.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.operators.TestRecords.BROKER_TIME_MS;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.DeadLetter;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeRecord;
import tidemark.operators.SharedIntakeBatchSerializer;
import tidemark.operators.TestPartials;
import tidemark.operators.TestPartials.LedgerKey;
import tidemark.operators.TestRecords;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SeriesIdentity;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardShare;

class AdmitOperatorTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final long DAY_MS = 24 * HOUR_MS;
  private static final byte[] VALUE = {4, 2};
  private static final byte[] CPU = TestRecords.key(MetricType.GAUGE, "acme", "cpu", "host:a");

  private OneInputStreamOperatorTestHarness<IntakeBatch, IntakeBatch> harness;
  private IntakeBatch batch;
  private int lettersSeen;

  @BeforeEach
  void open() throws Exception {
    open(new AdmitConfig(HOUR_MS, 60_000L, 2, 8, 8, 3, 1_000, PointSelection.ALL, ShardShare.ALL));
  }

  private void open(AdmitConfig config) throws Exception {
    if (harness != null) {
      harness.close();
    }
    harness = new OneInputStreamOperatorTestHarness<>(new AdmitOperator(config));
    harness.setup(new SharedIntakeBatchSerializer());
    harness.open();
    batch = new IntakeBatch();
    lettersSeen = 0;
    begin();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void goodPointsPass() throws Exception {
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS - HOUR_MS, 1.0);
    point(BROKER_TIME_MS + 60_000L, 2.0);
    admit();
    assertThat(letters()).isEmpty();
    assertThat(admittedValues(0)).containsExactly(1.0, 2.0);
    SeriesIdentity identity = new SeriesIdentity("acme", "cpu", List.of("host:a"));
    assertThat(batch.seriesId(0)).isEqualTo(identity.hash()[0]);
    var name = batch.names().name(batch.name(0));
    assertThat(name.type()).isEqualTo(MetricType.GAUGE);
    assertThat(new String(name.metric(), StandardCharsets.UTF_8)).isEqualTo("cpu");
    assertThat(batch.ledger().drain().counts()).isEqualTo(Map.of(EpochReport.POINTS_ACCEPTED, 2L));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void seriesAreThemselvesInAnyOrder(long seed) throws Exception {
    open(
        new AdmitConfig(
            HOUR_MS,
            60_000L,
            2,
            8,
            8,
            1_000,
            90,
            PointSelection.ALL,
            ShardShare.ALL)); // remembers 90 of 100
    Random random = new Random(seed);
    List<SeriesIdentity> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(new SeriesIdentity("acme", "cpu" + i % 7, List.of("host:" + i)));
    }
    Set<SeriesIdentity> sent = new HashSet<>();
    for (int round = 0; round < 200; round++) {
      // a stretch in the usual order, at times with some left out or out of turn
      int from = random.nextInt(all.size());
      List<SeriesIdentity> some =
          new ArrayList<>(all.subList(from, Math.min(all.size(), from + 1 + random.nextInt(40))));
      if (random.nextInt(3) == 0) {
        Collections.swap(some, 0, some.size() - 1);
      }
      if (random.nextInt(3) == 0) {
        some.remove(random.nextInt(some.size()));
      }
      sent.addAll(some);
      begin();
      for (SeriesIdentity each : some) {
        series(
            MetricType.GAUGE,
            TestRecords.key(MetricType.GAUGE, "acme", each.metric(), each.tags().get(0)));
        point(BROKER_TIME_MS, 1.0);
      }
      admit();
      for (int i = 0; i < some.size(); i++) {
        assertThat(batch.seriesId(i))
            .as("seed %s, round %s, series %s", seed, round, i)
            .isEqualTo(some.get(i).hash()[0]);
        assertThat(new String(batch.names().name(batch.name(i)).metric(), StandardCharsets.UTF_8))
            .isEqualTo(some.get(i).metric());
      }
    }
    assertThat(batch.announcements()).extracting(SeriesEntry::identity).containsAll(sent);
  }

  @Test
  void theLedgerCountsAdmittedPointsByOrgAndMinute() throws Exception {
    long minuteMs = BROKER_TIME_MS - BROKER_TIME_MS % 60_000L;
    byte[] latency = TestRecords.key(MetricType.DISTRIBUTION, "globex", "latency");
    Map<LedgerKey, Long> expected = new HashMap<>();
    for (int round = 1; round <= 2; round++) {
      begin();
      series(MetricType.GAUGE, CPU);
      point(minuteMs, 1.0);
      point(minuteMs - 1, 2.0);
      point(minuteMs - 1, Double.NaN);
      point(minuteMs - 60_000L, 3.0);
      series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "acme", "cpu", "host:b"));
      point(minuteMs - 1, 1.0);
      point(minuteMs - 2, 1.0);
      series(MetricType.DISTRIBUTION, latency);
      point(minuteMs, 1.0);
      histogram(minuteMs, 7, 1.0, 0.0, 1.0);
      histogram(minuteMs - 1, 8, 1.0, 0.0, 1.0);
      histogram(minuteMs, 9, Double.NaN, 0.0, 1.0);
      admit();
    }
    expected.put(new LedgerKey(LedgerRows.ACCEPTED, "acme", minuteMs), 2L);
    expected.put(new LedgerKey(LedgerRows.ACCEPTED, "acme", minuteMs - 60_000L), 8L);
    expected.put(new LedgerKey(LedgerRows.ACCEPTED, "globex", minuteMs), 16L);
    expected.put(new LedgerKey(LedgerRows.ACCEPTED, "globex", minuteMs - 60_000L), 16L);
    assertThat(drained()).isEqualTo(expected);
    assertThat(drained()).isEmpty();
  }

  @Test
  void refusesPointsWithTheirReason() throws Exception {
    assertPointRefused(BROKER_TIME_MS, Double.NaN, Refusal.NOT_FINITE);
    assertPointRefused(BROKER_TIME_MS, Double.NEGATIVE_INFINITY, Refusal.NOT_FINITE);
    assertPointRefused(BROKER_TIME_MS, Math.nextUp(0x1p960), Refusal.OUT_OF_RANGE);
    assertPointRefused(BROKER_TIME_MS, -Double.MAX_VALUE, Refusal.OUT_OF_RANGE);
    assertPointRefused(-1L, 1.0, Refusal.NEGATIVE_TIMESTAMP);
    assertPointRefused(Long.MIN_VALUE, 1.0, Refusal.NEGATIVE_TIMESTAMP);
    assertPointRefused(BROKER_TIME_MS + 60_001L, 1.0, Refusal.FUTURE_TIMESTAMP);
    assertPointRefused(Long.MAX_VALUE, 1.0, Refusal.FUTURE_TIMESTAMP);
    assertPointRefused(BROKER_TIME_MS - HOUR_MS - 1, 1.0, Refusal.TOO_OLD);
    assertPointRefused(0L, 1.0, Refusal.TOO_OLD);
  }

  @Test
  void refusesSeriesWithTheirReason() throws Exception {
    assertSeriesRefused(Refusal.EMPTY_NAME, "");
    assertSeriesRefused(Refusal.NAME_TOO_LONG, "ninechars");
    assertSeriesRefused(Refusal.TOO_MANY_TAGS, "cpu", "a:1", "b:1", "c:1");
    assertSeriesRefused(Refusal.TAG_TOO_LONG, "cpu", "a:1234567");
    assertSeriesRefused(Refusal.EMPTY_TAG, "cpu", "");
    assertSeriesRefused(Refusal.EMPTY_TAG, "cpu", ":1");
    assertSeriesRefused(Refusal.DUPLICATE_TAG, "cpu", "a:1", "a:2");
    assertSeriesRefused(
        Refusal.INVALID_UTF8,
        TestRecords.key(MetricType.GAUGE, "acme", new byte[] {(byte) 0xC3, 0x28}));
    assertSeriesRefused(
        Refusal.INVALID_UTF8,
        TestRecords.key(MetricType.GAUGE, "acme", new byte[] {'x'}, new byte[] {(byte) 0xFF}));
  }

  @Test
  void aMixedRecordLeavesOneDeadLetterThatSaysAll() throws Exception {
    batch.points().refuse(Refusal.SUMMARY, 4);
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS, Double.NaN);
    point(BROKER_TIME_MS, 7.0);
    point(BROKER_TIME_MS, Double.NaN);
    point(-1L, 1.0);
    series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "acme", ""));
    point(BROKER_TIME_MS, 1.0);
    admit();

    assertThat(admittedValues(0)).containsExactly(7.0);
    assertThat(batch.isRefused(1)).isTrue();
    DeadLetter letter = onlyLetter();
    assertThat(letter.topic()).isEqualTo(TestRecords.TOPIC);
    assertThat(letter.partition()).isEqualTo(3);
    assertThat(letter.offset()).isEqualTo(99L);
    assertThat(letter.stage()).isEqualTo("admit");
    assertThat(letter.reasons().split(","))
        .containsExactlyInAnyOrder(
            "summary:4", "not-finite:2", "negative-timestamp:1", "empty-name:1");
    assertThat(letter.refusedPoints()).isEqualTo(8);
    assertThat(letter.value()).isEqualTo(VALUE);
    assertThat(batch.ledger().drain().counts())
        .isEqualTo(
            Map.of(
                EpochReport.POINTS_ACCEPTED,
                1L,
                EpochReport.POINTS_REFUSED,
                8L,
                "refused.summary",
                4L,
                "refused.not-finite",
                2L,
                "refused.negative-timestamp",
                1L,
                "refused.empty-name",
                1L));
  }

  @Test
  void aRecordRefusedInDecodingKeepsItsReason() throws Exception {
    batch.points().refuseRecord(Refusal.MALFORMED);
    admit();
    DeadLetter letter = onlyLetter();
    assertThat(letter.stage()).isEqualTo("decode");
    assertThat(letter.reasons()).isEqualTo("malformed");
    assertThat(letter.refusedPoints()).isZero();
    assertThat(batch.ledger().drain().counts()).isEqualTo(Map.of("refused.malformed", 1L));
  }

  @Test
  void negativeZeroBecomesZero() throws Exception {
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS, -0.0);
    admit();
    assertThat(Double.doubleToRawLongBits(admittedValues(0).get(0))).isZero();
  }

  @Test
  void histogramsAreJudgedAsAWhole() throws Exception {
    series(MetricType.DISTRIBUTION, TestRecords.key(MetricType.DISTRIBUTION, "acme", "lat"));
    histogram(BROKER_TIME_MS, 5, 1.0, 0.0, 1.0);
    histogram(BROKER_TIME_MS, 6, Double.NaN, 0.0, 1.0);
    histogram(BROKER_TIME_MS, 7, 1.0, 0.0, 0x1p961);
    histogram(BROKER_TIME_MS + HOUR_MS, 8, 1.0, 0.0, 1.0);
    admit();
    assertThat(onlyLetter().reasons().split(","))
        .containsExactlyInAnyOrder("not-finite:6", "out-of-range:7", "future-timestamp:8");
    assertThat(batch.ledger().drain().count(EpochReport.POINTS_ACCEPTED)).isEqualTo(5);
    assertThat(batch.points().histograms().samples(0)).isEqualTo(5);
    for (int refused = 1; refused <= 3; refused++) {
      assertThat(batch.points().histograms().samples(refused)).isZero();
    }
  }

  @Test
  void oneOrgsBudgetIsNotAnothers() throws Exception {
    for (int i = 0; i < 5; i++) {
      series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "greedy", "cpu", "host:" + i));
      point(BROKER_TIME_MS, i);
    }
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS, 9.0);
    admit();
    assertThat(onlyLetter().reasons()).isEqualTo("series-budget:2");
    assertThat(admittedValues(5)).containsExactly(9.0);

    // the three that fitted still do
    begin();
    for (int i = 0; i < 5; i++) {
      series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "greedy", "cpu", "host:" + i));
      point(BROKER_TIME_MS, i);
    }
    admit();
    assertThat(batch.isRefused(2)).isFalse();
    assertThat(batch.isRefused(3)).isTrue();
  }

  @Test
  void anEmptiedCacheChangesNothingButNumbers() throws Exception {
    open(new AdmitConfig(HOUR_MS, 60_000L, 2, 8, 8, 3, 2, PointSelection.ALL, ShardShare.ALL));
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 3; i++) {
        begin();
        series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "acme", "cpu", "host:" + i));
        point(BROKER_TIME_MS, i);
        admit();
        SeriesIdentity identity = new SeriesIdentity("acme", "cpu", List.of("host:" + i));
        assertThat(batch.isRefused(0)).isFalse();
        assertThat(batch.seriesId(0)).isEqualTo(identity.hash()[0]);
        assertThat(new String(batch.names().name(batch.name(0)).metric(), StandardCharsets.UTF_8))
            .isEqualTo("cpu");
      }
    }
    assertThat(letters()).isEmpty();
  }

  @Test
  void announcesASeriesOncePerDay() throws Exception {
    open(
        new AdmitConfig(
            40 * DAY_MS, DAY_MS, 2, 8, 8, 3, 1_000, PointSelection.ALL, ShardShare.ALL));
    long today = Math.floorDiv(BROKER_TIME_MS, DAY_MS) * DAY_MS;
    assertThat(announced(today + 5)).containsExactly(entry(today, today));
    assertThat(announced(today + DAY_MS - 1)).isEmpty();
    assertThat(announced(today + DAY_MS)).containsExactly(entry(today + DAY_MS, today + DAY_MS));
    assertThat(announced(today - 1)).containsExactly(entry(today - DAY_MS, today - DAY_MS));
    assertThat(announced(today - DAY_MS)).isEmpty();
  }

  @Test
  void aSeriesWithoutAnAdmittedPointIsNotAnnounced() throws Exception {
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS, Double.NaN);
    admit();
    assertThat(batch.isRefused(0)).isTrue();
    assertThat(batch.announcements()).isEmpty();
  }

  /** The bytes of a replay's record are those of the next one soon. */
  @Test
  void aLetterKeepsACopyOfWhatARecordOnlyShows() throws Exception {
    byte[] buffer = {9, 4, 2, 9};
    IntakeRecord record = IntakeRecord.reusable();
    record.describe(TestRecords.TOPIC, 3, 1L, BROKER_TIME_MS, "native", "", Long.MIN_VALUE);
    record.show(buffer, 1, 2);
    batch.begin(record);
    series(MetricType.GAUGE, CPU);
    point(BROKER_TIME_MS, Double.NaN);
    admit();
    buffer[1] = 0;
    assertThat(onlyLetter().value()).isEqualTo(VALUE);
  }

  /** Long keys must not outgrow what the count of series allows, whoever sends them. */
  @Test
  void longKeysThatAreRefusedTakeNoMemory() throws Exception {
    open(
        new AdmitConfig(
            HOUR_MS, 60_000L, 2, 8, 8, 1_000_000, 1_000_000, PointSelection.ALL, ShardShare.ALL));
    byte[] metric = new byte[1 << 20];
    for (int i = 0; i < 3_000; i++) { // 3 GB in all
      metric[0] = (byte) i;
      metric[1] = (byte) (i >>> 8);
      begin();
      series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "greedy", metric));
      point(BROKER_TIME_MS, 1.0);
      admit();
      assertThat(batch.isRefused(0)).isTrue();
      harness.getOutput().clear();
    }
  }

  /** Nor may keys inside the limits: they empty the cache before they fill the heap. */
  @Test
  void longKeysThatAreAdmittedEmptyTheCache() throws Exception {
    open(
        new AdmitConfig(
            HOUR_MS,
            60_000L,
            2,
            60_000,
            60_000,
            1_000_000,
            1_000,
            PointSelection.ALL,
            ShardShare.ALL));
    for (int i = 0; i < 10_000; i++) { // 600 MB in all
      begin();
      String metric = i + "-".repeat(59_000);
      series(MetricType.GAUGE, TestRecords.key(MetricType.GAUGE, "greedy", metric));
      point(BROKER_TIME_MS, 1.0);
      admit();
      assertThat(batch.isRefused(0)).isFalse();
      batch.announcements().clear();
    }
    assertThat(batch.names().size()).isLessThan(100);
  }

  private Map<LedgerKey, Long> drained() {
    List<PartialBatch> batches = new ArrayList<>();
    batch.accepted().drain(0, sent -> batches.add(sent.copy()));
    return TestPartials.ledger(batches);
  }

  private List<SeriesEntry> announced(long timestampMs) throws Exception {
    begin();
    series(MetricType.GAUGE, CPU);
    point(timestampMs, 1.0);
    admit();
    List<SeriesEntry> entries = new ArrayList<>(batch.announcements());
    batch.announcements().clear();
    return entries;
  }

  private static SeriesEntry entry(long firstMs, long lastMs) {
    SeriesIdentity identity = new SeriesIdentity("acme", "cpu", List.of("host:a"));
    long[] hash = identity.hash();
    return new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, identity, firstMs, lastMs);
  }

  private void assertPointRefused(long timestampMs, double value, Refusal reason) throws Exception {
    begin();
    series(MetricType.GAUGE, CPU);
    point(timestampMs, value);
    admit();
    assertThat(batch.isRefused(0)).isTrue();
    assertThat(onlyLetter().reasons()).isEqualTo(reason.label() + ":1");
  }

  private void assertSeriesRefused(Refusal reason, String metric, String... tags) throws Exception {
    assertSeriesRefused(reason, TestRecords.key(MetricType.GAUGE, "acme", metric, tags));
  }

  private void assertSeriesRefused(Refusal reason, byte[] key) throws Exception {
    open();
    for (int again = 0; again < 2; again++) { // the second time it is remembered
      begin();
      series(MetricType.GAUGE, key);
      point(BROKER_TIME_MS, 1.0);
      point(BROKER_TIME_MS, 2.0);
      admit();
      assertThat(batch.isRefused(0)).isTrue();
      assertThat(onlyLetter().reasons()).isEqualTo(reason.label() + ":2");
      assertThat(batch.announcements()).isEmpty();
    }
  }

  private void begin() {
    batch.begin(TestRecords.of(99L, "native", "", VALUE));
  }

  private void series(MetricType type, byte[] key) {
    batch.points().addSeries(type, key, 0, key.length);
  }

  private void point(long timestampMs, double value) {
    batch.points().addPoint(timestampMs, value);
  }

  private void histogram(long timestampMs, long samples, double sum, double min, double max) {
    batch.points().histograms().addBin(10, samples, false);
    batch.points().histograms().add(timestampMs, samples, 0, sum, min, max, 0);
    batch.points().histogramAdded();
  }

  private void admit() throws Exception {
    harness.getOutput().clear();
    harness.processElement(new StreamRecord<>(batch));
    assertThat(harness.getOutput()).hasSize(1);
  }

  private List<Double> admittedValues(int series) {
    assertThat(batch.isRefused(series)).isFalse();
    List<Double> values = new ArrayList<>();
    for (int i = batch.points().firstPoint(series); i < batch.pointsEnd(series); i++) {
      values.add(batch.points().values()[i]);
    }
    return values;
  }

  private DeadLetter onlyLetter() {
    List<DeadLetter> all = letters();
    assertThat(all).hasSize(lettersSeen + 1);
    return all.get(lettersSeen++);
  }

  private List<DeadLetter> letters() {
    var letters = harness.getSideOutput(AdmitOperator.DEAD_LETTERS);
    return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
  }
}
