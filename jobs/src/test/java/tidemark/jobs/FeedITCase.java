package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Snapshot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.feed.FeedConfig;
import tidemark.operators.feed.FeedOptions;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;

/**
 * The whole job with its feed in a real Kafka: beside any commit, the rows that the rule of {@link
 * FeedWriter} leaves hot are what is missing, and nothing else.
 */
class FeedITCase {
  private static final int RECORDS = 2_000;
  private static final int RECORDS_PER_CHECKPOINT = RECORDS / 5;
  private static final int PARTITIONS = 3;
  private static final long SEED = 20261123;
  private static final int CUTS = 5;

  /** Reads time from the broker, so that what was there at a commit can be told later. */
  private static final Map<String, String> BROKERS_TIME =
      Map.of("message.timestamp.type", "LogAppendTime");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir static Path brokerFolder;
  private static TestBroker broker;

  @TempDir Path folder;

  @BeforeAll
  static void startBroker() {
    broker = new TestBroker(brokerFolder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  /** A commit of the store, and the rows that it shows. */
  private record Committed(
      long checkpoint, long timeMs, long pointsLate, Map<Expected.Key, Expected.Row> rows) {}

  @Test
  void afterAFailureStoredAndHotRowsAreTheWholeAtEveryCommit() throws Exception {
    TopologyRun run = new TopologyRun(folder).parallelism(2).restartOnce();
    Hooks hooks = new Hooks(newTopic("failing"), true);
    run.run(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.perCheckpoint(RECORDS_PER_CHECKPOINT),
        hooks);
    assertThat(FailAtBarrier.hasFailed()).isTrue();

    FedRows fed = new FedRows(broker.records(hooks.topic()));
    List<Committed> commits = commits(run, fed);
    Map<Expected.Key, Expected.Row> expected =
        Expected.rows(new GeneratedInput(SEED).allPoints(RECORDS));
    assertThat(fed.rows(FedRows.Fate.DEAD, 0)).as("rows that the failure made dead").isPositive();
    assertThat(fed.writers(each -> true))
        .extracting(FeedWriter::restored)
        .anyMatch(restored -> restored == 0)
        .anyMatch(restored -> restored > 0)
        .hasSize(4);
    assertThatTheWholeIsThere(expected, commits, fed);
    assertThatNoReaderSeesARowTwice(expected, commits, fed);
    assertThatNothingDisappears(commits, fed);
    assertThatOnlyLatePointsComeBehindTheirWatermark(commits, fed);
  }

  @Test
  void goneOnFromASavepointAtAnotherParallelismBothJobsRowsAreTheWhole() throws Exception {
    Hooks hooks = new Hooks(newTopic("resumed"), false);
    TopologyRun first = new TopologyRun(folder).parallelism(2);
    String savepoint = stop(first, hooks);
    TopologyRun second = new TopologyRun(folder).parallelism(3).from(savepoint);
    second.run(new GeneratedInput(SEED)::record, RECORDS, RateLimiterStrategy.noOp(), hooks);

    FedRows fed = new FedRows(broker.records(hooks.topic()));
    List<Committed> commits = commits(second, fed);
    Map<Expected.Key, Expected.Row> expected =
        Expected.rows(new GeneratedInput(SEED).allPoints(RECORDS));
    assertThat(fed.jobs()).hasSize(2);
    assertThat(fed.writers(each -> true)).hasSize(5);
    assertThatTheWholeIsThere(expected, commits, fed);
    assertThatNoReaderSeesARowTwice(expected, commits, fed);
  }

  /** It has no state, but must know what it was restored from even where it was not before. */
  @Test
  void savepointsGoOnWithTheFeedAndWithout() throws Exception {
    TopologyRun.Hooks without = new TopologyRun.Hooks() {};
    Hooks with = new Hooks(newTopic("added"), false);
    String savepoint = stop(new TopologyRun(folder).parallelism(2), without);
    savepoint = stop(new TopologyRun(folder).parallelism(2).from(savepoint), with);
    TopologyRun last = new TopologyRun(folder).parallelism(2).from(savepoint);
    last.run(new GeneratedInput(SEED)::record, RECORDS, RateLimiterStrategy.noOp(), without);

    List<FeedRecord> fed =
        broker.records(with.topic()).stream()
            .map(each -> FeedRecord.ofBytes(each.value()))
            .toList();
    assertThat(fed).extracting(FeedRecord::kind).contains(FeedRecord.Kind.ROWS);
    assertThat(fed).noneMatch(record -> record.writer().restored() == 0);
    assertThat(fed).noneMatch(record -> record.after() < record.writer().restored());
    try (StoredTables tables = last.tables()) {
      Map<Expected.Key, Expected.Row> expected =
          Expected.rows(new GeneratedInput(SEED).allPoints(RECORDS));
      assertThat(Expected.differences(expected, tables.rows())).as("seed %s", SEED).isEmpty();
    }
  }

  /** Stops with a savepoint when the run has committed a tenth of the input, or more. */
  private String stop(TopologyRun run, TopologyRun.Hooks hooks) throws Exception {
    long before = run.accepted();
    return run.runAndStop(
        new GeneratedInput(SEED)::record,
        RECORDS,
        RateLimiterStrategy.perSecond(RECORDS / 20.0),
        hooks,
        folder.resolve("savepoints"),
        () -> run.accepted() > before + RECORDS * 40 / 10);
  }

  @Test
  void theTopicMustBeThere() throws Exception {
    assertThat(new FeedTopic(broker.bootstrapServers(), newTopic("there")).count())
        .isEqualTo(PARTITIONS);
    assertThatThrownBy(() -> new FeedTopic(broker.bootstrapServers(), "not-there").count())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "topic not-there must exist on %s: create it, or set tidemark.feed.topic to an empty"
                + " text to feed nothing",
            broker.bootstrapServers());
  }

  private static String newTopic(String name) throws Exception {
    broker.createTopic(name, PARTITIONS, BROKERS_TIME);
    return name;
  }

  /** Whoever has read the topic to its end shows every row, whatever commit it pins. */
  private static void assertThatTheWholeIsThere(
      Map<Expected.Key, Expected.Row> expected, List<Committed> commits, FedRows fed) {
    long mostHot = 0;
    for (Committed commit : commits) {
      Map<Expected.Key, Expected.Row> whole =
          fed.withHot(commit.rows(), commit.checkpoint(), each -> true);
      assertThat(Expected.differences(expected, whole))
          .as("commit of checkpoint %s, seed %s", commit.checkpoint(), SEED)
          .isEmpty();
      mostHot = Math.max(mostHot, fed.rows(FedRows.Fate.HOT, commit.checkpoint()));
    }
    assertThat(mostHot).as("hot rows beside some commit").isPositive();
    assertThat(fed.rows(FedRows.Fate.HOT, commits.get(commits.size() - 1).checkpoint())).isZero();
  }

  /** However far a reader has come in each partition, whichever commit it pins. */
  private static void assertThatNoReaderSeesARowTwice(
      Map<Expected.Key, Expected.Row> expected, List<Committed> commits, FedRows fed) {
    Random random = new Random(SEED);
    for (Committed commit : commits) {
      for (int i = 0; i < CUTS; i++) {
        double[] parts = random.doubles(PARTITIONS).toArray();
        long[] ends = ends(fed);
        Predicate<FedRows.Fed> seen =
            each -> each.offset() < parts[each.partition()] * ends[each.partition()];
        fed.withHot(commit.rows(), commit.checkpoint(), seen)
            .forEach(
                (key, row) ->
                    assertThat(row.count())
                        .as("%s at checkpoint %s, seed %s", key, commit.checkpoint(), SEED)
                        .isLessThanOrEqualTo(expected.get(key).count()));
      }
    }
  }

  private static long[] ends(FedRows fed) {
    long[] ends = new long[PARTITIONS];
    fed.all().forEach(each -> ends[each.partition()] = each.offset() + 1);
    return ends;
  }

  /**
   * A reader who follows both as they come: what it has shown stays, but for what a restart takes
   * back until it is sent again.
   */
  private static void assertThatNothingDisappears(List<Committed> commits, FedRows fed) {
    Map<Expected.Key, Expected.Row> before = new HashMap<>();
    Set<FeedWriter> writersBefore = Set.of();
    int compared = 0;
    for (int i = 0; i < commits.size(); i++) {
      Committed commit = commits.get(i);
      // at the commit, and just before it with the one that was there until then
      List<Committed> pinned = i == 0 ? List.of(commit) : List.of(commits.get(i - 1), commit);
      Predicate<FedRows.Fed> seen = each -> each.appendedMs() <= commit.timeMs();
      Set<FeedWriter> writers = fed.writers(seen);
      for (Committed each : pinned) {
        Map<Expected.Key, Expected.Row> now = fed.withHot(each.rows(), each.checkpoint(), seen);
        if (writers.equals(writersBefore)) {
          compared++;
          before.forEach(
              (key, row) ->
                  assertThat(now.get(key))
                      .as("%s at checkpoint %s", key, each.checkpoint())
                      .matches(shown -> shown != null && shown.count() >= row.count()));
        }
        before = now;
        writersBefore = writers;
      }
    }
    assertThat(compared).as("moments that were compared").isGreaterThan(2);
  }

  /**
   * All rows of windows that end at or before a watermark were sent before: what comes behind it is
   * late by the job's own count, and nothing else is.
   */
  private static void assertThatOnlyLatePointsComeBehindTheirWatermark(
      List<Committed> commits, FedRows fed) {
    record Place(FeedWriter writer, int partition) {}
    Set<FeedWriter> writers = fed.writers(each -> true);
    Map<Place, Long> watermarks = new HashMap<>();
    long behind = 0;
    for (FedRows.Fed each : fed.all()) {
      Place place = new Place(each.writer(), each.partition());
      long watermarkMs = watermarks.getOrDefault(place, Long.MIN_VALUE);
      if (each.record().kind() == FeedRecord.Kind.WATERMARK) {
        assertThat(each.record().watermarkMs()).isGreaterThan(watermarkMs);
        watermarks.put(place, each.record().watermarkMs());
      }
      if (FedRows.fate(each, writers, 0) != FedRows.Fate.DEAD) {
        for (FedRows.Part part : each.parts()) {
          boolean isBehind = part.key().startMs() + 10_000L - 1 <= watermarkMs;
          behind += part.key().tier() == 10 && isBehind ? part.row().count() : 0;
        }
      }
    }
    assertThat(watermarks.values()).contains(Long.MAX_VALUE);
    assertThat(behind)
        .as("points of rows behind their watermark")
        .isPositive()
        .isLessThanOrEqualTo(commits.get(commits.size() - 1).pointsLate());
  }

  private static List<Committed> commits(TopologyRun run, FedRows fed) throws Exception {
    List<Committed> commits = new ArrayList<>();
    Set<String> jobs = new HashSet<>();
    try (StoredTables tables = run.tables()) {
      for (Snapshot snapshot : tables.snapshots()) {
        Map<String, String> summary = snapshot.summary();
        jobs.add(summary.get("tidemark.job"));
        commits.add(
            new Committed(
                Long.parseLong(summary.getOrDefault("tidemark.checkpoint", "0")),
                snapshot.timestampMillis(),
                Long.parseLong(summary.getOrDefault("tidemark.total-points-late", "0")),
                tables.rows(snapshot.snapshotId())));
      }
    }
    assertThat(fed.jobs()).isEqualTo(jobs);
    return commits;
  }

  /** The failure, and the feed as the main job has it. */
  private record Hooks(String topic, boolean fails) implements TopologyRun.Hooks {
    @Override
    public void topology(MainTopology topology) {
      Configuration options = new Configuration();
      options.set(FeedOptions.TOPIC, topic);
      options.set(FeedOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
      if (fails) {
        FailAtBarrier.beside(topology.rows());
      }
      MainJob.appendFeed(topology, options, MainConfig.from(options), FeedConfig.from(options));
    }
  }
}
