package tidemark.operators.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.annotation.Nullable;
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
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.CommitLoop;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.manifest.TopicReplacedException;

/**
 * Gathers the files of an epoch, keeps them with the checkpoint that covers them, and adds them to
 * the manifest when it is complete ({@link CommitLoop}). Runs once, behind the archive's tasks. The
 * brokers are asked for the ids of the epoch's topics, and for first offsets where a task went past
 * some; that they do not answer is trouble like the catalog's. State: one {@link ArchiveState}.
 *
 * <p>A topic that was made anew under its name fails the job for good.
 *
 * <p>Metrics, group {@code tidemark.archive}: {@code epochsCommitted}, {@code commitRetries},
 * {@code epochsWaiting}, {@code gaps} and {@code gapOffsets} that were committed, {@code
 * filesUnused}: that the manifest had in full already.
 */
final class ArchiveCommitOperator extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<byte[], byte[]>, BoundedOneInput, CommitLoop.Epochs {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveCommitOperator.class);
  private static final int RUN_DIGITS = 8;

  // Part of every savepoint: a new name is a new, empty state.
  private static final ListStateDescriptor<byte[]> STATE =
      new ListStateDescriptor<>("archive", BytePrimitiveArraySerializer.INSTANCE);

  private final CatalogAddress address;
  private final TopicFacts topics;
  private final StartOffsets starts;

  private transient String run;
  private transient long restored;
  private transient List<SealedFile> files;
  private transient CommitLoop commits;
  private transient @Nullable TableCatalog catalog; // null while there is no connection

  private transient ListState<byte[]> stored;
  private transient ArchiveState state;

  private transient Counter epochsCommitted;
  private transient Counter gaps;
  private transient Counter gapOffsets;
  private transient Counter filesUnused;

  ArchiveCommitOperator(CatalogAddress address, TopicFacts topics, StartOffsets starts) {
    this.address = address;
    this.topics = topics;
    this.starts = starts;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getListState(STATE);
    state = null;
    for (byte[] bytes : stored.get()) {
      state = ArchiveState.ofBytes(bytes);
    }
    if (state == null) {
      // a source that was restored without this state may have begun anywhere
      state =
          new ArchiveState(
              context.isRestored() ? ReadEnds.unknown() : ReadEnds.startingAt(starts.offsets()));
    }
    files = new ArrayList<>();
    run = UUID.randomUUID().toString().substring(0, RUN_DIGITS);
    restored = context.getRestoredCheckpointId().orElse(0L);
  }

  /** What a restored checkpoint covers is complete, so what waits in it can be committed now. */
  @Override
  public void open() throws Exception {
    super.open();
    IcebergThreads.endWithJob(getRuntimeContext());
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("archive");
    epochsCommitted = group.counter("epochsCommitted");
    gaps = group.counter("gaps");
    gapOffsets = group.counter("gapOffsets");
    filesUnused = group.counter("filesUnused");
    group.gauge("epochsWaiting", () -> state.pending().size());
    commits =
        new CommitLoop(this, getProcessingTimeService(), restored, group.counter("commitRetries"));
    commits.commitCompleted();
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) throws IOException {
    files.add(state.ends().take(SealedFile.ofBytes(element.getValue())));
  }

  /** The last epoch is closed by the checkpoint that follows the end of the input. */
  @Override
  public void endInput() {
    commits.endInput();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (!files.isEmpty()) {
      long checkpoint = context.getCheckpointId();
      state.pending().add(new ArchiveState.Epoch(checkpoint, checkpoint + "-" + run, files));
      files.clear();
    }
    stored.update(List.of(state.toBytes()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    commits.complete(checkpointId);
  }

  @Override
  public long oldest() {
    return state.pending().isEmpty() ? Long.MAX_VALUE : state.pending().peek().checkpoint();
  }

  @Override
  public void commitOldest() throws IOException {
    ArchiveState.Epoch epoch = state.pending().element();
    Map<String, Set<Integer>> jumped = FileRanges.jumped(epoch);
    List<ArchivedRange> ranges =
        FileRanges.of(
            epoch,
            topics.ids(FileRanges.topics(epoch)),
            jumped.isEmpty() ? Map.of() : topics.logStarts(jumped));
    if (catalog == null) {
      catalog = new TableCatalog(address);
    }
    Table table = catalog.archive();
    ArchiveManifest.Appended appended;
    try {
      appended = ArchiveManifest.append(table, ranges);
    } catch (TopicReplacedException e) {
      throw new SuppressRestartsException(e);
    }
    state.pending().remove();
    epochsCommitted.inc();
    for (ArchivedRange row : appended.rows()) {
      if (row.kind() == ArchivedRange.Kind.GAP) {
        gaps.inc();
        gapOffsets.inc(row.to() - row.from());
        LOG.warn(
            "offsets {} to {} of {}/{} are missing in the archive: Kafka had dropped them",
            row.from(),
            row.to(),
            row.topic(),
            row.partition());
      }
    }
    filesUnused.inc(appended.orphans().size());
    appended.orphans().forEach(file -> delete(table, file));
    LOG.info(
        "epoch {}: {} files, {} rows new to the archive",
        epoch.id(),
        epoch.files().size(),
        appended.rows().size());
  }

  private static void delete(Table table, String file) {
    try {
      table.io().deleteFile(file);
    } catch (RuntimeException e) {
      LOG.warn("{} is not in the archive and could not be deleted", file, e);
    }
  }

  @Override
  public void disconnect() throws IOException {
    if (catalog != null) {
      TableCatalog closing = catalog;
      catalog = null;
      closing.close();
    }
  }

  @Override
  public void close() throws Exception {
    disconnect();
    super.close();
  }
}
