package tidemark.operators.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.ArchiveReader;
import tidemark.serde.archive.ReadBuffers;
import tidemark.serde.archive.RecordCursor;

/**
 * Reads the splits of one task in the task's own thread, one at a time: always the one whose
 * heartbeats are furthest behind, and another only where a segment of it ends, so that time goes on
 * in all of them together and few windows are open.
 *
 * <p>Memory: one {@link ReadBuffers} and {@link OpenFiles}, however many splits there are, and some
 * 150 bytes for each range that is left. A store that does not answer holds up the task, its
 * checkpoints too, for as long as reads are tried again.
 *
 * <p>Metrics, group {@code tidemark.replay}: {@code recordsRead}, {@code bytesRead} of their
 * values, {@code filesOpened}, {@code storeRetries}, {@code weightLeft}.
 */
final class ArchiveSourceReader implements SourceReader<IntakeRecord, ArchiveSplit> {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveSourceReader.class);
  private static final int EVENTS_PER_TASK = 200;

  private final SourceReaderContext context;
  private final ReplayConfig config;
  private final ArchivedIntake intake;
  private final ReadBuffers buffers = new ReadBuffers();
  private final OpenFiles files = new OpenFiles(this::open, buffers);
  private final List<SplitReader> splits = new ArrayList<>();
  private final CompletableFuture<Void> hasAllSplits = new CompletableFuture<>();

  private final Counter recordsRead;
  private final Counter recordsIn; // Flink's own, which every source counts
  private final Counter bytesRead;
  private final Counter filesOpened;
  private final Counter storeRetries;

  private SplitReader present; // null before the first and behind the last
  private long weightPerEvent;
  private long weightTold = Long.MAX_VALUE;
  private volatile long weightLeft;

  ArchiveSourceReader(SourceReaderContext context, ReplayConfig config) {
    this.context = context;
    this.config = config;
    intake = new ArchivedIntake(config.defaultFormat(), config.defaultOrg());
    recordsIn = context.metricGroup().getIOMetricGroup().getNumRecordsInCounter();
    var group = context.metricGroup().addGroup("tidemark").addGroup("replay");
    recordsRead = group.counter("recordsRead");
    bytesRead = group.counter("bytesRead");
    filesOpened = group.counter("filesOpened");
    storeRetries = group.counter("storeRetries");
    group.gauge("weightLeft", () -> weightLeft);
  }

  private ArchiveReader open(ArchiveSplit.Range range, ReadBuffers shared) throws IOException {
    filesOpened.inc();
    return ArchiveReader.open(
        new StoreInput(range.file(), range.fileBytes(), config.retryForMs(), storeRetries), shared);
  }

  @Override
  public void start() {
    // splits come without asking
  }

  @Override
  public void addSplits(List<ArchiveSplit> added) {
    for (ArchiveSplit split : added) {
      LOG.info(
          "replay of {}: {} ranges from offset {}",
          split.splitId(),
          split.ranges().size(),
          split.ranges().isEmpty() ? "none" : split.ranges().get(0).from());
      splits.add(new SplitReader(split, config.selection()));
    }
    weightPerEvent = Math.max(1, weight() / EVENTS_PER_TASK);
  }

  @Override
  public void notifyNoMoreSplits() {
    hasAllSplits.complete(null);
  }

  /** Nothing is read before all splits are known: their watermarks hold each other. */
  @Override
  public CompletableFuture<Void> isAvailable() {
    return hasAllSplits;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<IntakeRecord> output) throws IOException {
    if (!hasAllSplits.isDone()) {
      return InputStatus.NOTHING_AVAILABLE;
    }
    while (true) {
      if (present == null && !turnToNext()) {
        tellProgress();
        return InputStatus.END_OF_INPUT;
      }
      if (present.isDone()) {
        output.releaseOutputForSplit(present.id());
        splits.remove(present);
        present = null;
        continue;
      }
      RecordCursor cursor = present.next(files);
      if (cursor != null) {
        emit(cursor, output);
        return InputStatus.MORE_AVAILABLE;
      }
      turnToNext();
    }
  }

  private void emit(RecordCursor cursor, ReaderOutput<IntakeRecord> output) {
    IntakeRecord record = intake.of(cursor);
    recordsRead.inc();
    recordsIn.inc();
    bytesRead.inc(Math.max(0, cursor.valueLength()));
    SplitReader split = present;
    if (SplitReader.isHeartbeat(record.heartbeatMs())) {
      split.beat(record.heartbeatMs());
    }
    split.output(output).collect(record, record.brokerTimeMs());
    if (split.isAtEndOfSegment()) {
      turnToNext();
      tellProgress();
    }
  }

  /** Whoever is furthest behind; the present one stays if none is further. */
  private boolean turnToNext() {
    SplitReader next = present;
    for (SplitReader split : splits) {
      if (next == null || split.isBehind(next)) {
        next = split;
      }
    }
    if (next != present && present != null) {
      present.pause();
    }
    present = next;
    return next != null;
  }

  private long weight() {
    return splits.stream().mapToLong(SplitReader::weightLeft).sum();
  }

  private void tellProgress() {
    weightLeft = weight();
    if (weightTold - weightLeft >= weightPerEvent || splits.isEmpty()) {
      weightTold = weightLeft;
      context.sendSourceEventToCoordinator(new ReplayProgress(recordsRead.getCount(), weightLeft));
    }
  }

  @Override
  public List<ArchiveSplit> snapshotState(long checkpoint) {
    return splits.stream().map(SplitReader::left).toList();
  }

  @Override
  public void close() throws Exception {
    files.close();
    buffers.close();
  }
}
