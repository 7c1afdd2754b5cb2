package tidemark.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.operators.TestRecords.BROKER_TIME_MS;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.operators.DeadLetter;
import tidemark.operators.IntakeBatch;
import tidemark.operators.SharedIntakeBatchSerializer;
import tidemark.operators.TestRecords;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.wire.HistogramColumns;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/**
 * Three jobs with different shards of one map read the same records. What becomes of each point is
 * recomputed from the shard of its org and time.
 */
class AdmitShareTest {
  private static final long HOUR_MS = 3_600_000L;
  private static final int JOBS = 3;
  private static final int SHARDS = 4;
  private static final int OWN_SHARD = 6; // beyond those among which orgs are spread
  private static final int RECORDS = 150;
  private static final String[] ORGS = {"acme", "b", "globex", "ümlaut"};
  private static final String[] METRICS = {"cpu", "mem", "disk", "", "too.long.by.far"};

  /** One point, or a histogram of so many samples, as it was sent. */
  private record Sent(
      String org, String metric, boolean isHistogram, long timestampMs, double value, int points) {
    boolean isSound() {
      return !metric.isEmpty() && metric.length() <= 8;
    }

    boolean isGood() {
      return isSound()
          && Double.isFinite(value)
          && timestampMs >= BROKER_TIME_MS - 2 * HOUR_MS
          && timestampMs <= BROKER_TIME_MS + HOUR_MS;
    }
  }

  /**
   * A record as it was sent.
   *
   * @param org that it names; empty if none
   * @param lost points of it that could not be decoded
   * @param isRefused whether nothing of it could
   */
  private record SentRecord(String org, List<List<Sent>> series, int lost, boolean isRefused) {}

  /** Counts of one job, and what it took. */
  private static final class Outcome {
    final List<String> accepted = new ArrayList<>();
    final TreeMap<Long, Long> lettersByOffset = new TreeMap<>();
    long points;
    long refused;
    long skipped;
    long records;
  }

