package tidemark.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tidemark.gateway.Epoch;
import tidemark.gateway.hot.Committed;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;

/**
 * What is closed for an org in several tables, against a recomputation that goes through the
 * windows one by one and asks the map for the shard of each moment.
 */
class OrgShareTest {
  private static final int SEEDS = 200;
  private static final long HOUR_MS = 3_600_000;
  private static final long STEP_MS = 5_000; // moves and watermarks are on it
  private static final long END_MS = 6 * HOUR_MS;
  private static final List<Integer> TIERS = List.of(10, 60, 3600);
  private static final List<String> NAMES = List.of("own", "b", "c", "unread");

  /** Shards of each, and an org that may be anywhere. */
  private record World(ShardGroups groups, long ownMs, List<Long> closedMs) {}

  private static World world(Random random) {
    ShardMap map = ShardMap.first(4);
    long fromMs = 0;
    for (int i = random.nextInt(5); i > 0; i--) {
      fromMs += STEP_MS * (1 + random.nextInt(1_500));
      map = map.with(new ShardMap.Move("acme", random.nextInt(8), fromMs));
    }
    TreeMap<String, ShardNumbers> claims = new TreeMap<>();
    boolean hasUnread = random.nextInt(4) == 0;
    claims.put("own", ShardNumbers.parse(hasUnread ? "0,4" : "0,3-4,7", "own"));
    claims.put("b", ShardNumbers.parse("1,5", "b"));
    claims.put("c", ShardNumbers.parse("2,6", "c"));
    if (hasUnread) {
      claims.put("unread", ShardNumbers.parse("3,7", "unread"));
    }
    long[] closedMs = new long[4];
    long aboutMs = STEP_MS * random.nextInt((int) (END_MS / STEP_MS));
    for (int i = 0; i < 3; i++) {
      closedMs[i] =
          random.nextInt(8) == 0
              ? STEP_MS * random.nextInt((int) (END_MS / STEP_MS))
              : aboutMs + STEP_MS * random.nextInt(30);
    }
    return new World(
        new ShardGroups(map, claims), closedMs[0], Arrays.stream(closedMs).boxed().toList());
  }

  private static TableVersion version(long closedToMs) {
    Epoch epoch = new Epoch(1, "l", 1, closedToMs - 1, "heartbeat", Map.of());
    return new TableVersion(
        1, 1, Map.of(), List.of(), Optional.of(epoch), Committed.NOTHING, Map.of());
  }

  private static long closedToMs(World world) {
    TreeMap<String, TableVersion> others = new TreeMap<>();
    others.put("b", version(world.closedMs().get(1)));
    others.put("c", version(world.closedMs().get(2)));
    AllTables tables =
        new AllTables(version(1), new OtherVersions("own", Optional.of(world.groups()), others));
    return Epoch.closedToMs(tables.watermarkMs("acme", world.ownMs() - 1));
  }

  /** Whether a row of a window may be missing: a share has points of it and has not closed it. */
  private static boolean isOpen(World world, int tier, long startMs) {
    long endMs = startMs + tier * 1000L;
    for (long timeMs = startMs; timeMs < endMs; timeMs += STEP_MS) {
      int shard = world.groups().map().shardOf("acme", timeMs);
      for (int i = 0; i < NAMES.size(); i++) {
        ShardNumbers held = world.groups().claims().get(NAMES.get(i));
        if (held != null && held.numbers().contains(shard) && world.closedMs().get(i) < endMs) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void noWindowThatIsSaidToBeClosedIsOpenAnywhere() {
    System.out.println("OrgShareTest seeds 0 to " + (SEEDS - 1));
    int closed = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      World world = world(new Random(seed));
      long closedToMs = closedToMs(world);
      for (int tier : TIERS) {
        for (long startMs = 0; startMs < END_MS; startMs += tier * 1000L) {
          if (startMs + tier * 1000L <= closedToMs) {
            closed++;
            assertThat(isOpen(world, tier, startMs))
                .as("seed %s, window %s of %s s, closed to %s", seed, startMs, tier, closedToMs)
                .isFalse();
          }
        }
      }
    }
    assertThat(closed).isGreaterThan(SEEDS * 100);
  }

  @Test
  void itIsTheFirstTimeThatIsOpenSomewhere() {
    for (int seed = 0; seed < SEEDS; seed++) {
      World world = world(new Random(seed));
      long firstOpenMs = firstOpenMs(world);
      long closedToMs = closedToMs(world);
      if (firstOpenMs < END_MS + 12 * HOUR_MS) {
        assertThat(closedToMs).as("seed %s", seed).isEqualTo(Math.max(1, firstOpenMs));
      }
    }
  }

  /**
   * The first moment that someone has not closed and has points of, or of an hour in which it had
   * some before.
   */
  private static long firstOpenMs(World world) {
    for (long timeMs = 0; timeMs < END_MS + 12 * HOUR_MS; timeMs += STEP_MS) {
      for (int i = 0; i < NAMES.size(); i++) {
        ShardNumbers held = world.groups().claims().get(NAMES.get(i));
        if (held == null || timeMs < world.closedMs().get(i)) {
          continue;
        }
        for (long beforeMs = timeMs - timeMs % HOUR_MS; beforeMs <= timeMs; beforeMs += STEP_MS) {
          if (held.numbers().contains(world.groups().map().shardOf("acme", beforeMs))) {
            return timeMs;
          }
        }
      }
    }
    return Long.MAX_VALUE;
  }

  @Test
  void anOrgThatIsElsewhereFromTheBeginningIsAsFarAsItsTables() {
    ShardMap map = ShardMap.first(4).with(new ShardMap.Move("acme", 5, Long.MIN_VALUE));
    World world = world(new Random(1));
    World moved =
        new World(new ShardGroups(map, world.groups().claims()), 7 * HOUR_MS, world.closedMs());
    assertThat(closedToMs(moved)).isEqualTo(world.closedMs().get(1));
  }

  @Test
  void withoutAMapTheOwnWatermarkCounts() {
    TreeMap<String, TableVersion> others = new TreeMap<>();
    others.put("b", version(5_000));
    AllTables tables =
        new AllTables(version(1), new OtherVersions("own", Optional.empty(), others));
    assertThat(tables.watermarkMs("acme", 77_999)).isEqualTo(77_999);
    assertThat(AllTables.only(version(1)).watermarkMs("acme", 77_999)).isEqualTo(77_999);
    assertThat(AllTables.only(version(1)).watermarkMs("acme", 0)).isZero();
  }

  @Test
  void ofNothingOpenThereIsNoEnd() {
    List<OrgShare> shares = new ArrayList<>();
    assertThat(OrgShare.closedToMs(shares)).isEqualTo(Long.MAX_VALUE);
    shares.add(
        new OrgShare(List.of(new ShardMap.Times(Long.MIN_VALUE, Long.MAX_VALUE)), Long.MAX_VALUE));
    assertThat(OrgShare.closedToMs(shares)).isEqualTo(Long.MAX_VALUE);
    shares.add(new OrgShare(List.of(new ShardMap.Times(1, Long.MAX_VALUE - 1)), 50));
    assertThat(OrgShare.closedToMs(shares)).isEqualTo(50);
  }
}
