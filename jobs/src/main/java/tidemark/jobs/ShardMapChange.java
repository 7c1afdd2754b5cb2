package tidemark.jobs;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.serde.wire.SeriesKey;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardMap.Move;
import tidemark.state.selection.ShardNumbers;

/**
 * The next version of the shard map, as somebody asked for it.
 *
 * @param shards of the first version; 0 for a later one
 * @param moves of orgs; in a first version from the beginning of time
 * @param leadMs how far ahead a later version's move must be
 * @param takesUnclaimed whether an org may move to a shard that nobody has
 */
record ShardMapChange(int shards, List<Move> moves, long leadMs, boolean takesUnclaimed)
    implements Serializable {
  private static final long STEP_MS = 10_000L;

  static ShardMapChange from(ReadableConfig options) {
    long leadMs = options.get(ShardMapOptions.LEAD).toMillis();
    boolean takesUnclaimed = options.get(ShardMapOptions.UNCLAIMED);
    ShardMapOptions.Action action =
        options
            .getOptional(ShardMapOptions.ACTION)
            .orElseThrow(
                () -> new IllegalArgumentException(ShardMapOptions.ACTION.key() + " must be set"));
    return switch (action) {
      case INIT -> {
        requireSeveral(options.get(ShardMapOptions.COUNT));
        ShardMapChange change =
            new ShardMapChange(
                options.get(ShardMapOptions.COUNT),
                placed(options.get(ShardMapOptions.PLACE)),
                leadMs,
                takesUnclaimed);
        ShardMap checked = new ShardMap(1, change.shards, change.moves);
        yield new ShardMapChange(checked.shards(), checked.moves(), leadMs, takesUnclaimed);
      }
      case MOVE -> new ShardMapChange(0, List.of(move(options)), leadMs, takesUnclaimed);
    };
  }

  private static void requireSeveral(int shards) {
    if (shards < 2) {
      throw new IllegalArgumentException(
          "%s must be at least 2, got %d: a job that counts every point needs no map"
              .formatted(ShardMapOptions.COUNT.key(), shards));
    }
  }

  private static List<Move> placed(String text) {
    List<Move> moves = new ArrayList<>();
    for (String place : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = place.lastIndexOf('=');
      if (equals < 1 || !place.substring(equals + 1).strip().matches("\\d{1,4}")) {
        throw new IllegalArgumentException(
            "%s must be pairs of ORG=SHARD, separated by commas, got '%s'"
                .formatted(ShardMapOptions.PLACE.key(), text));
      }
      int shard = Integer.parseInt(place.substring(equals + 1).strip());
      moves.add(new Move(org(place.substring(0, equals).strip()), shard, Long.MIN_VALUE));
    }
    return moves;
  }

  private static Move move(ReadableConfig options) {
    String org = org(RangeOptions.required(options, ShardMapOptions.ORG));
    RangeOptions.required(options, ShardMapOptions.AT);
    int shard =
        options
            .getOptional(ShardMapOptions.TO)
            .orElseThrow(
                () -> new IllegalArgumentException(ShardMapOptions.TO.key() + " must be set"));
    return new Move(org, shard, RangeOptions.timeMs(options, ShardMapOptions.AT, 0));
  }

  private static String org(String text) {
    if (!SeriesKey.isOrg(text)) {
      throw new IllegalArgumentException(
          "an org must be 1 to %d bytes, got '%s'".formatted(SeriesKey.MAX_ORG_BYTES, text));
    }
    return text;
  }

  private boolean isFirst() {
    return shards > 0;
  }

  /**
   * The version that follows.
   *
   * @param newest the one that is there
   * @param claims shards of all jobs
   * @throws IllegalArgumentException if it cannot follow
   */
  ShardMap after(Optional<ShardMap> newest, Collection<ShardNumbers> claims, long nowMs) {
    if (isFirst()) {
      if (newest.isPresent()) {
        throw new IllegalArgumentException(
            "there is a shard map already, version %d of %d shards: orgs can be moved in it"
                .formatted(newest.get().version(), newest.get().shards()));
      }
      return new ShardMap(1, shards, moves);
    }
    ShardMap before =
        newest.orElseThrow(
            () -> new IllegalArgumentException("there is no shard map: make one by init first"));
    Move move = moves.get(0);
    requireTime(move, nowMs);
    if (before.shardOf(move.org(), move.fromMs()) == move.shard()) {
      throw new IllegalArgumentException(
          "org %s belongs to shard %d at that time already".formatted(move.org(), move.shard()));
    }
    boolean isClaimed = claims.stream().anyMatch(each -> each.numbers().contains(move.shard()));
    if (!isClaimed && !takesUnclaimed) {
      throw new IllegalArgumentException(
          "no job has shard %d, so nobody would count the points of org %s: submit one that has it, or set %s if another system counts them"
              .formatted(move.shard(), move.org(), ShardMapOptions.UNCLAIMED.key()));
    }
    return before.with(move);
  }

  private void requireTime(Move move, long nowMs) {
    if (Math.floorMod(move.fromMs(), STEP_MS) != 0) {
      throw new IllegalArgumentException(
          "%s must be a multiple of 10 s, got %s"
              .formatted(ShardMapOptions.AT.key(), Instant.ofEpochMilli(move.fromMs())));
    }
    if (move.fromMs() < nowMs + leadMs) {
      throw new IllegalArgumentException(
          "%s must be at least %s ahead, so %s or later, got %s"
              .formatted(
                  ShardMapOptions.AT.key(),
                  Duration.ofMillis(leadMs),
                  Instant.ofEpochMilli(nowMs + leadMs),
                  Instant.ofEpochMilli(move.fromMs())));
    }
  }
}
