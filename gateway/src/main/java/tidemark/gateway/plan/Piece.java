package tidemark.gateway.plan;

/**
 * Windows of one tier that start in a range.
 *
 * @param tierSeconds 10, 60 or 3600
 * @param fromMs inclusive; {@link Long#MIN_VALUE} for no bound
 * @param toMs exclusive; {@link Long#MAX_VALUE} for no bound
 */
public record Piece(int tierSeconds, long fromMs, long toMs) {
  public Piece {
    if (!(fromMs < toMs)) {
      throw new IllegalArgumentException(
          "a piece must end after its start, got %d to %d".formatted(fromMs, toMs));
    }
  }

  /** End of the last window that starts in the range; {@link Long#MAX_VALUE} if it has no bound. */
  long lastWindowEndMs() {
    long tierMs = tierSeconds * 1000L;
    return toMs == Long.MAX_VALUE ? toMs : -Math.floorDiv(-toMs, tierMs) * tierMs;
  }
}
