package tidemark.operators.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.table.EpochKeys;

/**
 * Gathers what all writers did in an epoch into one {@link EpochCommittable}. Runs once, at
 * parallelism 1, between the writers and the committer.
 *
 * <p>When it starts it compares what was restored with the head of the table, and refuses to run
 * where that would lose or double rows. State: one {@link EpochState}, about 100 bytes a partition.
 */
final class EpochOperator extends AbstractStreamOperator<CommittableMessage<EpochCommittable>>
    implements OneInputStreamOperator<
            CommittableMessage<WriterResult>, CommittableMessage<EpochCommittable>>,
        BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(EpochOperator.class);

  // Part of every savepoint: a new name is a new, empty state.
  private static final ListStateDescriptor<byte[]> STATE =
      new ListStateDescriptor<>("epoch", BytePrimitiveArraySerializer.INSTANCE);

  private final StoreConfig settings;

  private transient ListState<byte[]> stored;
  private transient EpochState state;
  private transient List<String> rollupFiles;
  private transient List<String> seriesFiles;
  private transient EpochReport report;
  private transient long watermarkMs;
  private transient long lastCheckpoint;

  EpochOperator(StoreConfig settings) {
    this.settings = settings;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(STATE);
    OptionalLong restored = context.getRestoredCheckpointId();
    for (byte[] bytes : stored.get()) {
      state = EpochState.ofBytes(bytes);
    }
    if (state == null) {
      state = EpochState.fresh(UUID.randomUUID().toString());
    }
    rollupFiles = new ArrayList<>();
    seriesFiles = new ArrayList<>();
    report = EpochReport.empty();
    watermarkMs = Long.MIN_VALUE;
    lastCheckpoint = restored.orElse(0L);
    Optional<EpochSummary.Head> head;
    Optional<EpochSummary.Head> own;
    try (TableCatalog catalog = new TableCatalog(settings.catalog())) {
      catalog.series();
      Table rollups = catalog.rollups();
      head = EpochSummary.head(rollups);
      own = EpochSummary.head(rollups, state.lineage());
    }
    LOG.info(
        "store starts: lineage {}, restored checkpoint {}, head {}",
        state.lineage(),
        restored.isPresent() ? restored.getAsLong() : "none",
        head.isPresent() ? head.get() : "none");
    if (own.isPresent() && restored.isPresent()) {
      checkNotAhead(own.get(), restored.getAsLong());
    }
    if (head.isPresent()) {
      checkLineage(head.get(), restored);
    }
  }

  /** Looks behind the commits of other lineages, too: appending lets them stand in front. */
  private static void checkNotAhead(EpochSummary.Head own, long restored) {
    if (own.checkpoint() > restored) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              ("the rollups table is at checkpoint %s of lineage %s, ahead of the restored checkpoint"
                      + " %s: going on would lose or double rows; resume from checkpoint %s or a later"
                      + " one, or set the table back to the snapshot of checkpoint %s first")
                  .formatted(
                      own.checkpoint(), own.lineage(), restored, own.checkpoint(), restored)));
    }
  }

  private void checkLineage(EpochSummary.Head head, OptionalLong restored) {
    boolean isOurs = head.lineage().equals(state.lineage());
    if (!isOurs && settings.onExisting() == StoreOptions.OnExisting.REFUSE) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              ("the rollups table holds checkpoint %s of lineage %s, and this job %s: its rows could"
                      + " overlap; resume from a savepoint or checkpoint of that lineage, use another"
                      + " warehouse, or set %s to append if the input begins where that lineage ended")
                  .formatted(
                      head.checkpoint(),
                      head.lineage(),
                      restored.isPresent()
                          ? "is of lineage " + state.lineage()
                          : "starts without state",
                      StoreOptions.ON_EXISTING.key())));
    }
  }

  @Override
  public void processElement(StreamRecord<CommittableMessage<WriterResult>> element) {
    if (element.getValue() instanceof CommittableWithLineage<WriterResult> message) {
      WriterResult result = message.getCommittable();
      rollupFiles.addAll(result.rollupFiles());
      seriesFiles.addAll(result.seriesFiles());
      report = report.merge(result.report());
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    watermarkMs = Math.max(watermarkMs, mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emit(checkpointId);
    lastCheckpoint = checkpointId;
  }

  /** Nothing may follow the end of the input, so the last epoch does not wait for its barrier. */
  @Override
  public void endInput() {
    emit(lastCheckpoint + 1);
  }

  private void emit(long checkpointId) {
    EpochState next = state.after(report, watermarkMs);
    boolean isNews =
        !rollupFiles.isEmpty()
            || !seriesFiles.isEmpty()
            || next.watermarkMs() != state.watermarkMs()
            || !next.totals().equals(state.totals());
    if (!isNews) {
      return;
    }
    state = next;
    EpochCommittable epoch =
        new EpochCommittable(
            state.lineage(), checkpointId, rollupFiles, seriesFiles, summary(checkpointId));
    rollupFiles.clear();
    seriesFiles.clear();
    report = EpochReport.empty();
    output.collect(new StreamRecord<>(new CommittableSummary<>(0, 1, checkpointId, 1, 0)));
    output.collect(new StreamRecord<>(new CommittableWithLineage<>(epoch, checkpointId, 0)));
  }

  private Map<String, String> summary(long checkpointId) {
    Map<String, String> summary = new HashMap<>();
    summary.put(EpochKeys.LINEAGE, state.lineage());
    summary.put(EpochKeys.CHECKPOINT, Long.toString(checkpointId));
    summary.put(EpochKeys.OFFSETS, state.offsetsJson());
    summary.put(EpochKeys.WATERMARK_MS, Long.toString(state.watermarkMs()));
    summary.put(EpochKeys.WATERMARK_KIND, state.isWatermarkProven() ? "heartbeat" : "estimated");
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
    state
        .totals()
        .counts()
        .forEach((label, count) -> summary.put(EpochKeys.TOTAL + label, count.toString()));
    return summary;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.update(List.of(state.toBytes()));
  }
}