  private final List<OneInputStreamOperatorTestHarness<IntakeBatch, IntakeBatch>> harnesses =
      new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var harness : harnesses) {
      harness.close();
    }
  }

  private static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void eachPointIsAcceptedOrRefusedByTheJobThatHasIt(int seed) throws Exception {
    Random random = new Random(seed);
    ShardMap map = randomMap(random);
    List<ShardNumbers> division = division(random);
    List<SentRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      records.add(record(random));
    }
    int cachedSeries = random.nextBoolean() ? 1_000 : 5; // or forgets in between
    long allPoints = 0;
    Map<Long, Integer> lettersOfRecord = new HashMap<>();
    for (int job = 0; job < JOBS; job++) {
      String where = "seed %d, shards %s of %s".formatted(seed, division.get(job), map);
      ShardShare share = new ShardShare(map, division.get(job));
      Outcome wanted = new Outcome();
      for (int offset = 0; offset < RECORDS; offset++) {
        expect(share, offset, records.get(offset), wanted);
      }
      Outcome found = run(share, records, cachedSeries);
      assertThat(found.accepted).as(where).containsExactlyInAnyOrderElementsOf(wanted.accepted);
      assertThat(found.points).as(where).isEqualTo(wanted.points);
      assertThat(found.refused).as(where).isEqualTo(wanted.refused);
      assertThat(found.skipped).as(where).isEqualTo(wanted.skipped);
      assertThat(found.lettersByOffset).as(where).isEqualTo(wanted.lettersByOffset);
      assertThat(found.records).as(where).isEqualTo(wanted.records);
      allPoints += found.points + found.refused;
      found.lettersByOffset.keySet().forEach(at -> lettersOfRecord.merge(at, 1, Integer::sum));
    }
    long sent = 0;
    for (int offset = 0; offset < RECORDS; offset++) {
      SentRecord record = records.get(offset);
      sent += record.lost() + points(record);
      if (record.isRefused()) {
        assertThat(lettersOfRecord)
            .as("seed %d, record %d", seed, offset)
            .containsEntry((long) offset, 1);
      }
    }
    assertThat(allPoints).as("seed %d", seed).isEqualTo(sent);
  }

  /** Whatever names no org anywhere is somebody's, too, and stops nobody. */
  @Test
  void aRecordWithoutAnOrgLeavesOneLetter() throws Exception {
    ShardMap map = ShardMap.first(SHARDS).with(new ShardMap.Move("acme", OWN_SHARD, 0L));
    List<SentRecord> records = List.of(new SentRecord("", List.of(), 0, true));
    int letters = 0;
    for (String shards : List.of("0-1", "2-3", "4-" + OWN_SHARD)) {
      ShardShare share = new ShardShare(map, ShardNumbers.parse(shards, "shards"));
      letters += run(share, records, 10).lettersByOffset.size();
    }
    assertThat(letters).isEqualTo(1);
  }

  // ---- what must come out

  private static void expect(ShardShare share, long offset, SentRecord record, Outcome wanted) {
    long refused = 0;
    boolean hasLetter = false;
    boolean isOwn = isTaken(share, record.org(), BROKER_TIME_MS);
    if (record.isRefused()) {
      hasLetter = isOwn;
      wanted.records += isOwn ? 1 : 0;
    } else if (isOwn) {
      refused += record.lost();
    } else {
      wanted.skipped += record.lost();
    }
    for (List<Sent> series : record.series()) {
      for (Sent sent : series) {
        if (!isTaken(share, sent.org(), sent.timestampMs())) {
          wanted.skipped += sent.points();
        } else if (sent.isGood()) {
          wanted.points += sent.points();
          wanted.accepted.add(offset + " " + sent);
        } else {
          refused += sent.points();
        }
      }
    }
    wanted.refused += refused;
    if (hasLetter || refused > 0) {
      wanted.lettersByOffset.put(offset, refused);
    }
  }

  private static boolean isTaken(ShardShare share, String org, long timeMs) {
    return share.shards().numbers().contains(share.map().shardOf(org, timeMs));
  }

  private static long points(SentRecord record) {
    return record.series().stream().flatMap(List::stream).mapToLong(Sent::points).sum();
  }

  // ---- what comes out

  private Outcome run(ShardShare share, List<SentRecord> records, int cachedSeries)
      throws Exception {
    AdmitConfig config =
        new AdmitConfig(
            2 * HOUR_MS, HOUR_MS, 2, 8, 8, 1_000, cachedSeries, PointSelection.ALL, share);
    var harness = new OneInputStreamOperatorTestHarness<>(new AdmitOperator(config));
    harnesses.add(harness);
    harness.setup(new SharedIntakeBatchSerializer());
    harness.open();
    IntakeBatch batch = new IntakeBatch();
    Outcome outcome = new Outcome();
    for (int offset = 0; offset < records.size(); offset++) {
      SentRecord record = records.get(offset);
      batch.begin(TestRecords.of(offset, "native", record.org(), new byte[1]));
      record.series().forEach(series -> add(batch, series));
      if (record.isRefused()) {
        batch.points().refuseRecord(Refusal.MALFORMED);
      } else if (record.lost() > 0) {
        batch.points().refuse(Refusal.MALFORMED, record.lost());
      }
      harness.processElement(new StreamRecord<>(batch));
      for (int i = 0; i < record.series().size(); i++) {
        collect(batch, offset, i, record.series().get(i).get(0), outcome);
      }
      harness.getOutput().clear();
    }
    var letters = harness.getSideOutput(AdmitOperator.DEAD_LETTERS);
    if (letters != null) {
      for (StreamRecord<DeadLetter> letter : letters) {
        assertThat(
                outcome.lettersByOffset.put(
                    letter.getValue().offset(), letter.getValue().refusedPoints()))
            .as("second letter of %s", letter.getValue())
            .isNull();
      }
    }
    EpochReport counts = batch.ledger().drain();
    outcome.points = counts.count(EpochReport.POINTS_ACCEPTED);
    outcome.refused = counts.count(EpochReport.POINTS_REFUSED);
    outcome.skipped = counts.count(EpochReport.POINTS_SKIPPED);
    long byReason =
        counts.counts().entrySet().stream()
            .filter(count -> count.getKey().startsWith("refused."))
            .mapToLong(Map.Entry::getValue)
            .sum();
    outcome.records = byReason - outcome.refused; // a record that is refused whole has no points
    batch
        .announcements()
        .forEach(
            entry ->
                assertThat(share.timesOf(entry.identity().org()).isNever())
                    .as("series %s of %s", entry, share)
                    .isFalse());
    return outcome;
  }

  private static void add(IntakeBatch batch, List<Sent> series) {
    Sent first = series.get(0);
    MetricType type = first.isHistogram() ? MetricType.DISTRIBUTION : MetricType.GAUGE;
    byte[] key = TestRecords.key(type, first.org(), first.metric(), "host:a");
    batch.points().addSeries(type, key, 0, key.length);
    for (Sent sent : series) {
      if (sent.isHistogram()) {
        HistogramColumns histograms = batch.points().histograms();
        histograms.addBin(10, sent.points(), false);
        histograms.add(
            sent.timestampMs(), sent.points(), 0, sent.value(), sent.value(), sent.value(), 0);
        batch.points().histogramAdded();
      } else {
        batch.points().addPoint(sent.timestampMs(), sent.value());
      }
    }
  }

  private static void collect(
      IntakeBatch batch, long offset, int series, Sent like, Outcome outcome) {
    if (batch.isRefused(series)) {
      return;
    }
    for (int i = batch.points().firstPoint(series); i < batch.pointsEnd(series); i++) {
      outcome.accepted.add(
          offset
              + " "
              + new Sent(
                  like.org(),
                  like.metric(),
                  false,
                  batch.points().timestampsMs()[i],
                  batch.points().values()[i],
                  1));
    }
    HistogramColumns histograms = batch.points().histograms();
    int end = batch.points().firstHistogram(series + 1);
    for (int h = batch.points().firstHistogram(series); h < end; h++) {
      if (histograms.samples(h) > 0) {
        outcome.accepted.add(
            offset
                + " "
                + new Sent(
                    like.org(),
                    like.metric(),
                    true,
                    histograms.timestampMs(h),
                    histograms.sum(h),
                    (int) histograms.samples(h)));
      }
    }
  }

  // ---- what is sent

  private static ShardMap randomMap(Random random) {
    ShardMap map = ShardMap.first(SHARDS);
    for (String org : ORGS) {
      long fromMs = BROKER_TIME_MS - 3 * HOUR_MS;
      for (int i = random.nextInt(5); i > 0; i--) {
        // on or near the times of points, more than one move within their span
        fromMs += HOUR_MS / 2 * (1 + random.nextInt(4)) + random.nextInt(3) - 1;
        int shard = random.nextInt(3) == 0 ? OWN_SHARD : random.nextInt(SHARDS);
        map = map.with(new ShardMap.Move(org, shard, fromMs));
      }
    }
    return map;
  }

  /** Each job has one shard at least. */
  private static List<ShardNumbers> division(Random random) {
    List<SortedSet<Integer>> jobs = new ArrayList<>();
    for (int job = 0; job < JOBS; job++) {
      jobs.add(new TreeSet<>(List.of(job)));
    }
    for (int shard = JOBS; shard <= OWN_SHARD; shard++) {
      jobs.get(random.nextInt(JOBS)).add(shard);
    }
    return jobs.stream().map(ShardNumbers::new).toList();
  }

  private static SentRecord record(Random random) {
    String org = ORGS[random.nextInt(ORGS.length)];
    if (random.nextInt(10) == 0) {
      return new SentRecord(org, List.of(), 0, true);
    }
    List<List<Sent>> record = new ArrayList<>();
    for (int s = 1 + random.nextInt(4); s > 0; s--) {
      String ofSeries = random.nextInt(3) == 0 ? ORGS[random.nextInt(ORGS.length)] : org;
      String metric = METRICS[random.nextInt(METRICS.length)];
      boolean isHistogram = random.nextInt(3) == 0;
      List<Sent> series = new ArrayList<>();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        long timestampMs =
            BROKER_TIME_MS + HOUR_MS / 2 * (random.nextInt(11) - 6) + random.nextInt(5) - 2;
        double value =
            switch (random.nextInt(8)) {
              case 0 -> Double.NaN;
              case 1 -> Double.NEGATIVE_INFINITY;
              default -> random.nextInt(10);
            };
        int points = isHistogram ? 1 + random.nextInt(3) : 1;
        series.add(new Sent(ofSeries, metric, isHistogram, timestampMs, value, points));
      }
      record.add(series);
    }
    return new SentRecord(org, record, random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0, false);
  }
}
