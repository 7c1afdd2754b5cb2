package tidemark.operators.archive;

import java.util.ArrayList;
import java.util.List;
import tidemark.serde.archive.RecordFacts;
import tidemark.serde.manifest.ArchivedRange;

/**
 * How far a task is with a partition, and what the present file has seen of it. Mutable.
 *
 * <p>Bounds: {@value #MAX_JUMPS} jumps for each file. Further ones are joined to the last, records
 * between them and all: should Kafka have dropped the first of these offsets, the manifest will
 * call all of them a gap, which it never does to fewer than are missing.
 */
final class PartitionReading {
  static final int MAX_JUMPS = 100;
  private static final long UNKNOWN = -1L;

  private final List<OffsetJump> jumps = new ArrayList<>();
  private long next = UNKNOWN;
  private long filedTo = UNKNOWN; // first offset that no file speaks for
  private boolean isInFile;
  private long earliestMs;
  private long latestMs;

  /** Whether the topic seems to have begun again: then the file before must be sealed. */
  boolean isBehind(long offset) {
    return next != UNKNOWN && offset < next;
  }

  /** Forgets what was read; what comes next is no jump. */
  void restart() {
    next = UNKNOWN;
    filedTo = UNKNOWN;
  }

  boolean isInFile() {
    return isInFile;
  }

  /** Where the file's range of the partition begins, if the record at an offset comes next. */
  long begin(long offset) {
    isInFile = true;
    earliestMs = ArchivedRange.NO_EARLIEST_MS;
    latestMs = ArchivedRange.NO_LATEST_MS;
    return filedTo == UNKNOWN ? offset : filedTo;
  }

  /** Goes past a record that is another archive's: the next file speaks for its offset, too. */
  void pass(long offset) {
    if (next == UNKNOWN) {
      filedTo = offset;
    }
    go(offset);
  }

  private void go(long offset) {
    if (next != UNKNOWN && offset > next) {
      jump(offset);
    }
    next = offset + 1;
  }

  void add(long offset, RecordFacts facts) {
    go(offset);
    filedTo = next;
    if (!facts.isHeartbeat()) {
      earliestMs = Math.min(earliestMs, facts.earliestMs());
      latestMs = Math.max(latestMs, facts.latestMs());
    }
  }

  private void jump(long to) {
    int last = jumps.size() - 1;
    if (jumps.size() < MAX_JUMPS) {
      jumps.add(new OffsetJump(next, to));
    } else {
      jumps.set(last, new OffsetJump(jumps.get(last).from(), to));
    }
  }

  long earliestMs() {
    return earliestMs;
  }

  long latestMs() {
    return latestMs;
  }

  /** Those in front of the file's last record. */
  List<OffsetJump> jumps() {
    List<OffsetJump> inFile = new ArrayList<>();
    for (OffsetJump jump : jumps) {
      if (jump.from() < filedTo) {
        inFile.add(new OffsetJump(jump.from(), Math.min(jump.to(), filedTo)));
      }
    }
    return inFile;
  }

  /** The file is sealed; the next one speaks for what was passed behind its last record. */
  void endFile() {
    isInFile = false;
    List<OffsetJump> later = new ArrayList<>();
    for (OffsetJump jump : jumps) {
      if (jump.to() > filedTo) {
        later.add(new OffsetJump(Math.max(jump.from(), filedTo), jump.to()));
      }
    }
    jumps.clear();
    jumps.addAll(later);
  }
}
