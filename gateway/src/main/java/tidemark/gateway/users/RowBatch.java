package tidemark.gateway.users;

import java.util.List;
import tidemark.gateway.ask.AskException;

/**
 * Rows that go from the engine's thread to the reader's at once: as many as were there after a few
 * milliseconds, within bounds of rows and bytes.
 */
final class RowBatch {
  private static final int FIRST_ROWS = 64;
  private static final int MAX_ROWS = 1024;
  private static final int MAX_BYTES = 1 << 18;
  private static final int CELL_BYTES = 8;
  private static final long MAX_NANOS = 20_000_000;

  private final Object[][] rows;
  private final long startNanos = System.nanoTime();
  private int count;
  private long bytes;
  private boolean isLast;
  private AskException failure;

  private RowBatch(int capacity) {
    rows = new Object[capacity][];
  }

  /** A small one: the first rows should not wait for many others. */
  static RowBatch first() {
    return new RowBatch(FIRST_ROWS);
  }

  RowBatch following() {
    return new RowBatch(Math.min(MAX_ROWS, rows.length * 2));
  }

  void add(Object[] row) {
    rows[count++] = row;
    for (Object value : row) {
      bytes += bytesOf(value);
    }
  }

  private static long bytesOf(Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof CharSequence text) {
      return text.length();
    }
    if (value instanceof byte[] array) {
      return array.length;
    }
    if (value instanceof List<?> list) {
      return list.stream().mapToLong(RowBatch::bytesOf).sum();
    }
    return CELL_BYTES;
  }

  boolean isFull() {
    return count == rows.length
        || bytes >= MAX_BYTES
        || System.nanoTime() - startNanos >= MAX_NANOS;
  }

  /** Ends the answer behind the rows of this. */
  void end() {
    isLast = true;
  }

  void end(AskException reason) {
    isLast = true;
    failure = reason;
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  Object[] row(int index) {
    return rows[index];
  }

  boolean isLast() {
    return isLast;
  }

  /** Why the answer ends here; null if it is whole. */
  AskException failure() {
    return failure;
  }
}
