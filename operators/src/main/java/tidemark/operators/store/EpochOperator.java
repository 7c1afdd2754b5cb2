package tidemark.operators.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.operators.CommitLoop;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.table.EpochKeys;

/**
 * Gathers what all writers did in an epoch, keeps it with the checkpoint that covers it, and
 * commits it when that checkpoint is complete. Runs once, at parallelism 1, behind the writers; it
 * gives nothing on.
 *
 * <p>When it starts it brings what was restored and what the tables hold together ({@link
 * EpochStart}). When the catalog or the object store does not answer, epochs wait in the state
 * ({@link CommitLoop}): visibility is late, nothing is lost. State: one {@link EpochState}.
 *
 * <p>Metrics, group {@code tidemark.store}: {@code epochsCommitted}, {@code commitRetries}, {@code
 * epochsWaiting}.
 */
final class EpochOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<byte[], byte[]>, BoundedOneInput, CommitLoop.Epochs {
  private static final long serialVersionUID = 1L;

  private static final int RUN_DIGITS = 8;

  // Part of every savepoint: a new name is a new, empty state.
  private static final ListStateDescriptor<byte[]> STATE =
      new ListStateDescriptor<>("epoch", BytePrimitiveArraySerializer.INSTANCE);

  private final StoreConfig settings;

  private transient EpochTables tables;
  private transient String run;
  private transient List<String> rollupFiles;
  private transient List<String> seriesFiles;
  private transient EpochReport report;
  private transient long watermarkMs;
  private transient long restoredCheckpoint;
  private transient CommitLoop commits;

  private transient ListState<byte[]> stored;
  private transient EpochState state;

  private transient Counter epochsCommitted;

  EpochOperator(StoreConfig settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(STATE);
    EpochState restored = null;
    for (byte[] bytes : stored.get()) {
      restored = EpochState.ofBytes(bytes);
    }
    if (restored == null) {
      restored = EpochState.fresh(UUID.randomUUID().toString(), settings.branch());
    }
    rollupFiles = new ArrayList<>();
    seriesFiles = new ArrayList<>();
    report = EpochReport.empty();
    watermarkMs = Long.MIN_VALUE;
    run = UUID.randomUUID().toString();
    restoredCheckpoint = context.getRestoredCheckpointId().orElse(0L);
    tables =
        new EpochTables(settings, run, getRuntimeContext().getJobInfo().getJobId().toHexString());
    state =
        new EpochStart(tables, settings, restoredCheckpoint).begin(tables.shards().begin(restored));
  }

  /** What a restored checkpoint covers is complete, so what waits in it can be committed now. */
  @Override
  public void open() throws Exception {
    super.open();
    IcebergThreads.endWithJob(getRuntimeContext());
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("store");
    epochsCommitted = group.counter("epochsCommitted");
    commits =
        new CommitLoop(
            this, getProcessingTimeService(), restoredCheckpoint, group.counter("commitRetries"));
    group.gauge("epochsWaiting", () -> state.pending().size());
    commits.commitCompleted();
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) throws IOException {
    WriterResult result = WriterResult.ofBytes(element.getValue());
    rollupFiles.addAll(result.rollupFiles());
    seriesFiles.addAll(result.seriesFiles());
    report = report.merge(result.report());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    watermarkMs = Math.max(watermarkMs, mark.getTimestamp());
    super.processWatermark(mark);
  }

  /** The last epoch is closed by the checkpoint that follows the end of the input. */
  @Override
  public void endInput() {
    commits.endInput();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    closeEpoch(context.getCheckpointId());
    stored.update(List.of(state.toBytes()));
  }

  private void closeEpoch(long checkpoint) {
    EpochState next = state.after(report, watermarkMs);
    try {
      tables.shards().requireKnown(next.totals().newestMs());
    } catch (SupersededException e) {
      throw new SuppressRestartsException(e); // the checkpoint before is the last good one
    }
    boolean isNews =
        !rollupFiles.isEmpty()
            || !seriesFiles.isEmpty()
            || next.watermarkMs() != state.watermarkMs()
            || !next.totals().equals(state.totals());
    if (!isNews) {
      return;
    }
    state =
        next.with(
            new PendingEpoch(
                checkpoint,
                checkpoint + "-" + run.substring(0, RUN_DIGITS),
                state.lastEpoch(),
                rollupFiles,
                seriesFiles,
                summary(next)));
    rollupFiles.clear();
    seriesFiles.clear();
    report = EpochReport.empty();
  }

  private Map<String, String> summary(EpochState next) {
    Map<String, String> summary = new HashMap<>();
    summary.put(EpochKeys.OFFSETS, next.offsetsJson());
    summary.put(EpochKeys.WATERMARK_MS, Long.toString(next.watermarkMs()));
    if (next.totals().newestMs() != Long.MIN_VALUE) {
      summary.put(EpochKeys.NEWEST_RECORD_MS, Long.toString(next.totals().newestMs()));
    }
    summary.put(EpochKeys.WATERMARK_KIND, next.isWatermarkProven() ? "heartbeat" : "estimated");
    for (String label :
        List.of(
            EpochReport.POINTS_ACCEPTED,
            EpochReport.POINTS_REFUSED,
            EpochReport.POINTS_LATE,
            EpochReport.POINTS_STORED,
            EpochReport.RECORDS_READ,
            EpochReport.RECORDS_REFUSED)) {
      summary.put(EpochKeys.PREFIX + label, Long.toString(report.count(label)));
    }
    report
        .counts()
        .forEach((label, count) -> summary.put(EpochKeys.PREFIX + label, count.toString()));
    next.totals()
        .counts()
        .forEach((label, count) -> summary.put(EpochKeys.TOTAL + label, count.toString()));
    return summary;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    commits.complete(checkpointId);
  }

  @Override
  public long oldest() {
    return state.pending().isEmpty() ? Long.MAX_VALUE : state.pending().get(0).checkpoint();
  }

  @Override
  public void commitOldest() throws IOException {
    try {
      tables.commit(state, state.pending().get(0));
    } catch (SupersededException e) {
      throw new SuppressRestartsException(e);
    }
    state = state.without(1);
    epochsCommitted.inc();
  }

  @Override
  public void disconnect() throws IOException {
    tables.close();
  }

  @Override
  public void close() throws Exception {
    if (tables != null) {
      tables.close();
    }
    super.close();
  }
}
