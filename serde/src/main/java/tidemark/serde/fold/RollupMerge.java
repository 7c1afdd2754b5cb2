package tidemark.serde.fold;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tidemark.serde.table.RollupFileReader;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/**
 * The rows of several sorted files in one order: org, metric, type, series id, window; those of one
 * key are merged by {@link PartialTable}, as in the stream. A binary heap of readers; a row costs
 * about log2(files) comparisons of numbers, and of text only where names differ. Not thread-safe.
 */
public final class RollupMerge implements Closeable {

  /** A file and the row that it stands at. */
  private static final class Cursor {
    final RollupFileReader reader;
    final PartialRow row = new PartialRow();

    Cursor(RollupFileReader reader) {
      this.reader = reader;
    }
  }

  private final MetricNames names;
  private final List<RollupFileReader> readers = new ArrayList<>();
  private final PartialTable table = new PartialTable(4);
  private final PartialRow single = new PartialRow();
  private final PartialRow folded = new PartialRow();
  private Cursor[] heap = new Cursor[8];
  private int size;

  /**
   * @param names by which all readers number their metrics
   */
  public RollupMerge(MetricNames names) {
    this.names = names;
  }

  /** Takes a reader over, before the first row is asked for. */
  public void add(RollupFileReader reader) throws IOException {
    readers.add(reader);
    Cursor cursor = new Cursor(reader);
    if (!reader.next(cursor.row)) {
      return;
    }
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    int at = size++;
    while (at > 0 && compare(cursor.row, heap[(at - 1) / 2].row) < 0) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = cursor;
  }

  public boolean hasNext() {
    return size > 0;
  }

  /** The next key's rows as one, valid until the next call. A row that is alone passes as it is. */
  public PartialRow nextFolded() throws IOException {
    copy(heap[0].row, single);
    advance();
    if (!isNextOf(single)) {
      return single;
    }
    table.clear();
    table.merge(single);
    while (isNextOf(single)) {
      table.merge(heap[0].row);
      advance();
    }
    table.read(0, folded);
    return folded;
  }

  /** Whether the row after the last one is of the same key as this one. */
  private boolean isNextOf(PartialRow row) {
    return size > 0
        && heap[0].row.seriesId == row.seriesId
        && heap[0].row.windowStartMs == row.windowStartMs
        && heap[0].row.name == row.name;
  }

  private void advance() throws IOException {
    Cursor first = heap[0];
    if (!first.reader.next(first.row)) {
      first.reader.close();
      first = heap[--size];
      heap[size] = null;
      if (size == 0) {
        return;
      }
    }
    sink(first);
  }

  private void sink(Cursor cursor) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && compare(heap[child + 1].row, heap[child].row) < 0) {
        child++;
      }
      if (compare(cursor.row, heap[child].row) <= 0) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = cursor;
  }

  /** By key, in the order of the table. */
  public int compare(PartialRow a, PartialRow b) {
    if (a.name != b.name) {
      return compareNames(names.name(a.name), names.name(b.name));
    }
    return a.seriesId != b.seriesId
        ? Long.compare(a.seriesId, b.seriesId)
        : Long.compare(a.windowStartMs, b.windowStartMs);
  }

  private static int compareNames(MetricNames.Name a, MetricNames.Name b) {
    int byOrg = Arrays.compareUnsigned(a.org(), b.org());
    if (byOrg != 0) {
      return byOrg;
    }
    int byMetric = Arrays.compareUnsigned(a.metric(), b.metric());
    return byMetric != 0 ? byMetric : a.type().compareTo(b.type());
  }

  /** The arrays of sketch and rest are shared: a reader makes new ones for each row. */
  private static void copy(PartialRow from, PartialRow to) {
    to.type = from.type;
    to.name = from.name;
    to.seriesId = from.seriesId;
    to.windowStartMs = from.windowStartMs;
    to.count = from.count;
    to.sum = from.sum;
    to.low = from.low;
    to.rest = from.rest;
    to.min = from.min;
    to.max = from.max;
    to.last = from.last;
    to.lastTimestampMs = from.lastTimestampMs;
    to.sketchError = from.sketchError;
    to.sketch = from.sketch;
    to.sketchOffset = from.sketchOffset;
    to.sketchLength = from.sketchLength;
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    for (RollupFileReader reader : readers) {
      try {
        reader.close();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
