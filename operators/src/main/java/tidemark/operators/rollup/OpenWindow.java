package tidemark.operators.rollup;

import tidemark.state.PartialTable;

/**
 * One open window of one key group: a table in memory, and runs in state.
 *
 * <p>Runs {@code 0 .. homeRun - 1} lie in state and are not in memory. What is in memory is written
 * to {@code homeRun} before a barrier, again and again. The window is the merge of all of them.
 */
final class OpenWindow {
  final int keyGroup;
  final long startMs;

  /** Whether a newer window of its group was opened before it. */
  final boolean isLate;

  /** Null while state holds all of the window: there may be very many of that kind. */
  PartialTable table;

  /** Whether memory holds what run {@code homeRun} in state does not. */
  boolean isDirty;

  /** Whether run {@code homeRun} exists in state. */
  boolean isHomeStored;

  int homeRun;

  /** Rows of the table that was spilled last. */
  int spilledRows;

  long accountedBytes;

  OpenWindow(int keyGroup, long startMs, boolean isLate, PartialTable table) {
    this.keyGroup = keyGroup;
    this.startMs = startMs;
    this.isLate = isLate;
    this.table = table;
  }
}
