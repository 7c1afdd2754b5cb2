package tidemark.gateway.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cuts a time range into pieces of tiers: the coarsest that fits, finer ones at ragged ends and
 * where coarser windows are still open. Pieces are disjoint, and their windows tile what they
 * cover.
 */
final class Pieces {
  static final List<Integer> TIERS = List.of(3600, 60, 10); // coarsest first
  private static final int FINEST = 10;

  private Pieces() {}

  /** One tier for all of it. */
  static List<Piece> of(int tierSeconds, long fromMs, long toMs) {
    return fromMs < toMs ? List.of(new Piece(tierSeconds, fromMs, toMs)) : List.of();
  }

  /** Tiers whose windows can be put together to a step, coarsest first; 0 for any. */
  static List<Integer> fitting(long stepSeconds) {
    return TIERS.stream().filter(tier -> stepSeconds % tier == 0 || tier == FINEST).toList();
  }

  /**
   * The coarsest tiers that give the same answer as the finest.
   *
   * @param tiers that may be read, coarsest first
   * @param closedToMs windows that end at or before it are closed
   * @param keptFromMs by tier: finer windows before it are gone, so the next coarser tier stands in
   */
  static List<Piece> coarsest(
      List<Integer> tiers, long fromMs, long toMs, long closedToMs, Map<Integer, Long> keptFromMs) {
    List<Piece> pieces = new ArrayList<>();
    cut(tiers, fromMs, toMs, closedToMs, keptFromMs, pieces);
    return pieces;
  }

  private static void cut(
      List<Integer> tiers,
      long fromMs,
      long toMs,
      long closedToMs,
      Map<Integer, Long> keptFromMs,
      List<Piece> pieces) {
    if (fromMs >= toMs) {
      return;
    }
    int tier = tiers.get(0);
    if (tiers.size() == 1) {
      pieces.add(new Piece(tier, fromMs, toMs));
      return;
    }
    List<Integer> finer = tiers.subList(1, tiers.size());
    long tierMs = tier * 1000L;
    long goneMs = keptFromMs.getOrDefault(finer.get(0), Long.MIN_VALUE);
    // what the finer tier has no longer starts here, aligned or not
    long first = fromMs < goneMs || fromMs == Long.MIN_VALUE ? fromMs : ceil(fromMs, tierMs);
    long end = Math.min(toMs, closedToMs);
    long last = end == Long.MAX_VALUE ? end : Math.floorDiv(end, tierMs) * tierMs;
    if (first >= last) {
      cut(finer, fromMs, toMs, closedToMs, keptFromMs, pieces);
      return;
    }
    cut(finer, fromMs, first, closedToMs, keptFromMs, pieces);
    pieces.add(new Piece(tier, first, last));
    cut(finer, last, toMs, closedToMs, keptFromMs, pieces);
  }

  private static long ceil(long ms, long stepMs) {
    return -Math.floorDiv(-ms, stepMs) * stepMs;
  }
}
