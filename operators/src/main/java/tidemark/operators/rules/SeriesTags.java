package tidemark.operators.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.SeriesIdentity;

/**
 * What each finer series is, by its id. A window that was open in a checkpoint closes without a
 * further word of its series, and a rule may come long after them.
 *
 * <p>State per key group: one entry of some hundred bytes per series, never removed, like the
 * index's; 10^8 series are about 15 GB of RocksDB over the whole job.
 */
final class SeriesTags {
  // Part of every savepoint: a new name is a new, empty state.
  static final MapStateDescriptor<Long, byte[]> STATE =
      new MapStateDescriptor<>(
          "series-tags", LongSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);

  private final MapState<Long, byte[]> state;
  private final PartialBatch buffer = new PartialBatch(256);

  SeriesTags(MapState<Long, byte[]> state) {
    this.state = state;
  }

  /** Keeps every series of the batch that is not kept yet, under the current key. */
  void keep(PartialBatch announced) throws Exception {
    List<SeriesEntry> entries = new ArrayList<>();
    SeriesCodec.read(announced, entries::add);
    for (SeriesEntry entry : entries) {
      if (!state.contains(entry.seriesId())) {
        buffer.reset(PartialBatch.Kind.SERIES, announced.keyGroup(), PartialBatch.OPEN);
        SeriesCodec.append(entry, buffer);
        state.put(entry.seriesId(), buffer.toBytes());
      }
    }
  }

  /** Empty if the series was announced to a job that had no rules stage, and not since. */
  Optional<SeriesIdentity> of(long seriesId) throws Exception {
    byte[] bytes = state.get(seriesId);
    if (bytes == null) {
      return Optional.empty();
    }
    List<SeriesEntry> entries = new ArrayList<>(1);
    SeriesCodec.read(
        PartialBatch.of(PartialBatch.Kind.SERIES, 0, PartialBatch.OPEN, bytes), entries::add);
    return Optional.of(entries.get(0).identity());
  }
}
