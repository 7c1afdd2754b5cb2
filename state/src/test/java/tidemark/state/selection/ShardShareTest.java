package tidemark.state.selection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tidemark.state.selection.ShardMap.Move;

/** What a share says of an org's times is what the map says of each single time. */
class ShardShareTest {
  private static final int SEEDS = 400;
  private static final List<String> ORGS = List.of("a", "b", "c");
  private static final int SHARDS = 5;
  private static final int OWN_SHARD = 7; // beyond those among which orgs are spread
  private static final int MAX_TIME = 60;

  @Test
  void aJobCountsTheTimesThatTheMapGivesToItsShards() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardMap map = randomMap(random);
      ShardShare share = new ShardShare(map, randomShards(random));
      for (String org : ORGS) {
        OrgTimes times = share.timesOf(org);
        for (long time = -3; time <= MAX_TIME + 3; time++) {
          assertThat(times.takes(time))
              .as("seed %d, org %s, time %d", seed, org, time)
              .isEqualTo(isTaken(share, org, time));
        }
        for (long end : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
          assertThat(times.takes(end))
              .as("seed %d, org %s, time %d", seed, org, end)
              .isEqualTo(isTaken(share, org, end));
        }
      }
    }
  }

  @Test
  void anyDivisionOfAllShardsTakesEachTimeOnce() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardMap map = randomMap(random);
      List<ShardShare> jobs = divided(map, random);
      for (String org : ORGS) {
        for (long time = -3; time <= MAX_TIME + 3; time++) {
          long at = time;
          assertThat(jobs.stream().filter(job -> job.timesOf(org).takes(at)).count())
              .as("seed %d, org %s, time %d", seed, org, time)
              .isEqualTo(1);
        }
      }
    }
  }

  /** A window is one job's or nobody's. */
  @Test
  void windowsAreTakenWhole() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardShare share = new ShardShare(randomMap(random), randomShards(random));
      for (String org : ORGS) {
        for (int i = 0; i < 100; i++) {
          long fromMs = random.nextInt(MAX_TIME) - 2L;
          long toMs = fromMs + 1 + random.nextInt(10);
          boolean isWhole =
              LongStream.range(fromMs, toMs).allMatch(time -> isTaken(share, org, time));
          assertThat(share.timesOf(org).takesAll(fromMs, toMs))
              .as("seed %d, org %s, %d to %d", seed, org, fromMs, toMs)
              .isEqualTo(isWhole);
        }
      }
    }
  }

  /** Admission compares with first and last alone, unless there is a gap between. */
  @Test
  void boundsAndGapsAreThoseOfTheTimes() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardShare share = new ShardShare(randomMap(random), randomShards(random));
      for (String org : ORGS) {
        OrgTimes times = share.timesOf(org);
        List<Long> taken =
            LongStream.concat(
                    LongStream.of(Long.MIN_VALUE),
                    LongStream.concat(
                        LongStream.rangeClosed(-1, MAX_TIME), LongStream.of(Long.MAX_VALUE)))
                .filter(time -> isTaken(share, org, time))
                .boxed()
                .toList();
        String where = "seed %d, org %s, %s".formatted(seed, org, times);
        assertThat(times.isNever()).as(where).isEqualTo(taken.isEmpty());
        assertThat(times.firstMs())
            .as(where)
            .isEqualTo(taken.isEmpty() ? Long.MAX_VALUE : taken.get(0));
        assertThat(times.lastMs())
            .as(where)
            .isEqualTo(taken.isEmpty() ? Long.MIN_VALUE : taken.get(taken.size() - 1));
        boolean isWithoutGap =
            LongStream.rangeClosed(-1, MAX_TIME)
                .filter(time -> time >= times.firstMs() && time <= times.lastMs())
                .allMatch(time -> isTaken(share, org, time));
        assertThat(times.hasGaps()).as(where).isEqualTo(!isWithoutGap);
        assertThat(times.isAlways()).as(where).isEqualTo(taken.size() == MAX_TIME + 4);
      }
    }
  }

  @Test
  void theShareOfEverythingTakesEverything() {
    assertThat(ShardShare.ALL.isAll()).isTrue();
    assertThat(ShardShare.ALL.timesOf("anybody")).isEqualTo(OrgTimes.ALWAYS);
    assertThat(OrgTimes.ALWAYS.takes(Long.MIN_VALUE)).isTrue();
    assertThat(OrgTimes.ALWAYS.takes(Long.MAX_VALUE)).isTrue();
    assertThat(OrgTimes.NEVER.takes(0)).isFalse();
    assertThat(OrgTimes.NEVER.takesAll(0, 1)).isFalse();
  }

  private static boolean isTaken(ShardShare share, String org, long timeMs) {
    return share.shards().numbers().contains(share.map().shardOf(org, timeMs));
  }

  private static ShardMap randomMap(Random random) {
    ShardMap map = ShardMap.first(SHARDS);
    for (int i = random.nextInt(12); i > 0; i--) {
      String org = ORGS.get(random.nextInt(ORGS.size()));
      long last =
          map.moves().stream()
              .filter(move -> move.org().equals(org))
              .mapToLong(Move::fromMs)
              .max()
              .orElse(-1);
      int shard = random.nextInt(4) == 0 ? OWN_SHARD : random.nextInt(SHARDS);
      map = map.with(new Move(org, shard, last + 1 + random.nextInt(4)));
    }
    return map;
  }

  private static ShardNumbers randomShards(Random random) {
    TreeSet<Integer> shards = new TreeSet<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      shards.add(random.nextInt(OWN_SHARD + 1));
    }
    return new ShardNumbers(shards);
  }

  private static List<ShardShare> divided(ShardMap map, Random random) {
    List<TreeSet<Integer>> jobs =
        List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    for (int shard = 0; shard <= OWN_SHARD; shard++) {
      jobs.get(random.nextInt(jobs.size())).add(shard);
    }
    List<ShardShare> shares = new ArrayList<>();
    jobs.stream()
        .filter(shards -> !shards.isEmpty())
        .forEach(shards -> shares.add(new ShardShare(map, new ShardNumbers(shards))));
    return shares;
  }
}
