package tidemark.operators.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.operators.watch.WatchHarness.Point;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/** A window is judged by the job that counts all of its points, or by nobody. */
class WatchShardsTest {
  private static final ShardMap FIRST = ShardMap.first(4);
  private static final String HOME = Integer.toString(FIRST.shardOf("acme", 0));
  private static final long WINDOW_MS = 60_000L;
  private static final long END_MS = 20 * WINDOW_MS;

  @Test
  void aWindowThatAMoveDividesIsNobodys() throws Exception {
    ShardMap map = FIRST.with(new ShardMap.Move("acme", 9, 300_000L - 20_000L));
    List<Long> before = judged(map, HOME, WINDOW_MS);
    List<Long> after = judged(map, "9", WINDOW_MS);
    assertThat(before).containsExactly(60_000L, 120_000L, 180_000L, 240_000L);
    assertThat(after).startsWith(360_000L).endsWith(END_MS).hasSize(15);
  }

  @Test
  void aMoveAtAWindowsEndDividesNone() throws Exception {
    ShardMap map = FIRST.with(new ShardMap.Move("acme", 9, 300_000L));
    assertThat(judged(map, HOME, WINDOW_MS)).endsWith(300_000L).hasSize(5);
    assertThat(judged(map, "9", WINDOW_MS)).startsWith(360_000L).hasSize(15);
  }

  /** Each window of any monitor, recomputed from the shards of all its panes. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void eachWholeWindowIsJudgedByOne(int seed) throws Exception {
    Random random = new Random(seed);
    ShardMap map = FIRST;
    long fromMs = 0;
    for (int i = random.nextInt(5); i > 0; i--) {
      fromMs += 10_000L * (1 + random.nextInt(30));
      int shard = random.nextInt(3) == 0 ? 9 : random.nextInt(4);
      map = map.with(new ShardMap.Move("acme", shard, fromMs));
    }
    long stepMs = random.nextBoolean() ? WINDOW_MS : WINDOW_MS / 2;
    List<List<Integer>> division = List.of(new ArrayList<>(), new ArrayList<>());
    for (int shard : new int[] {0, 1, 2, 3, 9}) {
      division.get(random.nextInt(2)).add(shard);
    }
    for (List<Integer> shards : division) {
      if (shards.isEmpty()) {
        continue;
      }
      ShardMap judgedBy = map;
      List<Long> wanted =
          LongStream.iterate(WINDOW_MS, end -> end <= END_MS, end -> end + stepMs)
              .filter(
                  end ->
                      LongStream.range(end / 1_000L - WINDOW_MS / 1_000L, end / 1_000L)
                          .allMatch(s -> shards.contains(judgedBy.shardOf("acme", s * 1_000L))))
              .boxed()
              .toList();
      ShardNumbers numbers = new ShardNumbers(new TreeSet<>(shards));
      assertThat(judged(map, numbers.text(), stepMs))
          .as("seed %d, shards %s of %s", seed, numbers, map)
          .isEqualTo(wanted);
    }
  }

  private static IntStream seeds() {
    return IntStream.range(0, 20);
  }

  /** Nor is one told to be held, or told with its points there. */
  @Test
  void ofADividedWindowNothingIsTold() throws Exception {
    ShardMap divided = FIRST.with(new ShardMap.Move("acme", 9, 90_000L));
    assertThat(told(divided, HOME)).isZero();
    assertThat(told(divided, "9")).isZero();
    assertThat(told(FIRST, HOME)).isPositive();
  }

  private static int told(ShardMap map, String shards) throws Exception {
    try (WatchHarness harness = started(map, shards, WINDOW_MS, Set.of("host"))) {
      harness.rows(List.of(delta(70_000L, 100), delta(95_000L, 100)));
      harness.watermark(100_000L);
      harness.beforeBarrier();
      harness.status(
          new IntakeStatus(
              new TreeMap<>(Map.of()),
              new TreeMap<>(),
              120_000L + WatchHarness.CONFIG.incompleteAfterMs() + 1,
              new TreeSet<>(Set.of("points/1"))));
      harness.watermark(120_000L);
      return harness.verdicts().size() + harness.alerts().size();
    }
  }

  /** A late point of before the move is still the old job's to amend with. */
  @Test
  void lateRowsAmendWhatWasJudgedBeforeTheMove() throws Exception {
    ShardMap map = FIRST.with(new ShardMap.Move("acme", 9, 180_000L));
    try (WatchHarness harness = started(map, HOME, WINDOW_MS, Set.of("host"))) {
      harness.rows(List.of(delta(70_000L, 4)));
      harness.watermark(400_000L);
      assertThat(harness.verdicts()).extracting(Verdict::windowEndMs).contains(120_000L, 180_000L);
      harness.rows(List.of(delta(71_000L, 9)));
      harness.beforeBarrier();
      assertThat(harness.verdicts())
          .singleElement()
          .satisfies(
              verdict -> {
                assertThat(verdict.windowEndMs()).isEqualTo(120_000L);
                assertThat(verdict.value()).isEqualTo(13.0);
              });
      assertThat(harness.alerts())
          .extracting(Alert::before, alert -> alert.verdict().windowEndMs())
          .contains(tuple(VerdictStatus.OK, 120_000L));
    }
  }

  /** Ends of the windows judged by a job, of a monitor that is known at all times. */
  private static List<Long> judged(ShardMap map, String shards, long stepMs) throws Exception {
    try (WatchHarness harness = started(map, shards, stepMs, Set.of())) {
      harness.rows(List.of(new Point(gathered(Set.of()), MetricType.COUNTER, 5_000L, 1)));
      harness.watermark(END_MS / 2 + 7_000L);
      harness.watermark(END_MS);
      List<Long> ends = new ArrayList<>();
      harness.verdicts().forEach(verdict -> ends.add(verdict.windowEndMs()));
      return ends;
    }
  }

  private static WatchHarness started(ShardMap map, String shards, long stepMs, Set<String> groupBy)
      throws Exception {
    ShardShare share = new ShardShare(map, ShardNumbers.parse(shards, "shards"));
    WatchHarness harness = WatchHarness.start(WatchHarness.CONFIG.of(share));
    Monitor monitor = monitor(stepMs, groupBy);
    harness.define(DefinitionSet.empty().with(monitor, -20_000L));
    harness.announce(gathered(groupBy), MetricType.COUNTER);
    return harness;
  }

  private static SeriesIdentity gathered(Set<String> groupBy) {
    List<String> tags = groupBy.isEmpty() ? List.of() : List.of("host:a");
    return monitor(WINDOW_MS, groupBy).gathered(new SeriesIdentity("acme", "cpu", tags));
  }

  private static Point delta(long timestampMs, double value) {
    return new Point(gathered(Set.of("host")), MetricType.COUNTER, timestampMs, value);
  }

  /** Alerts when the sum of a minute is above 10. */
  private static Monitor monitor(long stepMs, Set<String> groupBy) {
    return new Monitor(
        "acme",
        "total",
        1,
        0L,
        new SeriesFilter(new TextPattern("*"), List.of()),
        MetricType.COUNTER,
        new TreeSet<>(groupBy),
        new Monitor.Measure(Monitor.Function.SUM, 0),
        WINDOW_MS,
        stepMs,
        new Monitor.Thresholds(
            Monitor.Side.ABOVE,
            10,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        Monitor.NoData.REPORT,
        0L,
        1_800_000L,
        1_000);
  }
}
