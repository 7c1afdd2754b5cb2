package tidemark.serde.fold;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesRows;

/**
 * The rows of several sorted files of the series table in one order: org, metric, series id; those
 * of one series become one, first seen at the earliest and last seen at the latest time of them.
 * Two series that share an id stay two. Memory, beside the open files: the rows of one series id.
 * Not thread-safe.
 */
public final class SeriesMerge implements Closeable {
  private static final Comparator<SeriesEntry> WITHIN_ID =
      Comparator.comparing(SeriesEntry::type)
          .thenComparing(entry -> String.join("\0", entry.identity().tags()));

  /** A file and the row that it stands at. */
  private static final class Cursor {
    final SeriesFileReader reader;
    SeriesEntry entry;

    Cursor(SeriesFileReader reader) {
      this.reader = reader;
      this.entry = reader.next();
    }
  }

  private final List<SeriesFileReader> readers = new ArrayList<>();
  private final PriorityQueue<Cursor> cursors =
      new PriorityQueue<>(Comparator.comparing(cursor -> cursor.entry, SeriesRows.ORDER));

  /** Takes a reader over, before the first row is asked for. */
  public void add(SeriesFileReader reader) {
    readers.add(reader);
    if (reader.hasNext()) {
      cursors.add(new Cursor(reader));
    }
  }

  public boolean hasNext() {
    return !cursors.isEmpty();
  }

  /** The series of the next org, metric and series id: one, but for collisions. */
  public List<SeriesEntry> next() {
    List<SeriesEntry> entries = new ArrayList<>();
    do {
      Cursor first = cursors.poll();
      entries.add(first.entry);
      if (first.reader.hasNext()) {
        first.entry = first.reader.next();
        cursors.add(first);
      }
    } while (!cursors.isEmpty()
        && SeriesRows.ORDER.compare(cursors.peek().entry, entries.get(0)) == 0);
    return folded(entries);
  }

  private static List<SeriesEntry> folded(List<SeriesEntry> entries) {
    entries.sort(WITHIN_ID);
    List<SeriesEntry> folded = new ArrayList<>();
    for (SeriesEntry entry : entries) {
      int end = folded.size() - 1;
      if (end >= 0 && isSame(folded.get(end), entry)) {
        SeriesEntry same = folded.get(end);
        folded.set(
            end,
            same.withSeen(
                Math.min(same.firstSeenMs(), entry.firstSeenMs()),
                Math.max(same.lastSeenMs(), entry.lastSeenMs())));
      } else {
        folded.add(entry);
      }
    }
    return folded;
  }

  /** Whether two rows are of one series. */
  public static boolean isSame(SeriesEntry a, SeriesEntry b) {
    return a.type() == b.type() && a.identity().equals(b.identity());
  }

  @Override
  public void close() throws IOException {
    for (SeriesFileReader reader : readers) {
      reader.close();
    }
  }
}
