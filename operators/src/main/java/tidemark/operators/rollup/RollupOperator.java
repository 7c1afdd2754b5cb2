package tidemark.operators.rollup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.PointLedger;
import tidemark.serde.flink.RunKey;
import tidemark.serde.flink.RunKeySerializer;
import tidemark.serde.flink.RunSerializer;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/**
 * Merges partials into the windows of one tier, and sends a window's rows on when the watermark has
 * passed its end.
 *
 * <p>Late partials need no case of their own: they open their window again, and the next watermark
 * or barrier closes it, which makes their rows deltas to those written before. So at each barrier
 * the open windows are those that end behind the watermark, and no others. Input rows of a finer
 * tier go on too, so that all tiers flow through one chain to the store. No timer is ever
 * registered: each watermark looks at the oldest window of each key group.
 *
 * <p>The finest tier counts the points that come and go in the ledger, {@link PointLedger}, unless
 * they are those of coarser series.
 *
 * <p>State: see {@link OpenWindows}, and the watermark, one long per task: without it a window that
 * late partials open again after a restore would stay open until sources tell the time anew.
 * Metrics, group {@code tidemark.rollup.<seconds>s}: {@code partialsMerged}, {@code rowsClosed},
 * {@code pointsLate} (finest tier), {@code openWindows}, {@code memoryBytes}, {@code runsSpilled}.
 */
