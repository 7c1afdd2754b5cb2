package tidemark.operators.combine;

import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.operators.IntakeBatch;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialSender;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.wire.HistogramColumns;
import tidemark.serde.wire.PointBlock;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialTable;

/**
 * Folds points into one table of (series, window) and sends its content on: before each barrier,
 * before a watermark that ends a window, when the table is full, and after the flush interval.
 *
 * <p>Partials of windows that have ended have a table of their own, which goes before the next
 * watermark of any time: so whoever sees a watermark has seen every late point that was read before
 * it.
 *
 * <p>Where each record brings other series, as agents do that send a window's points at once, a
 * table finds nothing to combine and only costs its cache misses. So when an eighth of one was
 * filled and hardly a series met twice, partials for {@value #DIRECT_SHARE} tables go into the
 * batches directly, each folded from the points that stand together in a record; then a table tries
 * again. Which way a point goes shows in the number of partials only: merged they are the same.
 *
 * <p>Costs at most one table update per series, window and record, and one batch per key group and
 * flush. Metrics, group {@code tidemark.combine}: {@code partialsSent}, {@code batchesSent}, {@code
 * flushes}, {@code partialsDirect}.
 */
public final class CombineOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<IntakeBatch, PartialBatch>,
        BoundedOneInput,
        ProcessingTimeCallback {
  private static final long serialVersionUID = 1L;

  /** A table must spare one partial in so many to be worth it. */
  private static final int MIN_SHARE = 8;

  /** Share of a full table that tells enough about what comes. */
  private static final int MIN_FILL = 8;

  private static final int DIRECT_SHARE = 32;

  private static final int FIRST_LATE = 16;

  private final CombineConfig settings;
  private final KeyGroups keyGroups;
  private final long windowMs;

  private transient PartialTable table;
  private transient PartialTable single; // for one partial at a time
  private transient long entries; // asked of the table since it was empty
  private transient long direct; // partials that will still go past the table
  private transient long openFromMs; // windows that start earlier have ended
  private transient PartialTable late; // partials of those
  private transient MetricNames names;
  private transient PartialSender sender;
  private transient StreamRecord<PartialBatch> element;
  private transient IntakeBatch last;
  private transient long watermarkMs;
  private transient ScheduledFuture<?> nextFlush;

  private transient Counter flushes;
  private transient Counter partialsDirect;

  public CombineOperator(CombineConfig settings, KeyGroups keyGroups, long windowMs) {
    this.settings = settings;
    this.keyGroups = keyGroups;
    this.windowMs = windowMs;
  }

  @Override
  public void open() throws Exception {
    super.open();
    table = new PartialTable(settings.maxEntries());
    single = new PartialTable(1);
    late = new PartialTable(FIRST_LATE);
    watermarkMs = Long.MIN_VALUE;
    openFromMs = Long.MIN_VALUE;
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("combine");
    flushes = group.counter("flushes");
    partialsDirect = group.counter("partialsDirect");
    element = new StreamRecord<>(null);
    sender =
        new PartialSender(
            keyGroups,
            settings.batchBytes(),
            batch -> output.collect(element.replace(batch)),
            group.counter("partialsSent"),
            group.counter("batchesSent"));
    scheduleFlush();
  }

  private void scheduleFlush() {
    nextFlush =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + settings.flushIntervalMs(),
                this);
  }

  @Override
  public void onProcessingTime(long time) {
    flush();
    scheduleFlush();
  }

  @Override
  public void processElement(StreamRecord<IntakeBatch> element) {
    IntakeBatch batch = element.getValue();
    if (batch.names() != names) {
      flush(); // the entries so far speak of the old numbers
      names = batch.names();
      sender.useNames(names);
    }
    last = batch;
    for (SeriesEntry entry : batch.announcements()) {
      sender.announce(entry);
    }
    batch.announcements().clear();
    PointBlock points = batch.points();
    for (int series = 0; series < points.seriesCount(); series++) {
      if (!batch.isRefused(series)) {
        combine(batch, points, series);
        if (table.size() >= settings.maxEntries()) {
          flush();
        }
      }
    }
  }

  private void combine(IntakeBatch batch, PointBlock points, int series) {
    long[] timestampsMs = points.timestampsMs();
    double[] values = points.values();
    long seriesId = batch.seriesId(series);
    int name = batch.name(series);
    MetricType type = points.type(series);
    int end = batch.pointsEnd(series);
    for (int from = points.firstPoint(series), to; from < end; from = to) {
      long windowStartMs = windowStartMs(timestampsMs[from]);
      long windowEndMs = windowStartMs + windowMs;
      // points of a series mostly come in order: one lookup serves all of a window
      to = from + 1;
      while (to < end && timestampsMs[to] >= windowStartMs && timestampsMs[to] < windowEndMs) {
        to++;
      }
      PartialTable target = target(windowStartMs);
      int entry = target.entry(seriesId, name, type, windowStartMs);
      switch (type) {
        case COUNTER -> target.addDeltas(entry, values, from, to);
        case GAUGE -> target.addReadings(entry, timestampsMs, values, from, to);
        case DISTRIBUTION -> target.addSamples(entry, values, from, to);
      }
      added(target);
    }
    for (int h = points.firstHistogram(series); h < points.firstHistogram(series + 1); h++) {
      if (points.histograms().samples(h) > 0) {
        addHistogram(points.histograms(), h, seriesId, name);
      }
    }
  }

  private void addHistogram(HistogramColumns histograms, int h, long seriesId, int name) {
    long windowStartMs = windowStartMs(histograms.timestampMs(h));
    PartialTable target = target(windowStartMs);
    int entry = target.entry(seriesId, name, MetricType.DISTRIBUTION, windowStartMs);
    target.addHistogram(
        entry,
        histograms.samples(h),
        histograms.sum(h) + 0.0,
        histograms.min(h) + 0.0,
        histograms.max(h) + 0.0,
        histograms.relativeError(h));
    var sketch = target.sketch(entry);
    sketch.addZeros(histograms.zeros(h));
    for (int bin = histograms.firstBin(h); bin < histograms.firstBin(h + 1); bin++) {
      sketch.addBin(
          histograms.binIndex(bin), histograms.binSamples(bin), histograms.isBinNegative(bin));
    }
    added(target);
  }

  private PartialTable target(long windowStartMs) {
    if (windowStartMs < openFromMs) {
      return late;
    }
    return direct > 0 ? single : table;
  }

  private void added(PartialTable target) {
    if (target == table) {
      entries++;
    } else if (target == single) {
      sender.add(single);
      single.clear();
      partialsDirect.inc();
      direct--;
    } else if (late.size() >= settings.maxEntries()) {
      flush();
    }
  }

  private long windowStartMs(long timestampMs) {
    return timestampMs - timestampMs % windowMs; // admitted times are never negative
  }

  /**
   * A window that this watermark ends must find its partials downstream first, or they would come
   * late.
   */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long before = Math.floorDiv(watermarkMs + 1, windowMs);
    long after = Math.floorDiv(mark.getTimestamp() + 1, windowMs);
    if (watermarkMs == Long.MIN_VALUE || before != after) {
      flush();
    } else if (late.size() > 0) {
      sendLate();
    }
    watermarkMs = mark.getTimestamp();
    openFromMs = mark.equals(Watermark.MAX_WATERMARK) ? Long.MAX_VALUE : after * windowMs;
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush();
    report();
  }

  @Override
  public void endInput() {
    flush();
    report();
  }

  private void report() {
    if (last == null) {
      return;
    }
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    int group = subtask % keyGroups.maxParallelism();
    last.accepted().drain(group, sender::send);
    if (!last.ledger().isEmpty()) {
      byte[] report = last.ledger().drain().toBytes();
      sender.send(PartialBatch.of(PartialBatch.Kind.REPORT, group, PartialBatch.OPEN, report));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    int left = table.size() + late.size() + sender.waiting();
    if (left > 0) {
      throw new IllegalStateException(
          "%s partials are left behind the barrier of checkpoint %s"
              .formatted(left, context.getCheckpointId()));
    }
  }

  @Override
  public void close() throws Exception {
    if (nextFlush != null) {
      nextFlush.cancel(false);
    }
    super.close();
  }

  private void flush() {
    if (table.size() + late.size() + sender.waiting() > 0) {
      flushes.inc();
      if (table.size() >= settings.maxEntries() / MIN_FILL && !hasCombined()) {
        direct = (long) DIRECT_SHARE * settings.maxEntries();
      }
      sender.add(table);
      table.clear();
      entries = 0;
    }
    sendLate();
  }

  /** With all that waits in batches. */
  private void sendLate() {
    sender.add(late);
    late.clear();
    sender.sendRows();
    sender.sendAnnouncements();
  }

  /** Whether the table has spared enough partials to be worth it. */
  private boolean hasCombined() {
    return entries - table.size() >= entries / MIN_SHARE;
  }
}
