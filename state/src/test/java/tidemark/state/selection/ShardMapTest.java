package tidemark.state.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tidemark.state.selection.ShardMap.Move;
import tidemark.state.selection.ShardMap.Times;

/** Judged by looking up single times. */
class ShardMapTest {
  private static final int SEEDS = 300;
  private static final int SHARDS = 5;
  private static final int OWN_SHARD = 7;
  private static final int MAX_TIME = 60;

  @Test
  void orgsKeepTheirShardForEver() {
    ShardMap map = ShardMap.first(ShardMap.DEFAULT_SHARDS);

    assertThat(map.shardOf("acme", 0)).isEqualTo(21);
    assertThat(map.shardOf("globex", 0)).isEqualTo(53);
    assertThat(map.shardOf("ümlaut", 0)).isEqualTo(60);
    assertThat(map.shardOf("", 0)).isZero(); // a record need not name one
  }

  @Test
  void orgsAreSpread() {
    ShardMap map = ShardMap.first(ShardMap.DEFAULT_SHARDS);
    int[] orgs = new int[ShardMap.DEFAULT_SHARDS];
    for (int i = 0; i < 6_400; i++) {
      orgs[map.shardOf("org-" + i, 0)]++;
    }

    assertThat(IntStream.of(orgs).min().orElseThrow()).isGreaterThan(50);
    assertThat(IntStream.of(orgs).max().orElseThrow()).isLessThan(200);
  }

  @Test
  void eachPointBelongsToExactlyOneOfAnyDivisionOfShards() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardMap map = randomMap(random, random.nextInt(12));
      Map<Integer, Integer> jobOfShard = new HashMap<>();
      for (int shard = 0; shard <= OWN_SHARD; shard++) {
        jobOfShard.put(shard, random.nextInt(3));
      }
      for (String org : List.of("a", "b", "c")) {
        for (long time = -1; time <= MAX_TIME + 1; time++) {
          int owners = 0;
          for (int job = 0; job < 3; job++) {
            Set<Integer> shards = shardsOf(job, jobOfShard);
            boolean isTaken = isIn(map.timesOf(org, shards), time);
            assertThat(isTaken)
                .as("seed %d, org %s, time %d", seed, org, time)
                .isEqualTo(shards.contains(map.shardOf(org, time)));
            owners += isTaken ? 1 : 0;
          }
          assertThat(owners).as("seed %d, org %s, time %d", seed, org, time).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void timesDoNotTouchAndRise() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      List<Times> times = randomMap(random, 12).timesOf("a", Set.of(0, 1, OWN_SHARD));
      for (int i = 0; i < times.size(); i++) {
        assertThat(times.get(i).fromMs()).as("seed %d", seed).isLessThan(times.get(i).toMs());
        if (i > 0) {
          assertThat(times.get(i).fromMs())
              .as("seed %d", seed)
              .isGreaterThan(times.get(i - 1).toMs());
        }
      }
    }
  }

  @Test
  void theFirstDifferenceOfTwoVersionsIsFound() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      ShardMap older = randomMap(random, random.nextInt(6));
      ShardMap newer = older;
      for (int i = random.nextInt(4); i > 0; i--) {
        newer = withRandomMove(newer, random);
      }
      Set<Integer> shards = new HashSet<>(List.of(random.nextInt(SHARDS), OWN_SHARD));
      long wanted = Long.MAX_VALUE;
      for (long time = MAX_TIME * 2; time >= -1; time--) {
        for (String org : List.of("a", "b", "c")) {
          if (shards.contains(older.shardOf(org, time))
              != shards.contains(newer.shardOf(org, time))) {
            wanted = time;
          }
        }
      }
      assertThat(older.differsFromMs(newer, shards)).as("seed %d", seed).isEqualTo(wanted);
      assertThat(newer.differsFromMs(older, shards)).as("seed %d", seed).isEqualTo(wanted);
    }
  }

  @Test
  void anotherNumberOfShardsDiffersFromTheBeginning() {
    assertThat(ShardMap.first(4).differsFromMs(ShardMap.first(5), Set.of(0)))
        .isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void aMoveBeforeTheLastOneOfItsOrgIsRefused() {
    ShardMap map = ShardMap.first(4).with(new Move("a", 1, 50)).with(new Move("b", 1, 10));

    assertThatThrownBy(() -> map.with(new Move("a", 2, 50)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a move of org a must hold from later than the one before, 50, got 50");
  }

  private static ShardMap randomMap(Random random, int moves) {
    ShardMap map = ShardMap.first(SHARDS);
    for (int i = 0; i < moves; i++) {
      map = withRandomMove(map, random);
    }
    return map;
  }

  private static ShardMap withRandomMove(ShardMap map, Random random) {
    String org = List.of("a", "b", "c").get(random.nextInt(3));
    long last =
        map.moves().stream()
            .filter(move -> move.org().equals(org))
            .mapToLong(Move::fromMs)
            .max()
            .orElse(-1);
    int shard = random.nextInt(4) == 0 ? OWN_SHARD : random.nextInt(SHARDS);
    return map.with(new Move(org, shard, last + 1 + random.nextInt(5)));
  }

  private static Set<Integer> shardsOf(int job, Map<Integer, Integer> jobOfShard) {
    List<Integer> shards = new ArrayList<>();
    jobOfShard.forEach(
        (shard, owner) -> {
          if (owner == job) {
            shards.add(shard);
          }
        });
    return new HashSet<>(shards);
  }

  private static boolean isIn(List<Times> times, long timeMs) {
    return times.stream().anyMatch(each -> timeMs >= each.fromMs() && timeMs < each.toMs());
  }
}
