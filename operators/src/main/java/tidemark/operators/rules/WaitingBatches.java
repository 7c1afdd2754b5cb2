package tidemark.operators.rules;

import java.util.ArrayList;
import java.util.List;
import tidemark.serde.partial.PartialBatch;

/**
 * Batches of coarser series whose rule is not known yet, and those that came behind them in their
 * key group, in the order in which they came.
 *
 * <p>A rule that a row follows from is known before the first watermark that reaches the start of
 * the row's window. So from that watermark on, whoever is unknown is unknown for good. Of a series
 * nobody can tell before a barrier. Bound: what comes until then. Not thread-safe.
 */
final class WaitingBatches {
  /** All rules that it follows from are known. */
  static final long NOTHING = Long.MIN_VALUE;

  /** Only a barrier decides it, or the end. */
  static final long BARRIER = Long.MAX_VALUE;

  /**
   * One batch.
   *
   * @param decidedMs watermark from which on whoever is unknown in it is so for good
   */
  private record Waiting(PartialBatch batch, long decidedMs) {}

  private final List<Waiting> all = new ArrayList<>();

  /** Takes a copy. */
  void add(PartialBatch batch, long decidedMs) {
    all.add(new Waiting(batch.copy(), decidedMs));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether one of that key group waits. */
  boolean isOf(int keyGroup) {
    return all.stream().anyMatch(each -> each.batch().keyGroup() == keyGroup);
  }

  /** Whether nothing in them can become known behind that watermark. */
  boolean isDecidedAt(long watermarkMs) {
    return all.stream().allMatch(each -> each.decidedMs() <= watermarkMs);
  }

  /** All of them, which wait no longer. */
  List<PartialBatch> drain() {
    List<PartialBatch> batches = all.stream().map(Waiting::batch).toList();
    all.clear();
    return batches;
  }
}
