package tidemark.serde.flink;

import tidemark.state.MetricType;

/**
 * Key of a series in the index's state.
 *
 * @param seriesId id of the series
 * @param type one series may have points of several types, each with a row of its own
 */
public record SeenKey(long seriesId, MetricType type) {

  @Override
  public int hashCode() {
    return Long.hashCode(seriesId) * 31 + type.code();
  }
}
