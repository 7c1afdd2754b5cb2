package tidemark.bench;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Count, sum, min, max and last in doubles: less than the main job keeps, and not exact. */
final class PlainAggregate implements AggregateFunction<PlainPoint, PlainRow, PlainRow> {
  private static final long serialVersionUID = 1L;

  @Override
  public PlainRow createAccumulator() {
    return new PlainRow();
  }

  @Override
  public PlainRow add(PlainPoint point, PlainRow row) {
    row.count++;
    row.sum += point.value;
    row.min = Math.min(row.min, point.value);
    row.max = Math.max(row.max, point.value);
    if (point.timestampMs >= row.lastMs) {
      row.lastMs = point.timestampMs;
      row.last = point.value;
    }
    return row;
  }

  @Override
  public PlainRow getResult(PlainRow row) {
    return row;
  }

  @Override
  public PlainRow merge(PlainRow a, PlainRow b) {
    throw new UnsupportedOperationException("tumbling windows never merge");
  }
}
