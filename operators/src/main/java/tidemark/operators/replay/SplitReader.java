package tidemark.operators.replay;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import tidemark.operators.IntakeRecord;
import tidemark.operators.replay.ArchiveSplit.Range;
import tidemark.serde.archive.ArchiveBlock;
import tidemark.serde.archive.ArchiveFilter;
import tidemark.serde.archive.RecordCursor;
import tidemark.state.selection.PointSelection;

/**
 * One partition's place in its files. Only one of a task's has a cursor at a time, for they share
 * their buffers: {@link #resume} before reading, {@link #pause} before another is read.
 */
final class SplitReader {
  private final ArchiveSplit split;
  private final ArchiveFilter filter;
  private final Deque<Range> ranges;
  private long weightBehind; // of ranges that come after the first
  private RecordCursor cursor; // null while paused
  private SourceOutput<IntakeRecord> output; // null before the first record
  private int block;
  private int recordsPassed;
  private long heartbeatMs;

  SplitReader(ArchiveSplit split, PointSelection selection) {
    this.split = split;
    filter = filter(selection);
    ranges = new ArrayDeque<>(split.ranges());
    block = split.block();
    recordsPassed = split.recordsPassed();
    heartbeatMs = split.heartbeatMs();
    weightBehind = split.weight() - (ranges.isEmpty() ? 0 : ranges.peekFirst().weight());
  }

  private static ArchiveFilter filter(PointSelection selection) {
    ArchiveFilter filter = ArchiveFilter.all().times(selection.fromMs(), selection.toMs());
    return selection.orgs().isEmpty() ? filter : filter.orgs(Set.copyOf(selection.orgs()));
  }

  String id() {
    return split.splitId();
  }

  /** Where its records go, so that its watermark is its own. */
  SourceOutput<IntakeRecord> output(ReaderOutput<IntakeRecord> task) {
    if (output == null) {
      output = task.createOutputForSplit(id());
    }
    return output;
  }

  /** Takes notice of a heartbeat that was read. */
  void beat(long timeMs) {
    heartbeatMs = Math.max(heartbeatMs, timeMs);
  }

  /** Whether nothing is left of it. */
  boolean isDone() {
    return ranges.isEmpty();
  }

  /**
   * Goes on to the next record; must not be {@link #isDone done}.
   *
   * @return the cursor, which shows it; null at the end of a range, where another split may go on
   */
  RecordCursor next(OpenFiles files) throws IOException {
    resume(files);
    if (cursor.next()) {
      return cursor;
    }
    cursor = null;
    block = 0;
    recordsPassed = 0;
    ranges.removeFirst();
    weightBehind -= ranges.isEmpty() ? 0 : ranges.peekFirst().weight();
    return null;
  }

  private void resume(OpenFiles files) throws IOException {
    if (cursor != null) {
      return;
    }
    Range range = ranges.peekFirst();
    RecordCursor opened =
        files
            .reader(range)
            .read(filter.partition(split.topic(), split.partition(), range.from(), range.to()));
    if (block > 0 || recordsPassed > 0) {
      opened.seek(block, recordsPassed);
    }
    cursor = opened;
  }

  /** Lets go of what other splits need. */
  void pause() {
    if (cursor != null) {
      notePlace();
      cursor = null;
    }
  }

  /** Whether the record shown last is the last of a segment, so that its heartbeats are read. */
  boolean isAtEndOfSegment() {
    if (cursor == null || cursor.block() < 0) {
      return false;
    }
    List<ArchiveBlock> blocks = cursor.blocks();
    ArchiveBlock present = blocks.get(cursor.block());
    return cursor.recordsPassed() == present.records()
        && (cursor.block() + 1 == blocks.size()
            || blocks.get(cursor.block() + 1).segment() != present.segment());
  }

  /** A block that was read whole need not be read again to go on behind it. */
  private void notePlace() {
    block = Math.max(0, cursor.block());
    recordsPassed = cursor.recordsPassed();
    List<ArchiveBlock> blocks = cursor.blocks();
    if (block + 1 < blocks.size() && recordsPassed == blocks.get(block).records()) {
      block++;
      recordsPassed = 0;
    }
  }

  /** What is left of the split. */
  ArchiveSplit left() {
    if (cursor != null) {
      notePlace();
    }
    return new ArchiveSplit(
        split.topic(), split.partition(), List.copyOf(ranges), block, recordsPassed, heartbeatMs);
  }

  /** About how much is left to read. */
  long weightLeft() {
    if (ranges.isEmpty()) {
      return 0;
    }
    long first = ranges.peekFirst().weight();
    if (cursor == null || cursor.blocks().isEmpty()) {
      return weightBehind + first;
    }
    double left = 1 - (double) Math.max(0, cursor.block()) / cursor.blocks().size();
    return weightBehind + (long) (first * left);
  }

  /** What comes first: whoever is furthest behind. */
  boolean isBehind(SplitReader other) {
    return heartbeatMs < other.heartbeatMs;
  }

  static boolean isHeartbeat(long heartbeatMs) {
    return heartbeatMs != IntakeRecord.NO_HEARTBEAT && heartbeatMs != IntakeRecord.BAD_HEARTBEAT;
  }
}
