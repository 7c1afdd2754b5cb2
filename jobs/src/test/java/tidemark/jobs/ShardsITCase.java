package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.IntakeRecord;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;

/**
 * Two jobs read the same records and share the orgs; one org goes over to the other job at one
 * event time and comes back at another, while points come late by up to 30 days.
 */
class ShardsITCase {
  private static final long SEED = 20261122;
  private static final int RECORDS = 1_200;
  private static final long START_MS = 1_795_823_940_000L; // of the generated input
  private static final long AWAY_MS = START_MS + 180_000;
  private static final long BACK_MS = START_MS + 210_000;
  private static final GeneratedInput INPUT = GeneratedInput.ofOrgsInTurn(SEED);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir Path folder;

  @Test
  void eachPointIsCountedByOneJobAlsoOfAnOrgThatMovesAndComesBack() throws Exception {
    ShardMap map =
        new ShardMap(
            1,
            4,
            List.of(new Move("acme", 0, Long.MIN_VALUE), new Move("globex", 2, Long.MIN_VALUE)));
    add(map);
    String first = stop("tidemark", "0-1");
    String second = stop("second", "2-3");
    map = map.with(new Move("acme", 3, AWAY_MS));
    add(map);
    add(map.with(new Move("acme", 1, BACK_MS)));
    goOn("tidemark", "0-1", first, 3);
    goOn("second", "2-3", second, 1);

    List<Expected.Sent> all = INPUT.allPoints(RECORDS);
    List<Expected.Sent> ofFirst = new ArrayList<>();
    List<Expected.Sent> ofSecond = new ArrayList<>();
    for (Expected.Sent point : all) {
      boolean isAway = point.timestampMs() >= AWAY_MS && point.timestampMs() < BACK_MS;
      (point.org().equals("acme") && !isAway ? ofFirst : ofSecond).add(point);
    }
    assertThat(ofSecond).extracting(Expected.Sent::org).contains("acme", "globex");
    try (StoredTables one = run("tidemark", "0-1").tables();
        StoredTables other = run("second", "2-3").tables()) {
      assertThat(Expected.differences(Expected.rows(ofFirst), one.rows()))
          .as("seed %s", SEED)
          .isEmpty();
      assertThat(Expected.differences(Expected.rows(ofSecond), other.rows()))
          .as("seed %s", SEED)
          .isEmpty();
      assertThat(accepted(one) + accepted(other)).isEqualTo(all.size());
    }
  }

  /** Half of the records of globex are garbage, and the job that has it is lost. */
  @Test
  void whatPoisonsOneJobAndEndsItDoesNotShowInAnother() throws Exception {
    add(
        new ShardMap(
            1,
            4,
            List.of(new Move("acme", 0, Long.MIN_VALUE), new Move("globex", 2, Long.MIN_VALUE))));
    FailOnce.arm();
    assertThatThrownBy(
            () ->
                run("second", "2-3")
                    .run(
                        ShardsITCase::poisoned,
                        RECORDS,
                        RateLimiterStrategy.perCheckpoint(RECORDS / 10),
                        FailOnce.HOOKS))
        .isInstanceOf(JobExecutionException.class);
    TopologyRun healthy = run("tidemark", "0-1");
    healthy.run(
        ShardsITCase::poisoned, RECORDS, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});

    List<Expected.Sent> ofAcme =
        INPUT.allPoints(RECORDS).stream().filter(point -> point.org().equals("acme")).toList();
    try (StoredTables one = healthy.tables()) {
      assertThat(Expected.differences(Expected.rows(ofAcme), one.rows()))
          .as("seed %s", SEED)
          .isEmpty();
      assertThat(accepted(one)).isEqualTo(ofAcme.size());
      assertThat(one.rollups().currentSnapshot().summary())
          .as("whose they are, refuses them")
          .doesNotContainKey("tidemark.total-refused.malformed");
    }
  }

  private static IntakeRecord poisoned(long index) {
    IntakeRecord record = INPUT.record(index);
    if (record.isHeartbeat() || index % 6 != 2) {
      return record;
    }
    return new IntakeRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.brokerTimeMs(),
        record.format(),
        "globex",
        IntakeRecord.NO_HEARTBEAT,
        new byte[] {7, 7, 7});
  }

  @Test
  void aStateThatHasReadPastAMoveDoesNotStart() throws Exception {
    ShardMap map = new ShardMap(1, 4, List.of(new Move("acme", 0, Long.MIN_VALUE)));
    add(map);
    String savepoint = stop("tidemark", "0-3");
    add(map.with(new Move("acme", 9, START_MS - 60_000)));

    assertThatThrownBy(() -> goOn("tidemark", "0-3", savepoint, 1))
        .rootCause()
        .hasMessageContaining("the restored state has read records of up to")
        .hasMessageContaining("resume from a savepoint or checkpoint of before");
  }

  @Test
  void shardsAreClaimedOnce() throws Exception {
    add(ShardMap.first(4));
    stop("tidemark", "0-1");

    assertThatThrownBy(() -> stop("tidemark", "0-2"))
        .hasMessageContaining("the tables of tidemark hold shards 0-1 and cannot change them");
    assertThatThrownBy(() -> stop("second", "1-3"))
        .hasMessageContaining("shards 1-3 overlap with 0-1, which the tables of tidemark hold");
    assertThatThrownBy(
            () ->
                new TopologyRun(folder)
                    .run(
                        INPUT::record,
                        RECORDS,
                        RateLimiterStrategy.noOp(),
                        new TopologyRun.Hooks() {}))
        .rootCause()
        .hasMessageContaining("the tables of tidemark hold the points of shards 0-1");
  }

  private void add(ShardMap map) throws IOException {
    try (TableCatalog catalog = new TableCatalog(TopologyRun.store(folder).catalog())) {
      assertThat(ShardMaps.add(catalog.shards(), map)).isTrue();
    }
  }

  private TopologyRun run(String name, String shards) {
    return new TopologyRun(folder)
        .named(name)
        .parallelism(2)
        .option("tidemark.shards.served", shards)
        .option("tidemark.admit.max-future", "1s");
  }

  /** Far from the first move. */
  private String stop(String name, String shards) throws Exception {
    TopologyRun run = run(name, shards);
    return run.runAndStop(
        INPUT::record,
        RECORDS,
        RateLimiterStrategy.perSecond(RECORDS / 60.0),
        new TopologyRun.Hooks() {},
        folder.resolve("savepoints"),
        () -> run.accepted() > 200);
  }

  private void goOn(String name, String shards, String savepoint, int parallelism)
      throws Exception {
    run(name, shards)
        .parallelism(parallelism)
        .from(savepoint)
        .run(INPUT::record, RECORDS, RateLimiterStrategy.noOp(), new TopologyRun.Hooks() {});
  }

  private static long accepted(StoredTables tables) {
    Map<String, String> head = new HashMap<>(tables.rollups().currentSnapshot().summary());
    return Long.parseLong(head.get("tidemark.total-points-accepted"));
  }
}
