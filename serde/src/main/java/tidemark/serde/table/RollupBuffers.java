package tidemark.serde.table;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Arrays that rows wait in and that writing them takes: kept for the next file, since allocating
 * them anew for each is what the collector would otherwise spend its time on.
 *
 * <p>Memory: what was in use at once at most, 96 bytes a row that waited, and 36 a row of the
 * largest file and 150 a row of its largest row group. Not thread-safe: one for each writer, which
 * has one file in steps at a time.
 */
public final class RollupBuffers {
  final RowSort sort = new RowSort();
  final RowGroup rowGroup = new RowGroup();
  final ColumnChunk chunk = new ColumnChunk();
  private final Deque<long[]> blocks = new ArrayDeque<>();
  private final int[][] keys = new int[4][];

  /** A block of rows with anything in it. */
  long[] takeBlock() {
    return blocks.isEmpty() ? new long[RollupRows.BLOCK_LONGS] : blocks.pop();
  }

  void giveBack(long[] block) {
    blocks.push(block);
  }

  /** One of four arrays for keys of so many rows at least, with anything in it. */
  int[] keys(int number, int rows) {
    if (keys[number] == null || keys[number].length < rows) {
      keys[number] = new int[rows];
    }
    return keys[number];
  }
}
