package tidemark.gameday;

/**
 * What a merged row of the rollups table is about.
 *
 * @param tier seconds
 * @param type label of the metric's type
 * @param tags {@code key:value} in order, separated by commas
 * @param startMs start of the window, epoch milliseconds
 */
record RowKey(int tier, String org, String metric, String type, String tags, long startMs) {

  /** The row of a coarser tier that this one belongs to. */
  RowKey in(int coarserTier) {
    long lengthMs = coarserTier * 1000L;
    return new RowKey(
        coarserTier, org, metric, type, tags, Math.floorDiv(startMs, lengthMs) * lengthMs);
  }
}