public final class RollupOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int RECENT = 4;

  // Part of every savepoint: a new name is a new, empty state.
  private static final MapStateDescriptor<RunKey, byte[]> RUNS =
      new MapStateDescriptor<>(
          "open-window-runs", RunKeySerializer.INSTANCE, RunSerializer.INSTANCE);

  private static final ListStateDescriptor<Long> WATERMARK =
      new ListStateDescriptor<>("watermark", LongSerializer.INSTANCE);

  private final Tier tier;
  private final RollupConfig settings;
  private final KeyGroups keyGroups;
  private final boolean isCounting; // points, in the ledger

  private transient MapState<RunKey, byte[]> runs;
  private transient ListState<Long> storedWatermark;
  private transient OpenWindows windows;
  private transient KeyGroupRange range;
  private transient PartialReader reader;
  private transient PartialRow row;
  private transient List<OpenWindow> touched;
  private transient PartialWriter writer;
  private transient StreamRecord<PartialBatch> element;
  private transient long watermarkMs;
  private transient long lateInEpoch;
  private transient PointLedger received;
  private transient PointLedger closed;

  private transient Counter partialsMerged;
  private transient Counter rowsClosed;
  private transient Counter pointsLate;

  private RollupOperator(
      Tier tier, RollupConfig settings, KeyGroups keyGroups, boolean isCounting) {
    this.tier = tier;
    this.settings = settings;
    this.keyGroups = keyGroups;
    this.isCounting = isCounting;
  }

  /** Of the series that points name. */
  public static RollupOperator ofPoints(Tier tier, RollupConfig settings, KeyGroups keyGroups) {
    return new RollupOperator(tier, settings, keyGroups, tier.isFinest());
  }

  /** Of series that rules make: their points are counted with the series that they come from. */
  public static RollupOperator ofCoarser(Tier tier, RollupConfig settings, KeyGroups keyGroups) {
    return new RollupOperator(tier, settings, keyGroups, false);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    storedWatermark = context.getOperatorStateStore().getUnionListState(WATERMARK);
    watermarkMs = Long.MAX_VALUE;
    boolean isRestored = false;
    for (long each : storedWatermark.get()) {
      watermarkMs = Math.min(watermarkMs, each);
      isRestored = true;
    }
    if (!isRestored) {
      watermarkMs = Long.MIN_VALUE;
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    runs = getRuntimeContext().getMapState(RUNS);
    KeyedStateBackend<Integer> backend = getKeyedStateBackend();
    range = keyGroups.rangeOf(getRuntimeContext().getTaskInfo());
    MetricNames names = new MetricNames(System.nanoTime());
    windows = new OpenWindows(keyGroups, range, backend, runs, names, settings.memoryBytes());
    windows.restore();
    reader = new PartialReader(names);
    row = new PartialRow();
    touched = new ArrayList<>();
    writer = new PartialWriter(names, new PartialBatch(settings.batchBytes() + (1 << 12)));
    element = new StreamRecord<>(writer.batch());
    received = new PointLedger(LedgerRows.RECEIVED);
    received.useNames(names);
    closed = new PointLedger(LedgerRows.CLOSED);
    closed.useNames(names);
    MetricGroup group =
        getMetricGroup().addGroup("tidemark").addGroup("rollup").addGroup(tier.seconds() + "s");
    partialsMerged = group.counter("partialsMerged");
    rowsClosed = group.counter("rowsClosed");
    pointsLate = group.counter("pointsLate");
    group.gauge("openWindows", () -> windows.count());
    group.gauge("memoryBytes", () -> windows.memoryBytes());
    group.gauge("runsSpilled", () -> windows.runsSpilled());
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    if (batch.isPartialsOf(tier.inputSeconds())) {
      merge(batch);
      if (tier.isFinest()) {
        return;
      }
    }
    output.collect(input);
  }

  private void merge(PartialBatch batch) throws Exception {
    reader.open(batch);
    OpenWindow window = null;
    long merged = 0;
    while (reader.next(row)) {
      long startMs = row.windowStartMs - Math.floorMod(row.windowStartMs, tier.windowMs());
      if (window == null || window.startMs != startMs) {
        window = touch(batch.keyGroup(), startMs);
      }
      if (OpenWindows.isFull(window)) {
        settle(); // all of them: what one spills of another would no longer be marked dirty
        window = touch(batch.keyGroup(), startMs);
      }
      windows.tableOf(window).mergeAs(row, startMs);
      merged++;
      if (isCounting) {
        countReceived(startMs);
      }
    }
    settle();
    partialsMerged.inc(merged);
    if (windows.count() > settings.maxOpenWindows()) {
      closeEnded();
    }
  }

  private void countReceived(long startMs) {
    received.count(row.name, startMs, row.count);
    if (isEnded(startMs)) {
      pointsLate.inc(row.count);
      lateInEpoch = Math.addExact(lateInEpoch, row.count);
    }
  }

  private void settle() throws Exception {
    for (OpenWindow changed : touched) {
      windows.changed(changed);
    }
    touched.clear();
  }

  /**
   * Rows of two or three windows alternate within a batch, so a look at those touched is enough.
   */
  private OpenWindow touch(int group, long startMs) {
    for (int i = touched.size() - 1; i >= Math.max(0, touched.size() - RECENT); i--) {
      if (touched.get(i).startMs == startMs) {
        return touched.get(i);
      }
    }
    OpenWindow window = windows.open(group, startMs);
    window.isDirty = true; // before anything can spill it
    touched.add(window);
    return window;
  }

  private boolean isEnded(long startMs) {
    return startMs + tier.windowMs() - 1 <= watermarkMs;
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    // after a restore the sources begin below what this task has seen
    watermarkMs = Math.max(watermarkMs, mark.getTimestamp());
    closeEnded();
    super.processWatermark(mark);
  }

  private void closeEnded() throws Exception {
    // isEnded, solved for the start, without overflow at both ends of time
    long firstOpenMs =
        watermarkMs < Long.MIN_VALUE + tier.windowMs()
            ? Long.MIN_VALUE
            : watermarkMs == Long.MAX_VALUE ? Long.MAX_VALUE : watermarkMs - tier.windowMs() + 2;
    for (int group = range.getStartKeyGroup(); group <= range.getEndKeyGroup(); group++) {
      for (OpenWindow window : windows.startingBefore(group, firstOpenMs)) {
        PartialTable rows = windows.gather(window);
        send(group, rows);
        windows.close(window);
      }
    }
  }

  private void send(int group, PartialTable rows) {
    writer.begin(group, tier.seconds());
    for (int i = 0; i < rows.size(); i++) {
      rows.read(i, row);
      writer.write(row);
      if (isCounting) {
        closed.count(row.name, row.windowStartMs, row.count);
      }
      if (writer.isFull(settings.batchBytes())) {
        output.collect(element.replace(writer.batch()));
        writer.begin(group, tier.seconds());
      }
    }
    if (writer.rows() > 0) {
      output.collect(element.replace(writer.batch()));
    }
    rowsClosed.inc(rows.size());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    closeEnded(); // the finer tiers, which come first in the chain, may have sent late rows
    report();
  }

  @Override
  public void endInput() {
    report();
  }

  private void report() {
    int group = range.getStartKeyGroup();
    received.drain(group, batch -> output.collect(element.replace(batch)));
    closed.drain(group, batch -> output.collect(element.replace(batch)));
    if (lateInEpoch > 0) {
      output.collect(
          element.replace(
              PartialBatch.of(
                  PartialBatch.Kind.REPORT,
                  group,
                  PartialBatch.OPEN,
                  EpochReport.of(Map.of(EpochReport.POINTS_LATE, lateInEpoch)).toBytes())));
      lateInEpoch = 0;
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    windows.writeDirty();
    storedWatermark.update(List.of(watermarkMs));
    super.snapshotState(context);
  }
}
