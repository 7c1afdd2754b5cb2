package tidemark.state.selection;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import tidemark.state.SeriesIdentity;

/**
 * Which shard an org's points belong to, by their event time. A shard is a number; which job serves
 * it is that job's setting. Each point belongs to exactly one, whoever asks and whenever.
 *
 * <p>An org that was never moved belongs to a shard that follows from its name; what names no org
 * belongs to shard 0. A move holds from an event time on, until the next move of that org: points
 * before it stay where they were, however late they come.
 *
 * @param version 1 for the first; each later one repeats the moves of the one before and adds some
 * @param shards among which orgs are spread, numbered from 0; moves may name others beyond them
 * @param moves in the order in which they were made; those of one org by rising time
 */
public record ShardMap(int version, int shards, List<Move> moves) implements Serializable {
  public static final int DEFAULT_SHARDS = 64;
  public static final int MAX_SHARD = 9_999;

  private static final String HASHED = "shard";
  private static final int NOBODYS = 0; // of records that name no org

  /**
   * From an event time on, an org belongs to another shard.
   *
   * @param fromMs first event time, epoch ms
   */
  public record Move(String org, int shard, long fromMs) implements Serializable {
    public Move {
      Objects.requireNonNull(org, "org");
      if (shard < 0 || shard > MAX_SHARD) {
        throw new IllegalArgumentException(
            "a shard must be 0 to %d, got %d".formatted(MAX_SHARD, shard));
      }
    }
  }

  /**
   * Event times, for none of which the bounds need to be whole windows: rows are partial.
   *
   * @param toMs exclusive; {@link Long#MAX_VALUE} for no end
   */
  public record Times(long fromMs, long toMs) {}

  public ShardMap {
    moves = List.copyOf(moves);
    if (version < 1 || shards < 1 || shards > MAX_SHARD + 1) {
      throw new IllegalArgumentException(
          "a shard map must have version 1 or above and 1 to %d shards, got version %d and %d shards"
              .formatted(MAX_SHARD + 1, version, shards));
    }
    for (int i = 0; i < moves.size(); i++) {
      Move later = moves.get(i);
      for (Move earlier : moves.subList(0, i)) {
        if (earlier.org().equals(later.org()) && earlier.fromMs() >= later.fromMs()) {
          throw new IllegalArgumentException(
              "a move of org %s must hold from later than the one before, %d, got %d"
                  .formatted(later.org(), earlier.fromMs(), later.fromMs()));
        }
      }
    }
  }

  /** Before anything was moved. */
  public static ShardMap first(int shards) {
    return new ShardMap(1, shards, List.of());
  }

  /** The next version, with a move more. */
  public ShardMap with(Move move) {
    List<Move> more = new ArrayList<>(moves);
    more.add(move);
    return new ShardMap(version + 1, shards, more);
  }

  /** The map as it was when it had that many moves. */
  public ShardMap before(int earlierMoves) {
    return new ShardMap(1, shards, moves.subList(0, earlierMoves));
  }

  /** Shard of an org's points of that event time. */
  public int shardOf(String org, long timeMs) {
    int shard = home(org);
    for (Move move : moves) {
      if (move.org().equals(org) && move.fromMs() <= timeMs) {
        shard = move.shard();
      }
    }
    return shard;
  }

  /** Where an org is that was never moved. Frozen: stored data depends on it. */
  private int home(String org) {
    if (org.isEmpty()) {
      return NOBODYS;
    }
    return (int)
        Long.remainderUnsigned(new SeriesIdentity(org, HASHED, List.of()).hash()[0], shards);
  }

  /** When an org's points belong to one of these shards: rising, and none touches the next. */
  public List<Times> timesOf(String org, Set<Integer> ofShards) {
    List<Times> times = new ArrayList<>();
    long fromMs = Long.MIN_VALUE;
    boolean isTaken = ofShards.contains(home(org));
    for (Move move : moves) {
      if (!move.org().equals(org) || ofShards.contains(move.shard()) == isTaken) {
        continue;
      }
      if (isTaken && fromMs < move.fromMs()) {
        times.add(new Times(fromMs, move.fromMs()));
      }
      fromMs = move.fromMs();
      isTaken = !isTaken;
    }
    if (isTaken) {
      times.add(new Times(fromMs, Long.MAX_VALUE));
    }
    return times;
  }

  /**
   * Earliest event time from which on a job that has these shards would take other points by the
   * other map than by this one; {@link Long#MAX_VALUE} if there is none.
   */
  public long differsFromMs(ShardMap other, Set<Integer> ofShards) {
    if (shards != other.shards) {
      return Long.MIN_VALUE;
    }
    return Stream.concat(moves.stream(), other.moves.stream())
        .map(Move::org)
        .distinct()
        .mapToLong(org -> firstDifference(timesOf(org, ofShards), other.timesOf(org, ofShards)))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long firstDifference(List<Times> one, List<Times> two) {
    if (one.equals(two)) {
      return Long.MAX_VALUE;
    }
    List<Long> bounds = new ArrayList<>();
    for (List<Times> times : List.of(one, two)) {
      times.forEach(each -> bounds.addAll(List.of(each.fromMs(), each.toMs())));
    }
    return bounds.stream()
        .sorted(Comparator.naturalOrder())
        .filter(bound -> isIn(one, bound) != isIn(two, bound))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private static boolean isIn(List<Times> times, long timeMs) {
    return times.stream().anyMatch(each -> timeMs >= each.fromMs() && timeMs < each.toMs());
  }
}
