package tidemark.gateway.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.data.Record;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/** A series of a sample world. */
record SampleSeries(
    String org, String metric, MetricType type, Map<String, String> tags, long id, int keyGroup) {
  static final int KEY_GROUPS = 128;

  static SampleSeries of(String org, String metric, MetricType type, Map<String, String> tags) {
    long id = identity(org, metric, tags).hash()[0];
    return new SampleSeries(
        org, metric, type, Map.copyOf(tags), id, (int) Math.floorMod(id, (long) KEY_GROUPS));
  }

  private static SeriesIdentity identity(String org, String metric, Map<String, String> tags) {
    List<String> texts =
        new TreeMap<>(tags)
            .entrySet().stream().map(tag -> tag.getKey() + ":" + tag.getValue()).sorted().toList();
    return new SeriesIdentity(org, metric, texts);
  }

  /** The row of the series table. */
  Record stored(long seenMs) {
    RowKey key = new RowKey(10, metric, id, type, Instant.ofEpochMilli(seenMs));
    Record row = Rows.series(key, tags);
    row.setField("org", org);
    return row;
  }

  /** The same for the feed. */
  PartialBatch fed(long seenMs) {
    SeriesIdentity identity = identity(org, metric, tags);
    PartialBatch batch = new PartialBatch(256);
    batch.reset(PartialBatch.Kind.SERIES, keyGroup, PartialBatch.OPEN);
    SeriesCodec.append(
        new SeriesEntry(id, identity.hash()[1], type, identity, seenMs, seenMs), batch);
    return batch;
  }
}
