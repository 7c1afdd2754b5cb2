package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;
import tidemark.state.selection.ShardNumbers;

class ShardMapChangeTest {
  private static final long NOW_MS = 1_795_824_000_000L; // 2026-11-28T00:00:00Z
  private static final List<ShardNumbers> CLAIMS = List.of(ShardNumbers.parse("0-9", "test"));

  private static ShardMapChange change(Map<String, String> options) {
    Map<String, String> all = new HashMap<>();
    options.forEach((key, value) -> all.put("tidemark.shards." + key, value));
    return ShardMapChange.from(Configuration.fromMap(all));
  }

  private static ShardMapChange move(String org, int to, String at) {
    return change(Map.of("action", "move", "org", org, "to", Integer.toString(to), "at", at));
  }

  @Test
  void theFirstVersionPlacesOrgsFromTheBeginning() {
    ShardMap map =
        change(Map.of("action", "init", "count", "4", "place", "big=64, a=b=3"))
            .after(Optional.empty(), List.of(), NOW_MS);
    assertThat(map)
        .isEqualTo(
            new ShardMap(
                1,
                4,
                List.of(new Move("big", 64, Long.MIN_VALUE), new Move("a=b", 3, Long.MIN_VALUE))));
    assertThat(change(Map.of("action", "init")).after(Optional.empty(), List.of(), NOW_MS))
        .isEqualTo(ShardMap.first(64));
    assertThatThrownBy(() -> change(Map.of("action", "init")).after(Optional.of(map), CLAIMS, 0))
        .hasMessage("there is a shard map already, version 1 of 4 shards: orgs can be moved in it");
    assertThatThrownBy(() -> change(Map.of("action", "init", "place", "big")))
        .hasMessage(
            "tidemark.shards.place must be pairs of ORG=SHARD, separated by commas, got 'big'");
    assertThatThrownBy(() -> change(Map.of("action", "init", "place", "big=1,big=2")))
        .hasMessageContaining("a move of org big must hold from later than the one before");
  }

  @Test
  void aMoveFollowsFromATimeAhead() {
    ShardMap first = ShardMap.first(4);
    int other = first.shardOf("acme", 0) == 1 ? 2 : 1;
    assertThat(
            move("acme", other, "2026-11-28T00:20:00Z").after(Optional.of(first), CLAIMS, NOW_MS))
        .isEqualTo(first.with(new Move("acme", other, NOW_MS + 1_200_000)));
    assertThatThrownBy(
            () ->
                move("acme", other, "2026-11-28T00:19:50Z")
                    .after(Optional.of(first), CLAIMS, NOW_MS))
        .hasMessage(
            "tidemark.shards.at must be at least PT20M ahead, so 2026-11-28T00:20:00Z or later, got 2026-11-28T00:19:50Z");
    assertThatThrownBy(
            () ->
                move("acme", other, "2026-11-28T01:00:05Z")
                    .after(Optional.of(first), CLAIMS, NOW_MS))
        .hasMessage("tidemark.shards.at must be a multiple of 10 s, got 2026-11-28T01:00:05Z");
    assertThatThrownBy(
            () -> move("acme", other, "2026-11-28T01:00:00Z").after(Optional.empty(), CLAIMS, 0))
        .hasMessage("there is no shard map: make one by init first");
  }

  @Test
  void aMoveThatChangesNothingOrLosesPointsIsRefused() {
    ShardMap first = ShardMap.first(4);
    String at = "2026-11-28T01:00:00Z";
    assertThatThrownBy(
            () ->
                move("acme", first.shardOf("acme", 0), at)
                    .after(Optional.of(first), CLAIMS, NOW_MS))
        .hasMessageContaining("org acme belongs to shard");
    assertThatThrownBy(() -> move("acme", 10, at).after(Optional.of(first), CLAIMS, NOW_MS))
        .hasMessageStartingWith(
            "no job has shard 10, so nobody would count the points of org acme");
    ShardMapChange elsewhere =
        change(Map.of("action", "move", "org", "acme", "to", "10", "at", at, "unclaimed", "true"));
    assertThat(elsewhere.after(Optional.of(first), CLAIMS, NOW_MS).shardOf("acme", Long.MAX_VALUE))
        .isEqualTo(10);
  }

  @Test
  void oneShardIsNone() {
    assertThatThrownBy(() -> change(Map.of("action", "init", "count", "1")))
        .hasMessage(
            "tidemark.shards.count must be at least 2, got 1: a job that counts every point needs no map");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(() -> change(Map.of())).hasMessage("tidemark.shards.action must be set");
    assertThatThrownBy(() -> change(Map.of("action", "move", "org", "acme", "to", "1")))
        .hasMessage("tidemark.shards.at must be set");
    assertThatThrownBy(
            () -> change(Map.of("action", "move", "org", "acme", "at", "2026-11-28T01:00:00Z")))
        .hasMessage("tidemark.shards.to must be set");
  }
}
