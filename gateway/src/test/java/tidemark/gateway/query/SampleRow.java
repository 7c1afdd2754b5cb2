package tidemark.gateway.query;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.iceberg.data.Record;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.Point;
import tidemark.gateway.Rows.RowKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;

/**
 * A row, partial or merged, as the points that are in it: what a job writes and what an answer must
 * show both follow from them by plain loops.
 */
record SampleRow(int tier, SampleSeries series, long startMs, List<SamplePoint> points) {

  /** What rows of one window have in common. */
  record Key(int tier, SampleSeries series, long startMs) {}

  SampleRow {
    points = List.copyOf(points);
  }

  Key key() {
    return new Key(tier, series, startMs);
  }

  long endMs() {
    return startMs + tier * 1000L;
  }

  /** One row per window, with the points of all. */
  static List<SampleRow> merged(Collection<SampleRow> rows) {
    Map<Key, List<SamplePoint>> byKey = new LinkedHashMap<>();
    rows.forEach(
        row -> byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).addAll(row.points()));
    return byKey.entrySet().stream()
        .map(
            entry ->
                new SampleRow(
                    entry.getKey().tier(),
                    entry.getKey().series(),
                    entry.getKey().startMs(),
                    entry.getValue()))
        .toList();
  }

  double sum() {
    return points.stream()
        .map(point -> new BigDecimal(point.value()))
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .doubleValue();
  }

  private DoubleStream values() {
    return points.stream().mapToDouble(SamplePoint::value);
  }

  Optional<Double> min() {
    return series.type() == MetricType.COUNTER
        ? Optional.empty()
        : Optional.of(values().min().orElseThrow());
  }

  Optional<Double> max() {
    return series.type() == MetricType.COUNTER
        ? Optional.empty()
        : Optional.of(values().max().orElseThrow());
  }

  /** The newest point of a gauge, of two at one time the larger. */
  Optional<SamplePoint> newest() {
    if (series.type() != MetricType.GAUGE) {
      return Optional.empty();
    }
    SamplePoint newest = points.get(0);
    for (SamplePoint point : points) {
      if (point.timeMs() > newest.timeMs()
          || (point.timeMs() == newest.timeMs() && point.value() > newest.value())) {
        newest = point;
      }
    }
    return Optional.of(newest);
  }

  /** The row of the rollups table. */
  Record stored() {
    List<Point> offsets =
        points.stream()
            .map(point -> new Point((int) (point.timeMs() - startMs), point.value()))
            .toList();
    RowKey key =
        new RowKey(
            tier, series.metric(), series.id(), series.type(), Instant.ofEpochMilli(startMs));
    Record row = Rows.rollup(key, offsets);
    row.setField("org", series.org());
    return row;
  }

  /** Rows of one key group and tier, for the feed. */
  static PartialBatch fed(List<SampleRow> rows) {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(1024));
    writer.begin(rows.get(0).series().keyGroup(), rows.get(0).tier());
    for (SampleRow row : rows) {
      writer.write(row.partial(names));
    }
    return writer.batch().copy();
  }

  private PartialRow partial(MetricNames names) {
    Record stored = stored();
    PartialRow row = new PartialRow();
    row.type = series.type();
    row.name = names.number(series.type(), series.org(), series.metric());
    row.seriesId = series.id();
    row.windowStartMs = startMs;
    row.count = points.size();
    row.sum = (double) stored.getField("sum");
    row.low = stored.getField("sum_low") instanceof Double low ? low : 0;
    if (stored.getField("sum_rest") instanceof ByteBuffer rest) {
      row.rest = new double[rest.remaining() / 8];
      rest.duplicate().asDoubleBuffer().get(row.rest);
    }
    row.min = min().orElse(0.0);
    row.max = max().orElse(0.0);
    newest()
        .ifPresent(
            point -> {
              row.last = point.value();
              row.lastTimestampMs = point.timeMs();
            });
    if (stored.getField("sketch") instanceof ByteBuffer sketch) {
      row.sketch = new byte[sketch.remaining()];
      sketch.duplicate().get(row.sketch);
      row.sketchLength = row.sketch.length;
    }
    return row;
  }
}
