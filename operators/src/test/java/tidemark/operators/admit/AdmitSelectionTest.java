package tidemark.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.operators.TestRecords.BROKER_TIME_MS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.operators.IntakeBatch;
import tidemark.operators.SharedIntakeBatchSerializer;
import tidemark.operators.TestPartials;
import tidemark.operators.TestRecords;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.wire.HistogramColumns;
import tidemark.state.MetricType;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardShare;

/** A selection takes what a plain filter takes, and judges that as if nothing else had come. */
class AdmitSelectionTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final String[] ORGS = {"acme", "b", "globex"};
  private static final String[] METRICS = {"cpu", "cpu.user", "mem", "", "too.long"};

  /** One point or histogram as it was sent. */
  private record Sent(
      String org, String metric, boolean isHistogram, long timestampMs, double value) {
    boolean isTakenBy(PointSelection selection) {
      boolean isOrg = selection.orgs().isEmpty() || selection.orgs().contains(org);
      boolean isMetric =
          selection.metrics().isEmpty()
              || !isSound() // nobody knows the metric of a series that is not one
              || selection.metrics().stream()
                  .anyMatch(
                      pattern ->
                          metric.matches(pattern.text().replace(".", "\\.").replace("*", ".*")));
      return isOrg
          && isMetric
          && (!isSound() || (timestampMs >= selection.fromMs() && timestampMs < selection.toMs()));
    }

    boolean isSound() {
      return !metric.isEmpty() && metric.length() <= 8;
    }

    boolean isGood() {
      return isSound()
          && !(Double.isNaN(value) || Double.isInfinite(value))
          && timestampMs >= BROKER_TIME_MS - 2 * HOUR_MS
          && timestampMs <= BROKER_TIME_MS + HOUR_MS;
    }
  }

  private OneInputStreamOperatorTestHarness<IntakeBatch, IntakeBatch> harness;
  private final IntakeBatch batch = new IntakeBatch();

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void open(PointSelection selection) throws Exception {
    AdmitConfig config =
        new AdmitConfig(
            2 * HOUR_MS, HOUR_MS, 2, 8, 8, 1_000, 1_000, PointSelection.ALL, ShardShare.ALL);
    harness = new OneInputStreamOperatorTestHarness<>(new AdmitOperator(config.of(selection)));
    harness.setup(new SharedIntakeBatchSerializer());
    harness.open();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void takesWhatAPlainFilterTakes(long seed) throws Exception {
    Random random = new Random(seed);
    PointSelection selection = selection(random);
    open(selection);
    List<Sent> accepted = new ArrayList<>();
    List<Sent> wanted = new ArrayList<>();
    long refused = 0;
    long skipped = 0;
    for (int record = 0; record < 200; record++) {
      List<List<Sent>> series = record(random);
      batch.begin(TestRecords.of(record, "native", "", new byte[1]));
      series.forEach(this::add);
      harness.processElement(new StreamRecord<>(batch));
      for (int i = 0; i < series.size(); i++) {
        collect(i, series.get(i).get(0), accepted);
        for (Sent sent : series.get(i)) {
          boolean isTaken = sent.isTakenBy(selection);
          skipped += isTaken ? 0 : 1;
          refused += isTaken && !sent.isGood() ? 1 : 0;
          if (isTaken && sent.isGood()) {
            wanted.add(sent);
          }
        }
      }
      harness.getOutput().clear();
    }
    String where = "seed %s, %s".formatted(seed, selection);
    assertThat(accepted).as(where).containsExactlyInAnyOrderElementsOf(wanted);
    var counts = batch.ledger().drain();
    assertThat(counts.count("points-accepted")).as(where).isEqualTo(wanted.size());
    assertThat(counts.count("points-refused")).as(where).isEqualTo(refused);
    assertThat(counts.count("points-skipped")).as(where).isEqualTo(skipped);
    assertThat(ledger()).as(where).isEqualTo(byMinute(wanted));
    batch
        .announcements()
        .forEach(entry -> assertThat(selection.takesOrg(entry.identity().org())).isTrue());
  }

  /** What is wrong with a point that nobody asked for is nobody's concern. */
  @Test
  void aRecordOfWhichNothingIsWantedLeavesNoLetter() throws Exception {
    open(new PointSelection(List.of("b"), List.of(), Long.MIN_VALUE, Long.MAX_VALUE));
    batch.begin(TestRecords.of(1, "native", "", new byte[1]));
    add(List.of(new Sent("acme", "cpu", false, BROKER_TIME_MS, Double.NaN)));
    harness.processElement(new StreamRecord<>(batch));
    assertThat(harness.getSideOutput(AdmitOperator.DEAD_LETTERS)).isNull();
    assertThat(batch.ledger().drain().counts())
        .isEqualTo(new TreeMap<>(Map.of("points-skipped", 1L)));
  }

  private static PointSelection selection(Random random) {
    List<String> orgs = random.nextInt(3) == 0 ? List.of() : List.of("acme", "globex");
    List<TextPattern> metrics =
        random.nextInt(3) == 0
            ? List.of()
            : List.of(new TextPattern(random.nextBoolean() ? "cpu" : "cpu*"));
    long fromMs =
        random.nextInt(3) == 0 ? Long.MIN_VALUE : BROKER_TIME_MS - HOUR_MS * random.nextInt(4);
    long toMs = random.nextInt(3) == 0 ? Long.MAX_VALUE : BROKER_TIME_MS + HOUR_MS;
    return new PointSelection(orgs, metrics, fromMs, toMs);
  }

  private static List<List<Sent>> record(Random random) {
    List<List<Sent>> record = new ArrayList<>();
    for (int s = 1 + random.nextInt(3); s > 0; s--) {
      String org = ORGS[random.nextInt(ORGS.length)];
      String metric = METRICS[random.nextInt(METRICS.length)];
      boolean isHistogram = random.nextInt(3) == 0;
      if (metric.equals("too.long")) {
        metric = "too.long.by.far";
      }
      List<Sent> series = new ArrayList<>();
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        long timestampMs =
            BROKER_TIME_MS
                + HOUR_MS * (random.nextInt(6) - 3)
                + (random.nextInt(3) - 1) * (1 + random.nextInt(2) * 1_000L);
        double value = random.nextInt(6) == 0 ? Double.NaN : random.nextInt(10);
        series.add(new Sent(org, metric, isHistogram, timestampMs, value));
      }
      record.add(series);
    }
    return record;
  }

  private void add(List<Sent> series) {
    Sent first = series.get(0);
    MetricType type = first.isHistogram() ? MetricType.DISTRIBUTION : MetricType.GAUGE;
    byte[] key = TestRecords.key(type, first.org(), first.metric(), "host:a");
    batch.points().addSeries(type, key, 0, key.length);
    for (Sent sent : series) {
      if (sent.isHistogram()) {
        HistogramColumns histograms = batch.points().histograms();
        histograms.addBin(10, 1, false);
        histograms.add(sent.timestampMs(), 1, 0, sent.value(), sent.value(), sent.value(), 0);
        batch.points().histogramAdded();
      } else {
        batch.points().addPoint(sent.timestampMs(), sent.value());
      }
    }
  }

  private void collect(int series, Sent like, List<Sent> into) {
    if (batch.isRefused(series)) {
      return;
    }
    for (int i = batch.points().firstPoint(series); i < batch.pointsEnd(series); i++) {
      into.add(
          new Sent(
              like.org(),
              like.metric(),
              false,
              batch.points().timestampsMs()[i],
              batch.points().values()[i]));
    }
    HistogramColumns histograms = batch.points().histograms();
    int end = batch.points().firstHistogram(series + 1);
    for (int h = batch.points().firstHistogram(series); h < end; h++) {
      if (histograms.samples(h) > 0) {
        into.add(
            new Sent(
                like.org(), like.metric(), true, histograms.timestampMs(h), histograms.sum(h)));
      }
    }
  }

  private Map<String, Long> ledger() {
    List<PartialBatch> batches = new ArrayList<>();
    batch.accepted().drain(0, sent -> batches.add(sent.copy()));
    Map<String, Long> byMinute = new TreeMap<>();
    TestPartials.ledger(batches)
        .forEach((key, points) -> byMinute.put(key.org() + " " + key.minuteMs(), points));
    return byMinute;
  }

  private static Map<String, Long> byMinute(List<Sent> points) {
    Map<String, Long> byMinute = new TreeMap<>();
    for (Sent sent : points) {
      long minuteMs = Math.floorDiv(sent.timestampMs(), 60_000L) * 60_000L;
      byMinute.merge(sent.org() + " " + minuteMs, 1L, Long::sum);
    }
    return byMinute;
  }
}
