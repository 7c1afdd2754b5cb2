package tidemark.operators.index;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.KeyGroups;
import tidemark.serde.flink.SeenKey;
import tidemark.serde.flink.SeenKeySerializer;
import tidemark.serde.flink.SeenSeries;
import tidemark.serde.flink.SeenSeriesSerializer;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;

/**
 * Lets a series pass when it is new or when its range of days has grown, and stops what the table
 * already says: after a restart every task announces every series again. All other batches pass as
 * they are.
 *
 * <p>State per key group: one map entry of 33 bytes per series and type, never removed; 10^8 series
 * are about 5 GB of RocksDB over the whole job. Two series with one id are counted and logged, and
 * both get their row: readers tell them apart by org and metric.
 *
 * <p>Metrics, group {@code tidemark.index}: {@code seriesNew}, {@code seriesExtended}, {@code
 * collisions}.
 */
public final class IndexOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(IndexOperator.class);

  // Part of every savepoint: a new name is a new, empty state.
  private static final MapStateDescriptor<SeenKey, SeenSeries> SEEN =
      new MapStateDescriptor<>(
          "seen-series", SeenKeySerializer.INSTANCE, SeenSeriesSerializer.INSTANCE);

  private final KeyGroups keyGroups;
  private final boolean isPassingOn;

  private transient MapState<SeenKey, SeenSeries> seen;
  private transient PartialBatch out;
  private transient StreamRecord<PartialBatch> element;
  private transient Map<String, Long> counts;

  private transient Counter seriesNew;
  private transient Counter seriesExtended;
  private transient Counter collisions;

  private IndexOperator(KeyGroups keyGroups, boolean isPassingOn) {
    this.keyGroups = keyGroups;
    this.isPassingOn = isPassingOn;
  }

  /** Says of each series only what is new. */
  public static IndexOperator ofNews(KeyGroups keyGroups) {
    return new IndexOperator(keyGroups, false);
  }

  /** Passes each announcement on as it came, too, as {@link PartialBatch.Kind#ANNOUNCED}. */
  public static IndexOperator passingOn(KeyGroups keyGroups) {
    return new IndexOperator(keyGroups, true);
  }

  @Override
  public void open() throws Exception {
    super.open();
    seen = getRuntimeContext().getMapState(SEEN);
    out = new PartialBatch(1024);
    element = new StreamRecord<>(out);
    counts = new TreeMap<>();
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("index");
    seriesNew = group.counter("seriesNew");
    seriesExtended = group.counter("seriesExtended");
    collisions = group.counter("collisions");
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    if (batch.kind() != PartialBatch.Kind.SERIES) {
      output.collect(input);
      return;
    }
    if (isPassingOn) {
      byte[] all = batch.toBytes();
      output.collect(
          element.replace(
              PartialBatch.of(
                  PartialBatch.Kind.ANNOUNCED, batch.keyGroup(), PartialBatch.OPEN, all)));
      element.replace(out);
    }
    out.reset(PartialBatch.Kind.SERIES, batch.keyGroup(), PartialBatch.OPEN);
    SeriesCodec.read(batch, this::index);
    if (!out.isEmpty()) {
      output.collect(element);
    }
  }

  private void index(SeriesEntry entry) {
    try {
      SeenKey key = new SeenKey(entry.seriesId(), entry.type());
      SeenSeries known = seen.get(key);
      if (known == null) {
        seen.put(key, new SeenSeries(entry.check(), entry.firstSeenMs(), entry.lastSeenMs()));
        seriesNew.inc();
        counts.merge(EpochReport.SERIES_NEW, 1L, Long::sum);
        SeriesCodec.append(entry, out);
      } else if (known.check() != entry.check()) {
        collisions.inc();
        counts.merge(EpochReport.SERIES_COLLISIONS, 1L, Long::sum);
        LOG.error("series id {} of {} is already taken", entry.seriesId(), entry.identity());
        SeriesCodec.append(entry, out);
      } else {
        extend(key, known, entry);
      }
    } catch (Exception e) {
      throw new IllegalStateException("series %s could not be indexed".formatted(entry), e);
    }
  }

  private void extend(SeenKey key, SeenSeries known, SeriesEntry entry) throws Exception {
    long firstMs = Math.min(known.firstSeenMs(), entry.firstSeenMs());
    long lastMs = Math.max(known.lastSeenMs(), entry.lastSeenMs());
    if (firstMs < known.firstSeenMs() || lastMs > known.lastSeenMs()) {
      seen.put(key, new SeenSeries(known.check(), firstMs, lastMs));
      seriesExtended.inc();
      SeriesCodec.append(entry.withSeen(firstMs, lastMs), out);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    report();
  }

  @Override
  public void endInput() {
    report();
  }

  private void report() {
    if (!counts.isEmpty()) {
      int group = keyGroups.rangeOf(getRuntimeContext().getTaskInfo()).getStartKeyGroup();
      output.collect(
          element.replace(
              PartialBatch.of(
                  PartialBatch.Kind.REPORT,
                  group,
                  PartialBatch.OPEN,
                  EpochReport.of(counts).toBytes())));
      counts.clear();
      element.replace(out);
    }
  }
}
