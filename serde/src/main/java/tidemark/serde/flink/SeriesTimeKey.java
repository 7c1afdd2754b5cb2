package tidemark.serde.flink;

/**
 * Names something of a series at a time.
 *
 * @param seriesId id of the series
 * @param timeMs epoch ms
 */
public record SeriesTimeKey(long seriesId, long timeMs) {

  @Override
  public int hashCode() {
    return Long.hashCode(seriesId) * 31 + Long.hashCode(timeMs);
  }
}
